"""Comparisons as they are answered, field by field those of `assessment.comparison`."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from safezone.api.schemas.assessment import AssessmentBody


class ChangeBody(BaseModel):
    before: float
    after: float
    change: float = Field(description="After less before.")


class SentenceInBody(BaseModel):
    field: Literal["title", "abstract"]
    start: int = Field(description="Offset of its first character in the field as sent.")
    end: int = Field(description="Offset after its last character.")
    contribution: float = Field(description="What it adds to the log-odds of its text.")


class SentenceChangeBody(BaseModel):
    """One sentence's part in the change of the log-odds."""

    status: Literal["removed", "added", "kept"]
    before: SentenceInBody | None
    after: SentenceInBody | None
    change: float


class AxisComparisonBody(BaseModel):
    level_before: str
    level_after: str
    probabilities: dict[str, ChangeBody] = Field(description="Of every level.")
    at_least: str = Field(description="The level whose reaching is explained.")
    log_odds: ChangeBody = Field(
        description="Of reaching it; the changes of the sentences, summed."
    )
    removed: float = Field(description="The part of sentences that were taken out.")
    added: float = Field(description="The part of sentences that are new.")
    kept: float = Field(description="The part of sentences that are in both.")
    sentences: list[SentenceChangeBody] = Field(description="Those that move it most come first.")
    summary: str


class ComparisonBody(BaseModel):
    """What changed between two framings of a project."""

    before: AssessmentBody
    after: AssessmentBody
    not_compared: str | None = Field(
        description="Why there is nothing to compare: the model abstained on a text."
    )
    similarity: float | None = Field(description="Cosine of the two texts' vectors, -1 to 1.")
    sentences_kept: Annotated[float, Field(ge=0, le=1)] | None = Field(
        description="Share of the sentences of the shorter text that stand in the other."
    )
    same_meaning: bool | None = Field(description="Whether the two read as one project.")
    falls: list[str] = Field(
        description="The risk axes on which the score falls, and 'route' where a person is no "
        "longer asked."
    )
    sensitivity: AxisComparisonBody | None
    instrumentation: AxisComparisonBody | None
    data_use: AxisComparisonBody | None
    benefit: AxisComparisonBody | None
    warning: str | None = Field(
        description="Given where something falls and the two read as one project."
    )
    notice: str = Field(description="That framing changes are visible to funders.")
