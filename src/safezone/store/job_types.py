"""Jobs and their rows as the store gives them, and what its parts share about them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Row, Select, or_, select

from safezone.store.tables import deliveries, jobs

STATES = ("receiving", "queued", "running", "completed", "failed")
RECEIVING, QUEUED, RUNNING, COMPLETED, FAILED = STATES
ENDED = (COMPLETED, FAILED)

# A request that has written no row for so long has died.
RECEIVING_LEASE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class JobRow:
    """A row of a job's file by its number, from 1: its proposal until it is answered, then its
    answer, both as JSON. A row that no proposal could be read from comes with its answer.
    """

    number: int
    proposal: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a row came to, as JSON. `bad` where it is a problem."""

    number: int
    json: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class WebhookState:
    """How far the message about a job's end has come. `outcome` is a status or a stable id."""

    delivered: bool
    attempts: int
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Job:
    """A file that is assessed in the background.

    `state` is `queued`, `running`, `completed` or `failed`, then with `error`, a stable id. Of
    `rows` rows `done` are answered, `bad` of these by a problem. `owner` is the key that sent it.
    """

    id: str
    owner: str | None
    state: str
    policy: str | None
    include: tuple[str, ...]
    rows: int
    done: int
    bad: int
    error: str | None
    created: datetime
    started: datetime | None
    finished: datetime | None
    expires: datetime
    webhook: WebhookState | None

    @property
    def ended(self) -> bool:
        return self.state in ENDED


_JOB = (
    select(jobs, deliveries.c.delivered, deliveries.c.attempts, deliveries.c.outcome)
    .select_from(jobs.outerjoin(deliveries, deliveries.c.job == jobs.c.id))
    .order_by(jobs.c.created.desc(), jobs.c.id)
)


def job_query(*conditions: ColumnElement[bool]) -> Select[*tuple[object, ...]]:
    """A query for jobs, the newest first; `job_of` reads its rows."""
    return _JOB.where(*conditions)


def job_of(row: Row[*tuple[object, ...]]) -> Job:
    found = row._mapping
    webhook = None
    if found["attempts"] is not None:
        webhook = WebhookState(found["delivered"] is not None, found["attempts"], found["outcome"])
    return Job(
        id=found["id"],
        owner=found["owner"],
        state=found["state"],
        policy=found["policy"],
        include=tuple(part for part in found["include"].split(",") if part),
        rows=found["rows"],
        done=found["done"],
        bad=found["bad"],
        error=found["error"],
        created=found["created"],
        started=found["started"],
        finished=found["finished"],
        expires=found["expires"],
        webhook=webhook,
    )


def find_job(connection: Connection, *conditions: ColumnElement[bool]) -> Job | None:
    """The newest job of which the conditions hold."""
    row = connection.execute(job_query(*conditions).limit(1)).first()
    return None if row is None else job_of(row)


def lease_ran_out(now: datetime, lease: timedelta) -> ColumnElement[bool]:
    """Whether nobody holds the lease any more, where leases last for `lease`.

    One that ends later than any could is from before the clock was put back, and would bar the job
    for as long. Twice the time leaves room for clocks that differ.
    """
    until = jobs.c.leased_until
    return or_(until <= now, until > now + 2 * lease)
