"""Jobs as they are answered, field by field those of `store.job_types`."""

import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class WebhookBody(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    delivered: bool
    attempts: int
    outcome: str | None = Field(
        description="What the last attempt came to: a status, or a stable id; null before it."
    )


class JobBody(BaseModel):
    """A file that is assessed in the background."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    state: Literal["queued", "running", "completed", "failed"]
    policy: str | None
    include: list[str]
    rows: int
    done: int = Field(description="Rows that are answered.")
    bad: int = Field(description="Of the rows done, those that are answered by a problem.")
    error: str | None = Field(description="Why it failed, as a stable id.")
    created: datetime.datetime
    started: datetime.datetime | None
    finished: datetime.datetime | None
    expires: datetime.datetime = Field(description="When it is deleted, with its results.")
    webhook: WebhookBody | None


class JobsBody(BaseModel):
    jobs: list[JobBody] = Field(description="Those of the caller's key, the newest first.")
