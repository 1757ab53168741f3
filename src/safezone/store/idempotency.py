"""One job for one idempotency key, however often and from how many sides at once it is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, and_, delete, insert, or_, select
from sqlalchemy.exc import IntegrityError

from safezone.errors import JobConflict
from safezone.store.job_types import (
    RECEIVING,
    RECEIVING_LEASE,
    Job,
    find_job,
    lease_ran_out,
)
from safezone.store.tables import idempotency_keys, jobs

_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A caller's own name for a request, and the SHA-256 of what was sent with it, in hex."""

    key: str
    fingerprint: str


def earlier_job(
    connection: Connection, owner: str | None, sent: Idempotency, now: datetime
) -> Job | None:
    """The job that the owner's key has made, or None where the key is free.

    Raises JobConflict where it came with another fingerprint or its job is still being received.
    """
    key = idempotency_keys.c.id == _id(owner, sent)
    found = connection.execute(select(idempotency_keys).where(key)).first()
    if found is None:
        return None
    # With its job a key is deleted, too.
    receiving = and_(jobs.c.state == RECEIVING, lease_ran_out(now, RECEIVING_LEASE))
    gone = and_(jobs.c.id == found.job, or_(receiving, jobs.c.expires <= now))
    if connection.execute(delete(jobs).where(gone)).rowcount:
        return None
    if found.created <= now - _LIFE:
        connection.execute(delete(idempotency_keys).where(key))
        return None
    if found.fingerprint != sent.fingerprint:
        raise JobConflict(
            "other_body",
            "This idempotency key was sent with another body or other fields. Use a new key for a "
            "new job.",
        )
    job = find_job(connection, jobs.c.id == found.job, jobs.c.state != RECEIVING)
    if job is None:
        raise _in_progress()
    return job


def reserve(
    connection: Connection, owner: str | None, sent: Idempotency, job_id: str, now: datetime
) -> None:
    """Keep the owner's key for the job. Raises JobConflict where another was quicker."""
    reservation = {
        "id": _id(owner, sent),
        "fingerprint": sent.fingerprint,
        "job": job_id,
        "created": now,
    }
    try:
        connection.execute(insert(idempotency_keys), reservation)
    except IntegrityError:
        raise _in_progress() from None


def forget_old_keys(connection: Connection, now: datetime) -> None:
    """Delete the keys that no longer count."""
    old = idempotency_keys.c.created <= now - _LIFE
    connection.execute(delete(idempotency_keys).where(old))


def _id(owner: str | None, sent: Idempotency) -> str:
    # Owners are hexadecimal, so that the two cannot run into each other.
    return sha256(f"{owner or ''}:{sent.key}".encode()).hexdigest()


def _in_progress() -> JobConflict:
    return JobConflict(
        "in_progress",
        "The first request with this idempotency key is still running. Ask again in a few seconds.",
    )
