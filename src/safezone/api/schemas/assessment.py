"""The bodies of the API, field by field those of `assessment.types`."""

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from safezone.assessment.types import (
    MAX_ABSTRACT_CHARACTERS,
    MAX_ID_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    Proposal,
)
from safezone.policy.decide import CollaborationMode, ReasonCode, Signal

Probability = Annotated[float, Field(ge=0, le=1)]

_EXAMPLE: dict[str, JsonValue] = {
    "id": "2026-0042",
    "title": "Ash layers as time markers in a new ice core",
    "abstract": "How fast an ice sheet answered past warming is known only as well as its ice is "
    "dated. We will date a 640 m core from a public repository by the thin ash layers that large "
    "eruptions left in it, compare single glass shards with published catalogues, and publish the "
    "chronology, the analyses and the code.",
}


class ProposalBody(BaseModel):
    """A proposal. Members other than these are refused: where it comes from must not be sent."""

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [_EXAMPLE]}
    )

    id: Annotated[str, Field(max_length=MAX_ID_CHARACTERS)] | None = Field(
        default=None, description="The caller's own id, given back as it is."
    )
    title: Annotated[str, Field(max_length=MAX_TITLE_CHARACTERS)] | None = Field(
        default=None, description="The title; where there is none, the abstract is read alone."
    )
    abstract: str = Field(
        min_length=1,
        max_length=MAX_ABSTRACT_CHARACTERS,
        description="The abstract in English. It is read to its end, and nothing of it is kept.",
    )
    policy: str | None = Field(
        default=None,
        max_length=64,
        description="Id of the policy that computes the route, one of 'GET /v1/policies'; null for "
        "the service's own.",
    )

    def proposal(self) -> Proposal:
        return Proposal(abstract=self.abstract, title=self.title or "", id=self.id)


MEMBERS = tuple(ProposalBody.model_fields)


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
        description="The log-odds of the sentence read by itself; null without 'explain'."
    )
    occlusion: float | None = Field(
        description="How far the log-odds of the text fall when the sentence is left out; null "
        "without 'explain', and in a text of many sentences for those that contribute least."
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


class AssessmentBody(BaseModel):
    """The answer. The axes are never merged into one number."""

    id: str | None
    abstained: bool = Field(description="True where the text is nothing that the model can judge.")
    sensitivity: AxisBody
    instrumentation: AxisBody
    data_use: AxisBody
    benefit: AxisBody
    areas: list[AreaBody] = Field(description="The three most probable areas.")
    evidence: dict[str, AxisEvidenceBody] = Field(
        description="By axis, where its answer comes from; empty where the model abstained."
    )
    precedents: list[PrecedentBody] = Field(
        description="The labelled examples that read most like the text, to compare with; they "
        "have no part in the answer."
    )
    list_pointers: list[ListPointerBody] = Field(
        description="Entries of public lists that may be worth looking at; no legal finding."
    )
    route: RouteBody
    input: InputBody
    provenance: ProvenanceBody


class LevelBody(BaseModel):
    id: str
    meaning: str


class AxisDescription(BaseModel):
    id: str
    name: str
    question: str
    levels: list[LevelBody]


class AreaDescription(BaseModel):
    slug: str
    name: str
    scope: str


class ModeDescription(BaseModel):
    id: CollaborationMode
    meaning: str


class TaxonomyBody(BaseModel):
    version: str
    axes: list[AxisDescription]
    areas: list[AreaDescription]
    modes: list[ModeDescription]


class PolicyEntry(BaseModel):
    id: str
    version: str
    name: str
    owner: str
    as_of: datetime.date
    default: bool = Field(description="Whether requests that name none are routed by it.")


class PoliciesBody(BaseModel):
    policies: list[PolicyEntry]


class StatusBody(BaseModel):
    status: Literal["alive", "ready"]
    model: str | None = None
