"""Jobs as workers see them: taking one, its rows, answering them, and giving it back.

A worker holds a lease on its job and renews it with every answer. Whatever it does to the job names
the worker, so that one which lost its lease can do nothing more.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from safezone.errors import SafezoneError
from safezone.store.engine import Clock, reading, utc_now, writing
from safezone.store.job_types import (
    COMPLETED,
    FAILED,
    QUEUED,
    RECEIVING,
    RUNNING,
    Answer,
    Job,
    JobRow,
    find_job,
    lease_ran_out,
)
from safezone.store.tables import deliveries, job_rows, jobs


class LeaseLost(SafezoneError):
    """The job is no longer this worker's: deleted, or given to another."""


class JobQueue:
    """The jobs of a database that are to be worked on.

    `worker` is a name of at most 64 characters that no other worker, also none of earlier, has.
    Each method raises StoreUnavailable.
    """

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def claim(self, worker: str, lease: timedelta) -> Job | None:
        """The next job to work on, for as long as `lease`; None where there is none.

        It is one that waits, that its worker has left alone, or this worker's own. The owner whose
        last turn is longest ago comes first, and of an owner the job that waits longest.
        """
        now = self._clock()
        free = or_(
            jobs.c.state == QUEUED,
            and_(
                jobs.c.state == RUNNING,
                or_(jobs.c.worker == worker, lease_ran_out(now, lease)),
            ),
        )
        others = jobs.alias()
        last_turn = (
            select(func.max(others.c.leased_until))
            .where(others.c.owner.is_not_distinct_from(jobs.c.owner), others.c.state != RECEIVING)
            .scalar_subquery()
        )
        longest_wait = func.coalesce(jobs.c.leased_until, jobs.c.created)
        with writing(self._engine) as connection:
            job_id = connection.scalar(
                select(jobs.c.id)
                .where(free)
                .order_by(last_turn.nulls_first(), longest_wait, jobs.c.id)
                .limit(1)
                .with_for_update(of=jobs, skip_locked=True)
            )
            if job_id is None:
                return None
            connection.execute(
                update(jobs)
                .where(jobs.c.id == job_id)
                .values(
                    state=RUNNING,
                    worker=worker,
                    leased_until=now + lease,
                    started=func.coalesce(jobs.c.started, now),
                )
            )
            return find_job(connection, jobs.c.id == job_id)

    def next_rows(self, job_id: str, worker: str, limit: int, after: int = 0) -> list[JobRow]:
        """Up to `limit` rows without an answer whose number is above `after`, in order.

        Raises LeaseLost.
        """
        with reading(self._engine) as connection:
            if find_job(connection, _held(job_id, worker)) is None:
                raise _lost()
            found = connection.execute(
                select(job_rows.c.number, job_rows.c.proposal)
                .where(
                    job_rows.c.job == job_id,
                    job_rows.c.number > after,
                    job_rows.c.answer.is_(None),
                )
                .order_by(job_rows.c.number)
                .limit(limit)
            )
            return [JobRow(number, proposal) for number, proposal in found]

    def answer(self, job_id: str, worker: str, answers: Sequence[Answer], lease: timedelta) -> Job:
        """Keep the answers, delete the texts they are of, and renew the lease: all or nothing.

        Gives the job as it is then: with its last answer it is completed. Raises LeaseLost.
        """
        with writing(self._engine) as connection:
            counted = {
                "done": jobs.c.done + len(answers),
                "bad": jobs.c.bad + sum(answer.bad for answer in answers),
                "leased_until": self._clock() + lease,
            }
            job = _change(connection, job_id, worker, counted)
            changed = connection.execute(
                update(job_rows)
                .where(
                    job_rows.c.job == job_id,
                    job_rows.c.number == bindparam("of_row"),
                    job_rows.c.answer.is_(None),
                )
                .values(answer=bindparam("json"), proposal=None),
                [{"of_row": answer.number, "json": answer.json} for answer in answers],
            ).rowcount
            if changed != len(answers):
                raise _lost()
            if job.done < job.rows:
                return job
            return self._end(connection, job_id, worker, COMPLETED)

    def release(self, job_id: str, worker: str) -> None:
        """Give the job back to the queue at once, unless it is no longer this worker's."""
        with writing(self._engine) as connection:
            connection.execute(
                update(jobs)
                .where(_held(job_id, worker))
                .values(state=QUEUED, worker=None, leased_until=self._clock())
            )

    def fail(self, job_id: str, worker: str, code: str) -> Job:
        """The job, ended with an error, a stable id; rows without an answer are deleted.

        Raises LeaseLost.
        """
        with writing(self._engine) as connection:
            connection.execute(
                delete(job_rows).where(job_rows.c.job == job_id, job_rows.c.answer.is_(None))
            )
            return self._end(connection, job_id, worker, FAILED, code)

    def _end(
        self,
        connection: Connection,
        job_id: str,
        worker: str,
        state: str,
        error: str | None = None,
    ) -> Job:
        now = self._clock()
        connection.execute(update(deliveries).where(deliveries.c.job == job_id).values(due=now))
        # The lease stays as the time of the owner's last turn.
        end = {"finished": now, "worker": None, "leased_until": now}
        return _change(connection, job_id, worker, {"state": state, "error": error, **end})


def _held(job_id: str, worker: str) -> ColumnElement[bool]:
    return and_(jobs.c.id == job_id, jobs.c.state == RUNNING, jobs.c.worker == worker)


def _change(connection: Connection, job_id: str, worker: str, values: Mapping[str, object]) -> Job:
    """The worker's job with new values. Raises LeaseLost."""
    held = update(jobs).where(_held(job_id, worker)).values(values)
    changed = connection.execute(held).rowcount
    job = find_job(connection, jobs.c.id == job_id)
    if not changed or job is None:
        raise _lost()
    return job


def _lost() -> LeaseLost:
    return LeaseLost("The job was deleted, or another worker has taken it.")
