"""Rules that this project's own records must keep. Each finding names records, never their text."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from safezone.corpus.evaluations import Evaluation
from safezone.corpus.fingerprint import fingerprint, most_similar, words
from safezone.corpus.lines import parse_lines
from safezone.corpus.records import record_files
from safezone.corpus.schema import OwnRecord, record_model
from safezone.corpus.similar import shingle_similarity
from safezone.corpus.statistics import associations, pairs_of
from safezone.taxonomy import Taxonomy
from safezone.text.identities import IdentityKind, find_identities

# Words of an abstract. Shorter ones are abstained from, longer ones no funder asks for.
MIN_WORDS, MAX_WORDS = 90, 350
# Share of word shingles; two records written apart share next to none.
NEAR_DUPLICATE = 0.2
# Cosine of two document vectors; twins of a pair, on one subject in one vocabulary, may be closer.
NEAR_VECTOR = 0.97
# MinHash similarity with a text of an evaluation, of which only the fingerprint may be there.
OVERLAP = 0.3
# Words in a row that two records may share: a term, a set phrase.
SHARED_RUN = 11
# The least share of the records that a level of an axis may have, and the least records an area.
MIN_LEVEL_SHARE = 0.15
MIN_OF_AREA = 40
# Cramer's V with the levels of an axis. In the public records, source and level have 0.35 to 0.49.
MAX_STYLE_ASSOCIATION = 0.35
MAX_COUNTRY_ASSOCIATION = 0.2
# Joint work names countries, and how joint work is, is what this axis asks.
_COUNTRIES_MAY_TELL = "benefit"


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` that is broken, by which `records` (ids, or `file, line`), and how."""

    rule: str
    records: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Corpus:
    """Records that have the right form, and findings on those that have not."""

    records: list[OwnRecord]
    findings: list[Finding]
    taxonomy: Taxonomy
    evaluations: Sequence[Evaluation] = ()
    vectors: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def abstracts(self) -> list[OwnRecord]:
        """The records that are research abstracts."""
        return [record for record in self.records if record.labels is not None]


def read_corpus(paths: Sequence[Path], taxonomy: Taxonomy) -> Corpus:
    """All records of the files or folders. Raises InvalidInputFile where a line is no object."""
    model = record_model(taxonomy)
    records, findings = [], []
    for path in record_files(paths):
        for number, row in enumerate(parse_lines(path, lambda row: row), 1):
            try:
                records.append(model.model_validate(row))
            except ValidationError as error:
                wrong = "; ".join(
                    f"{'.'.join(map(str, item['loc']))}: {item['type']}"
                    for item in error.errors(include_input=False, include_url=False)
                )
                findings.append(Finding("schema", (f"{path.name}, record {number}",), wrong))
    return Corpus(records, findings, taxonomy)


def check(corpus: Corpus) -> list[Finding]:
    """Everything that is wrong, in the order of the rules."""
    return [*corpus.findings, *(finding for rule in RULES for finding in rule(corpus))]


def _unique_ids(corpus: Corpus) -> Iterator[Finding]:
    for name, count in Counter(record.id for record in corpus.records).items():
        if count > 1:
            yield Finding("unique ids", (name,), f"stands {count} times")


def _length(corpus: Corpus) -> Iterator[Finding]:
    for record in corpus.abstracts:
        count = len(record.abstract.split())
        if not MIN_WORDS <= count <= MAX_WORDS:
            yield Finding("length", (record.id,), f"{count} words, not {MIN_WORDS} to {MAX_WORDS}")


def _labelled(corpus: Corpus) -> Iterator[Finding]:
    for record in corpus.abstracts:
        if not record.areas or len(set(record.areas)) < len(record.areas):
            yield Finding("areas", (record.id,), "needs one to three different areas")
        if record.style is None:
            yield Finding("style", (record.id,), "an abstract needs one")


def _contacts(corpus: Corpus) -> Iterator[Finding]:
    # Other texts may: an invented address is part of what a CV is.
    for record in corpus.abstracts:
        found = find_identities(f"{record.title}\n{record.abstract}")
        if any(identity.kind is IdentityKind.CONTACT for identity in found):
            yield Finding("identities", (record.id,), "holds an address, a number or a link")


def _near_duplicates(corpus: Corpus) -> Iterator[Finding]:
    if not corpus.records:
        return
    similarity = shingle_similarity([record.abstract for record in corpus.records]).tocoo()
    for one, other, share in zip(*similarity.coords, similarity.data, strict=True):
        if one < other and share >= NEAR_DUPLICATE:
            names = (corpus.records[one].id, corpus.records[other].id)
            yield Finding("duplicates", names, f"share {share:.0%} of their word shingles")


def _near_vectors(corpus: Corpus) -> Iterator[Finding]:
    records = [record for record in corpus.records if record.id in corpus.vectors]
    if not records:
        return
    vectors = np.stack([corpus.vectors[record.id] for record in records])
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for one, row in enumerate(vectors @ vectors.T):
        for other in np.flatnonzero(row[one + 1 :] >= NEAR_VECTOR) + one + 1:
            first, second = records[one], records[other]
            if first.pair is None or first.pair != second.pair:
                message = f"vectors have a cosine of {row[other]:.3f}"
                yield Finding("duplicates", (first.id, second.id), message)


def _boilerplate(corpus: Corpus) -> Iterator[Finding]:
    size = SHARED_RUN + 1
    first_seen: dict[str, str] = {}
    reported = set()
    for record in corpus.records:
        tokens = words(record.abstract)
        for at in range(len(tokens) - size + 1):
            run = " ".join(tokens[at : at + size])
            before = first_seen.setdefault(run, record.id)
            if before != record.id and (before, record.id) not in reported:
                reported.add((before, record.id))
                yield Finding("boilerplate", (before, record.id), f"share {size} words in a row")


def _pairs(corpus: Corpus) -> Iterator[Finding]:
    for pair, records in pairs_of(corpus.abstracts).items():
        names = tuple(record.id for record in records)
        if len(records) < 2:
            yield Finding("pairs", names, f"is alone in pair {pair}")
        elif len({record.labels for record in records}) < 2:
            yield Finding("pairs", names, f"have the same labels in pair {pair}")


def _overlap(corpus: Corpus) -> Iterator[Finding]:
    if not corpus.evaluations or not corpus.records:
        return
    marks = [fingerprint(record.abstract) for record in corpus.records]
    best, shares = most_similar(marks, [text.fingerprint for text in corpus.evaluations])
    for record, index, share in zip(corpus.records, best, shares, strict=True):
        if share >= OVERLAP:
            names = (record.id, corpus.evaluations[index].id)
            yield Finding("evaluation", names, f"share about {share:.0%} of their word shingles")


def _balance(corpus: Corpus) -> Iterator[Finding]:
    total = len(corpus.abstracts)
    if not total:
        return
    for axis in corpus.taxonomy.axes:
        counts = Counter(record.level(axis.id) for record in corpus.abstracts)
        for level in axis.level_ids:
            if counts[level] < MIN_LEVEL_SHARE * total:
                message = f"{axis.id} '{level}' has {counts[level]} of {total} records"
                yield Finding("balance", (), message)
    areas = Counter(record.areas[0] for record in corpus.abstracts if record.areas)
    for slug in corpus.taxonomy.area_slugs:
        if areas[slug] < MIN_OF_AREA:
            yield Finding("balance", (), f"area '{slug}' has {areas[slug]} records")
    for association in associations(corpus.abstracts, corpus.taxonomy):
        of_style = association.of == "style"
        limit = MAX_STYLE_ASSOCIATION if of_style else MAX_COUNTRY_ASSOCIATION
        may_tell = association.axis == _COUNTRIES_MAY_TELL and not of_style
        if association.cramers_v > limit and not may_tell:
            message = (
                f"{association.of} goes with {association.axis}: Cramer's V is "
                f"{association.cramers_v:.2f}, above {limit}"
            )
            yield Finding("balance", (), message)


RULES: tuple[Callable[[Corpus], Iterator[Finding]], ...] = (
    _unique_ids,
    _length,
    _labelled,
    _contacts,
    _near_duplicates,
    _near_vectors,
    _boilerplate,
    _pairs,
    _overlap,
    _balance,
)
