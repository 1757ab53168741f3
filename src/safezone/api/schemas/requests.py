"""The bodies that are sent."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from safezone.assessment.types import (
    MAX_ABSTRACT_CHARACTERS,
    MAX_ID_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    Proposal,
)

MOST_IN_A_BATCH = 64

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


class BatchBody(BaseModel):
    """Several proposals. What is wrong with one of them is told in its place."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={"examples": [{"proposals": [_EXAMPLE, {"id": "2026-0043"}]}]},
    )

    proposals: list[Any] = Field(
        min_length=1,
        max_length=MOST_IN_A_BATCH,
        description="Objects as 'POST /v1/assessments' takes them. An item that is none is "
        "answered by a problem, and spoils nothing.",
    )


class FramingBody(BaseModel):
    """One way to describe a project."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Annotated[str, Field(max_length=MAX_TITLE_CHARACTERS)] | None = None
    abstract: str = Field(min_length=1, max_length=MAX_ABSTRACT_CHARACTERS)

    def proposal(self) -> Proposal:
        return Proposal(abstract=self.abstract, title=self.title or "")


class ComparisonRequest(BaseModel):
    """Two framings of one project."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {
                    "before": {
                        "title": "Detector development for faint infrared sources",
                        "abstract": "We work on detector development for faint infrared sources. "
                        "The project measures the brightness of old stars in images that an "
                        "observatory has published, corrects them for dust, and compares the "
                        "result with models. All measurements will be released with the code.",
                    },
                    "after": {
                        "title": "Faint infrared sources in archived images",
                        "abstract": "We study faint infrared sources in an archive. The project "
                        "measures the brightness of old stars in images that an observatory has "
                        "published, corrects them for dust, and compares the result with models. "
                        "All measurements will be released with the code.",
                    },
                }
            ]
        },
    )

    before: FramingBody
    after: FramingBody
    policy: str | None = Field(
        default=None, max_length=64, description="As in a proposal; it is for both framings."
    )
