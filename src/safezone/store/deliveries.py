"""Messages about jobs that have ended, until their receivers have them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, or_, select, update

from safezone.store.engine import Clock, utc_now, writing
from safezone.store.job_types import Job, find_job
from safezone.store.tables import deliveries, jobs

# No message waits longer; one that is due later is from before the clock was put back.
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to `url` that `job` has ended, with this attempt the `attempt`th, from 1."""

    id: str
    url: str
    attempt: int
    job: Job


class DeliveryStore:
    """The messages of a database. Each method raises StoreUnavailable."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def take(self, hold: timedelta) -> Delivery | None:
        """The message that is due the longest, as one more attempt; None where none is due.

        Unless what became of it is recorded within `hold`, it is due again.
        """
        now = self._clock()
        due = deliveries.c.due
        with writing(self._engine) as connection:
            found = connection.execute(
                select(deliveries)
                .where(or_(due <= now, due > now + _LONGEST_WAIT))
                .order_by(due)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).first()
            if found is None:
                return None
            attempt = found.attempts + 1
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id == found.id)
                .values(attempts=attempt, due=now + hold)
            )
            job = find_job(connection, jobs.c.id == found.job)
        return None if job is None else Delivery(found.id, found.url, attempt, job)

    def delivered(self, delivery: Delivery, outcome: str) -> None:
        """The receiver has it: nothing is left to do."""
        self._record(delivery, outcome, delivered=self._clock(), due=None)

    def failed(self, delivery: Delivery, outcome: str, wait: timedelta | None) -> None:
        """The receiver does not have it: try again after `wait`, or never."""
        self._record(delivery, outcome, due=None if wait is None else self._clock() + wait)

    def _record(self, delivery: Delivery, outcome: str, **values: datetime | None) -> None:
        with writing(self._engine) as connection:
            connection.execute(
                update(deliveries)
                .where(deliveries.c.id == delivery.id)
                .values(outcome=outcome, **values)
            )
