"""The tables. The migrations make them; a test holds the two together.

Text of a proposal stands in `job_rows.proposal` alone, from the upload of a job until its row is
assessed, the job is cancelled, or its time has run out.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC without an offset, so that every database compares it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

keys = Table(
    "keys",
    metadata,
    Column("id", String(16), primary_key=True),
    # The first of the keys that replaced one another; what one of them made is all of theirs.
    Column("owner", String(16), nullable=False),
    Column("name", String(100), nullable=False),
    # SHA-256 of the secret; the secret itself is nowhere.
    Column("secret_hash", LargeBinary(32), nullable=False),
    Column("scopes", String(100), nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("expires", UtcTime),
    Column("revoked", UtcTime),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    # The owner of the key that made it, or null where the service asks for none.
    Column("owner", String(16)),
    Column("state", String(16), nullable=False),
    Column("policy", String(64)),
    # Comma-separated parts of the assessments, as the requests' `include`.
    Column("include", String(100), nullable=False, default=""),
    Column("rows", Integer, nullable=False),
    Column("done", Integer, nullable=False, default=0),
    # Of the rows done, those that are answered by a problem.
    Column("bad", Integer, nullable=False, default=0),
    Column("error", String(40)),
    Column("created", UtcTime, nullable=False),
    Column("started", UtcTime),
    Column("finished", UtcTime),
    Column("expires", UtcTime, nullable=False),
    # Who works on it, and until when nobody else may.
    Column("worker", String(64)),
    Column("leased_until", UtcTime),
    Index("ix_jobs_state_created", "state", "created"),
    Index("ix_jobs_expires", "expires"),
)

job_rows = Table(
    "job_rows",
    metadata,
    Column("job", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    # The number of the row in the file, from 1.
    Column("number", Integer, primary_key=True),
    # JSON of id, title and abstract; null once the row is answered.
    Column("proposal", Text),
    # JSON of an assessment or a problem; null until the row is answered.
    Column("answer", Text),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    # SHA-256 of the owner and the caller's idempotency key.
    Column("id", String(64), primary_key=True),
    # SHA-256 of what was sent.
    Column("fingerprint", String(64), nullable=False),
    # The first request with it is still running while this job is being received.
    Column("job", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("created", UtcTime, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("job", String(32), ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("url", Text, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    # When it is tried next; null before the job has ended and once nothing is left to do.
    Column("due", UtcTime),
    Column("delivered", UtcTime),
    # What the last attempt came to: a status or a stable id, never what the target said.
    Column("outcome", String(40)),
    Index("ix_deliveries_due", "due"),
)
