"""What the records are like as a whole: counts, agreement of readers, and what goes with what."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import contingency
from sklearn.metrics import cohen_kappa_score

from safezone.corpus.schema import OwnRecord
from safezone.taxonomy import Taxonomy
from safezone.text.identities import IdentityKind, find_identities

# A name is looked at by itself where so many records mention it.
_MENTIONS = 25


def pairs_of(records: Sequence[OwnRecord]) -> dict[str, list[OwnRecord]]:
    """The members of each pair, by its name."""
    pairs: dict[str, list[OwnRecord]] = defaultdict(list)
    for record in records:
        if record.pair is not None:
            pairs[record.pair].append(record)
    return pairs


@dataclass(frozen=True, slots=True)
class Association:
    """How far `of` goes with the levels of `axis`: Cramer's V, bias-corrected, 0 to 1."""

    of: str
    axis: str
    cramers_v: float


def associations(records: Sequence[OwnRecord], taxonomy: Taxonomy) -> list[Association]:
    """Of the style, of any mention of a country or nationality, and of each one that is frequent.

    A model must not be able to tell a level from them.
    """
    places = [_places(record) for record in records]
    mentions = Counter(name for names in places for name in names)
    traits: dict[str, list[Any]] = {
        "style": [record.style for record in records],
        "any country": [bool(names) for names in places],
    }
    for name, count in sorted(mentions.items()):
        if count >= _MENTIONS:
            traits[f"'{name}'"] = [name in names for names in places]
    return [
        Association(of, axis.id, _cramers_v(values, [record.level(axis.id) for record in records]))
        for of, values in traits.items()
        for axis in taxonomy.axes
    ]


def _places(record: OwnRecord) -> set[str]:
    text = f"{record.title}\n{record.abstract}"
    return {
        text[found.start : found.end].casefold().removeprefix("the ")
        for found in find_identities(text)
        if found.kind is IdentityKind.PLACE
    }


def _cramers_v(one: Sequence[Any], other: Sequence[Any]) -> float:
    """Cramer's V with the bias correction of Bergsma (2013); 0 where either never varies, or the
    rows are too few to say.
    """
    rows, columns = sorted(set(map(str, one))), sorted(set(map(str, other)))
    if min(len(rows), len(columns)) < 2:
        return 0.0
    table = np.zeros((len(rows), len(columns)), dtype=int)
    for a, b in zip(one, other, strict=True):
        table[rows.index(str(a)), columns.index(str(b))] += 1
    size, (height, width) = table.sum(), table.shape
    phi = contingency.association(table, method="cramer", correction=False) ** 2 * (
        min(height, width) - 1
    )
    phi = max(0.0, phi - (height - 1) * (width - 1) / (size - 1))
    height_corrected = height - (height - 1) ** 2 / (size - 1)
    width_corrected = width - (width - 1) ** 2 / (size - 1)
    levels = min(height_corrected, width_corrected) - 1
    return float(np.sqrt(phi / levels)) if levels > 0 else 0.0


def agreement(records: Sequence[OwnRecord], taxonomy: Taxonomy) -> dict[str, dict[str, float]]:
    """Of the writer and the second reader, over the records that both labelled, by axis:
    `rows`, quadratic-weighted `kappa` (Cohen, 1968) and the share of `equal` levels.
    """
    both = [record.readers for record in records if len(record.readers) >= 2]
    result = {}
    for axis in taxonomy.axes:
        one, other = (
            [axis.level_ids.index(getattr(readers[n], axis.id)) for readers in both] for n in (0, 1)
        )
        equal = [a == b for a, b in zip(one, other, strict=True)]
        result[axis.id] = {
            "rows": len(both),
            "kappa": float(cohen_kappa_score(one, other, weights="quadratic")) if both else 0.0,
            "equal": float(np.mean(equal)) if both else 0.0,
        }
    return result


def summary(records: Sequence[OwnRecord], taxonomy: Taxonomy) -> dict[str, Any]:
    """Counts, agreement and associations, as plain data that JSON can hold."""
    abstracts = [record for record in records if record.labels is not None]
    pairs = pairs_of(abstracts)
    differing = [
        [axis.id for axis in taxonomy.axes if len({m.level(axis.id) for m in members}) > 1]
        for members in pairs.values()
    ]
    lengths = sorted(len(record.abstract.split()) for record in abstracts)
    return {
        "abstracts": len(abstracts),
        "other_texts": len(records) - len(abstracts),
        "words": {
            name: lengths[int(share * (len(lengths) - 1))] if lengths else 0
            for name, share in (("least", 0), ("median", 0.5), ("most", 1))
        },
        "levels": {
            axis.id: {
                level: sum(record.level(axis.id) == level for record in abstracts)
                for level in axis.level_ids
            }
            for axis in taxonomy.axes
        },
        "areas": _counts([record.areas[0] for record in abstracts if record.areas]),
        "styles": _counts([record.style for record in abstracts]),
        "tactics": _counts([record.tactic for record in abstracts if record.tactic]),
        "pairs": len(pairs),
        "pairs_that_differ_on_one_axis": _counts([axes[0] for axes in differing if len(axes) == 1]),
        "agreement": agreement(abstracts, taxonomy),
        "associations": _associations(abstracts, taxonomy),
    }


def _associations(records: Sequence[OwnRecord], taxonomy: Taxonomy) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for link in associations(records, taxonomy):
        found[link.of][link.axis] = round(link.cramers_v, 3)
    return dict(found)


def _counts(values: Sequence[Any]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, values)).items()))
