"""Assessments as they are answered, field by field those of `assessment.types`."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, RootModel

from safezone.api.problems import Problem
from safezone.policy.decide import CollaborationMode, ReasonCode, Signal

Probability = Annotated[float, Field(ge=0, le=1)]


class AxisBody(BaseModel):
    level: str | None = Field(description="The median level; null where the model abstained.")
    probabilities: dict[str, Probability] | None = Field(
        description="Calibrated probability of every level, summing to 1."
    )
    set: list[str] = Field(description="The levels not excluded at the stated coverage.")


class AreaBody(BaseModel):
    slug: str
    name: str
    probability: Probability = Field(description="That this is one of the project's areas.")


class SentenceEvidenceBody(BaseModel):
    field: Literal["title", "abstract"]
    start: int = Field(description="Offset of its first character in the field as sent.")
    end: int = Field(description="Offset after its last character.")
    contribution: float = Field(
        description="What the sentence adds to the log-odds; positive speaks for the level."
    )
    alone: float | None = Field(
        description="The log-odds of the sentence read by itself; null unless 'include' has "
        "'sentences'."
    )
    occlusion: float | None = Field(
        description="How far the log-odds of the text fall when the sentence is left out; null "
        "unless 'include' has 'sentences', and in a text of many for those that contribute least."
    )


class AxisEvidenceBody(BaseModel):
    at_least: str = Field(description="The level whose reaching is explained.")
    log_odds: float = Field(
        description="Calibrated log-odds of that level or a higher one: the baseline and the "
        "contributions of all sentences, summed."
    )
    baseline: float = Field(description="The log-odds of an average text.")
    sentences: list[SentenceEvidenceBody] = Field(description="In the order of reading.")


class PrecedentBody(BaseModel):
    id: str
    title: str
    similarity: float = Field(description="Cosine of the two texts' vectors, -1 to 1.")
    levels: dict[str, str] = Field(description="The level that readers gave it on each axis.")
    areas: list[str]
    why: str = Field(description="The reason for its labels.")


class ListPointerBody(BaseModel):
    """An entry of a public list that may be worth looking at; never a finding."""

    list: str
    version: str
    kind: str = Field(
        description="What a listing means: a list of kind 'priority' says promote or watch."
    )
    entry: str
    name: str
    by: Literal["area", "phrase"]
    because: str = Field(description="The area's slug, or the phrase found in the text.")
    certain: bool = Field(
        description="False where the list, the entry or the way from the text to it is in doubt."
    )
    field: Literal["title", "abstract"] | None
    start: int | None = Field(description="Offset of the phrase's sentence; null for an area.")
    end: int | None


class ReasonBody(BaseModel):
    code: ReasonCode
    message: str
    axis: str | None
    probability: Probability | None
    threshold: Probability | None
    area: str | None = Field(
        description="The area of special care that the rule holds for; null for a rule that holds "
        "everywhere."
    )


class SafeguardBody(BaseModel):
    id: str
    name: str
    text: str
    why: str = Field(description="What in this answer makes it fit.")
    source: str = Field(description="The publication that it is drawn from.")
    certain: bool


class RouteBody(BaseModel):
    signal: Signal = Field(description="A triage signal for a person, never a verdict.")
    reasons: list[ReasonBody]
    mode: CollaborationMode | None = Field(
        description="The collaboration mode that the two risk axes suggest; null where the model "
        "abstained."
    )
    safeguards: list[SafeguardBody] = Field(
        description="Practices that lower the risks found, the first to be thought of first; none "
        "where every axis is at its lowest level."
    )


class InputBody(BaseModel):
    language: str = Field(description="ISO 639 code, or 'und' where it cannot be told.")
    characters: int
    words: int
    parts: int = Field(description="In how many parts the text was read.")
    truncated: Literal[False]


class ProvenanceBody(BaseModel):
    model: str
    taxonomy: str
    lists: str = Field(description="Version of the pointers to public lists.")
    text: str = Field(description="Version of the text cleaner and identity neutraliser.")
    calibration: str
    coverage: Probability = Field(description="Stated coverage of the prediction sets.")
    policy: str
    encoder: str
    weights_sha256: str
    arithmetic: str = Field(
        description="What the encoder computed in, `float32` or `int8`: the same versions in "
        "another arithmetic give probabilities that differ by a few thousandths."
    )


class SwapCheckBody(BaseModel):
    """One kind of exchange, in the text or in a sentence that was added at its end."""

    kind: Literal["countries", "institutions", "people"]
    where: Literal["in_text", "added"]
    swaps: int = Field(description="Versions that were made.")
    differing: int = Field(description="Of these, how many reach the model in other words.")
    compared: int = Field(description="Of the differing ones, how many were read.")
    largest_shift: Probability
    largest_area_shift: Probability
    level_changes: int
    signal_changes: int


class InvarianceBody(BaseModel):
    """The identity-swap receipt: what exchanging who is named did to the answer of this text."""

    swaps: int
    differing: int
    compared: int
    texts_read: int
    largest_shift: Probability = Field(description="Of any level's probability on any axis.")
    largest_area_shift: Probability = Field(description="Of any area's probability.")
    level_changes: int
    signal_changes: int
    checks: list[SwapCheckBody]
    statement: str = Field(description="The same in words, to be kept with the file.")
    text_sha256: str = Field(description="Of title, line feed and abstract in UTF-8.")
    provenance: ProvenanceBody


class AssessmentBody(BaseModel):
    """The answer. The axes are never merged into one number."""

    id: str | None
    abstained: bool = Field(description="True where the text is nothing that the model can judge.")
    sensitivity: AxisBody
    instrumentation: AxisBody
    data_use: AxisBody
    benefit: AxisBody
    areas: list[AreaBody] = Field(description="The three most probable areas.")
    evidence: dict[str, AxisEvidenceBody] | None = Field(
        default=None,
        description="By axis, where its answer comes from; empty where the model abstained, absent "
        "where it was not asked for.",
    )
    precedents: list[PrecedentBody] | None = Field(
        default=None,
        description="The labelled examples that read most like the text, to compare with; they "
        "have no part in the answer. Absent where it was not asked for.",
    )
    invariance: InvarianceBody | None = Field(
        default=None,
        description="The receipt of identities swapped in this very text. Absent where it was not "
        "asked for.",
    )
    list_pointers: list[ListPointerBody] = Field(
        description="Entries of public lists that may be worth looking at; no legal finding."
    )
    route: RouteBody
    input: InputBody
    provenance: ProvenanceBody


class FlatBody(RootModel[dict[str, str | float | bool | None]]):
    """The answer as texts and numbers alone, for spreadsheets and forms."""


class BatchItem(BaseModel):
    """An assessment or a problem; the other is null."""

    assessment: AssessmentBody | FlatBody | None
    problem: Problem | None


class BatchAnswer(BaseModel):
    results: list[BatchItem] = Field(description="One for each proposal, in the same order.")
