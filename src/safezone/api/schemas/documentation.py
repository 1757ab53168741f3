"""What the service says of itself."""

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from safezone.policy.decide import CollaborationMode

Probability = Annotated[float, Field(ge=0, le=1)]


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


class ModelEntry(BaseModel):
    version: str
    taxonomy: str
    text: str
    calibration: str
    coverage: Probability
    encoder: str
    weights_sha256: str
    arithmetic: str = Field(description="What the encoder computes in, `float32` or `int8`.")
    default: bool = Field(description="Whether it answers; a service has one model.")


class ModelsBody(BaseModel):
    models: list[ModelEntry]


class LimitsBody(BaseModel):
    """What this service takes, and for how long it keeps it."""

    abstract_characters: int
    title_characters: int
    id_characters: int
    body_bytes: int = Field(description="Of a JSON body.")
    proposals_in_a_batch: int
    rate: str = Field(
        description="How many proposals a key, or an address without one, may have assessed; as in "
        "the header 'RateLimit-Policy'."
    )
    deadline_seconds: float = Field(description="Within which a request is answered.")
    waiting_requests: int = Field(description="How many may wait for the model.")
    job_rows: int
    job_bytes: int
    retention_hours: float = Field(
        description="After which a job is gone; the text of a row is gone once it is assessed."
    )
    webhooks: bool = Field(description="Whether a job may name a webhook.")
