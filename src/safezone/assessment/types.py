"""What goes in and what comes out. Frozen; the API's schemas mirror these field by field."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from safezone.errors import InvalidProposal
from safezone.policy.decide import Route

MAX_ABSTRACT_CHARACTERS = 20_000
MAX_TITLE_CHARACTERS = 2_000
MAX_ID_CHARACTERS = 200
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A research project as its applicant describes it.

    `abstract` has 1 to 20,000 characters, not all of them white space; `title` at most 2,000 and
    may be empty; `id` at most 200 and is only given back. NUL characters and lone surrogates are
    in no text. Raises InvalidProposal.
    """

    abstract: str
    title: str = ""
    id: str | None = None

    def __post_init__(self) -> None:
        _check("abstract", self.abstract, MAX_ABSTRACT_CHARACTERS)
        _check("title", self.title, MAX_TITLE_CHARACTERS)
        if self.id is not None:
            _check("id", self.id, MAX_ID_CHARACTERS)
        if not self.abstract.strip():
            raise InvalidProposal(
                "abstract", "empty", "The abstract is empty. Send the project's abstract as text."
            )


def _check(field: str, value: object, limit: int) -> None:
    if not isinstance(value, str):
        raise InvalidProposal(field, "not_text", f"The {field} must be a string.")
    if len(value) > limit:
        raise InvalidProposal(
            field,
            "too_long",
            f"The {field} has {len(value):,} characters, at most {limit:,} are read. Send the "
            "abstract itself, not the whole proposal.",
        )
    if "\0" in value:
        raise InvalidProposal(
            field, "nul_character", f"The {field} holds a NUL character. Send plain text."
        )
    if _SURROGATES.search(value):
        raise InvalidProposal(
            field,
            "lone_surrogate",
            f"The {field} holds half of a surrogate pair, which is no character. Send valid "
            "Unicode text.",
        )


@dataclass(frozen=True, slots=True)
class AxisResult:
    """One axis of an assessment.

    `level` is the median level. `probabilities` maps every level to a calibrated probability; they
    sum to 1. `set` holds the levels not excluded at the stated coverage, in order. Where the model
    abstained on the whole text, `level` and `probabilities` are None and no level is excluded.
    """

    level: str | None
    probabilities: Mapping[str, float] | None
    set: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SentenceEvidence:
    """What one sentence adds to an axis's log-odds.

    `field` is `title` or `abstract`; `start` and `end` are offsets in characters into that field as
    it was sent, the end not included. A positive `contribution` speaks for reaching the level.
    `alone` are the log-odds of the sentence read by itself, and `occlusion` says how far those of
    the text fall when the sentence is left out. Both are None where they were not asked for;
    `occlusion` also, in a text of many sentences, for those that contribute least.
    """

    field: str
    start: int
    end: int
    contribution: float
    alone: float | None
    occlusion: float | None


@dataclass(frozen=True, slots=True)
class AxisEvidence:
    """Where the answer on one axis comes from.

    `log_odds` are those of P(level is `at_least` or higher), as calibrated; they are the sum of
    `baseline`, what an average text has, and of the contributions of the `sentences`, which stand
    in the order of reading.
    """

    at_least: str
    log_odds: float
    baseline: float
    sentences: tuple[SentenceEvidence, ...]


@dataclass(frozen=True, slots=True)
class PrecedentResult:
    """A labelled example that reads like the text: its levels by axis, its areas, and why.

    `similarity` is the cosine of the two texts' vectors, -1 to 1. A precedent has no part in the
    answer; it is there to compare with.
    """

    id: str
    title: str
    similarity: float
    levels: Mapping[str, str]
    areas: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class ListPointer:
    """An entry of a public list that may be worth looking at; never a finding.

    `kind` says what a listing means (a list can mean promote, not protect). The reason is an area
    of the project or a phrase of its text (`by`), named in `because`; for a phrase `field`, `start`
    and `end` are those of the sentence it stands in. `certain` is False where the list, the entry
    or the way from the text to it is in doubt.
    """

    list: str
    version: str
    kind: str
    entry: str
    name: str
    by: str
    because: str
    certain: bool
    field: str | None
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class AreaResult:
    """A research area and the calibrated probability that it is one of the project's areas."""

    slug: str
    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class InputReport:
    """What was read: language (ISO 639), characters and words of title and abstract, parts.

    `truncated` is always False: a text is read to its end or refused.
    """

    language: str
    characters: int
    words: int
    parts: int
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Provenance:
    """Every version that made the answer; `weights_sha256` is of the encoder's weights, `lists` of
    the ways from areas and phrases to public lists. `arithmetic` is what the encoder computed in:
    the same versions in another arithmetic give probabilities that differ by a few thousandths.
    """

    model: str
    taxonomy: str
    lists: str
    text: str
    calibration: str
    coverage: float
    policy: str
    encoder: str
    weights_sha256: str
    arithmetic: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The answer for one proposal. The axes are never merged into one number.

    `evidence` holds one entry an axis, by its id, `precedents` the nearest labelled examples, the
    nearest first, and `list_pointers` entries of public lists; none of these where the model
    abstained.
    """

    id: str | None
    abstained: bool
    sensitivity: AxisResult
    instrumentation: AxisResult
    data_use: AxisResult
    benefit: AxisResult
    areas: tuple[AreaResult, ...]
    evidence: Mapping[str, AxisEvidence]
    precedents: tuple[PrecedentResult, ...]
    list_pointers: tuple[ListPointer, ...]
    route: Route
    input: InputReport
    provenance: Provenance
