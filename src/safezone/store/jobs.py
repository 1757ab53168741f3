"""Jobs as those who send them see them: submitting, looking, taking results, and forgetting."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import islice

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    delete,
    func,
    insert,
    select,
    update,
)

from safezone.errors import InvalidInputFile, JobConflict, NoSuchJob, StoreUnavailable
from safezone.store.engine import Clock, reading, utc_now, writing
from safezone.store.idempotency import Idempotency, earlier_job, forget_old_keys, reserve
from safezone.store.job_types import (
    COMPLETED,
    QUEUED,
    RECEIVING,
    RECEIVING_LEASE,
    STATES,
    Job,
    JobRow,
    find_job,
    job_of,
    job_query,
    lease_ran_out,
)
from safezone.store.tables import deliveries, job_rows, jobs

# Few enough that nobody waits long for the one writer of SQLite.
_PAGE = 500
_LISTED = 100


class JobStore:
    """The jobs of a database.

    `forget` is called when rows were deleted, so that their bytes leave the files, too. Each method
    raises StoreUnavailable.
    """

    def __init__(
        self,
        engine: Engine,
        clock: Clock = utc_now,
        *,
        forget: Callable[[], object] = lambda: None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._forget = forget

    def submit(
        self,
        rows: Iterable[JobRow],
        *,
        owner: str | None,
        retention: timedelta,
        max_rows: int,
        policy: str | None = None,
        include: Sequence[str] = (),
        webhook_url: str | None = None,
        idempotency: Idempotency | None = None,
    ) -> Job:
        """A job of these rows, or the one that the same idempotency key has made.

        It is gone `retention` after this moment, whatever has become of it until then. Raises
        InvalidInputFile where there are no rows or more than `max_rows`, JobConflict where the key
        is in use or came with another body, and what `rows` raises; then nothing is left of it.
        """
        now = self._clock()
        new = {
            "id": f"job_{secrets.token_hex(12)}",
            "owner": owner,
            "state": RECEIVING,
            "policy": policy,
            "include": ",".join(include),
            "rows": 0,
            "created": now,
            "expires": now + retention,
            "leased_until": now + RECEIVING_LEASE,
        }
        job_id = str(new["id"])
        with writing(self._engine) as connection:
            if idempotency and (earlier := earlier_job(connection, owner, idempotency, now)):
                return earlier
            connection.execute(insert(jobs), new)
            if idempotency:
                reserve(connection, owner, idempotency, job_id, now)
        try:
            total, bad = self._receive(job_id, rows, max_rows)
            return self._enqueue(job_id, total, bad, webhook_url)
        except BaseException:
            # Upkeep deletes what cannot be deleted now.
            with suppress(StoreUnavailable):
                self._delete(jobs.c.id == job_id)
            raise

    def get(self, job_id: str, owner: str | None) -> Job:
        """The owner's job of that id. Raises NoSuchJob."""
        with reading(self._engine) as connection:
            job = find_job(connection, jobs.c.id == job_id, self._visible_to(owner))
        return _there(job)

    def newest(self, owner: str | None, limit: int = _LISTED) -> list[Job]:
        """The owner's jobs, the newest first."""
        with reading(self._engine) as connection:
            found = connection.execute(job_query(self._visible_to(owner)).limit(limit))
            return [job_of(row) for row in found]

    def cancel_and_forget(self, job_id: str, owner: str | None) -> None:
        """Delete the owner's job with all its rows, at whatever it is. Raises NoSuchJob."""
        if not self._delete(jobs.c.id == job_id, self._visible_to(owner)):
            _there(None)

    def answers(
        self, job_id: str, owner: str | None, *, page: int = _PAGE
    ) -> Iterator[tuple[int, str]]:
        """Number and answer (JSON) of each row that has one, in the order of the file.

        They are read `page` at a time, so that no transaction stays open while somebody reads
        slowly. Raises NoSuchJob, also in between if the job is deleted meanwhile, and JobConflict
        before the job has ended.
        """
        if not self.get(job_id, owner).ended:
            raise JobConflict(
                "not_finished",
                "The job has not ended. Ask again when its state is completed or failed.",
            )
        return self._answers(job_id, owner, page)

    def expire(self) -> int:
        """Delete jobs whose time has run out, those that never arrived, and old idempotency keys.

        Gives the number of jobs deleted. A job from the future, made before the clock was put back,
        is dated anew: its text stays for no longer than it was to stay.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            for job_id, created, expires in connection.execute(
                select(jobs.c.id, jobs.c.created, jobs.c.expires).where(jobs.c.created > now)
            ).all():
                connection.execute(
                    update(jobs)
                    .where(jobs.c.id == job_id)
                    .values(created=now, expires=now + (expires - created))
                )
            forget_old_keys(connection, now)
        gone = self._delete(jobs.c.expires <= now)
        return gone + self._delete(jobs.c.state == RECEIVING, lease_ran_out(now, RECEIVING_LEASE))

    def count_by_state(self) -> dict[str, int]:
        """How many jobs there are in every state, also in those that none is in."""
        with reading(self._engine) as connection:
            found = connection.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state))
            return dict.fromkeys(STATES, 0) | dict(map(tuple, found))

    def _visible_to(self, owner: str | None) -> ColumnElement[bool]:
        return and_(
            jobs.c.owner == owner, jobs.c.state != RECEIVING, jobs.c.expires > self._clock()
        )

    def _receive(self, job_id: str, rows: Iterable[JobRow], max_rows: int) -> tuple[int, int]:
        total = bad = 0
        remaining = iter(rows)
        while page := list(islice(remaining, _PAGE)):
            total += len(page)
            if total > max_rows:
                raise InvalidInputFile(
                    f"The file has more than {max_rows:,} rows. Send it in several files."
                )
            bad += sum(row.answer is not None for row in page)
            with writing(self._engine) as connection:
                self._still_receiving(
                    connection, job_id, leased_until=self._clock() + RECEIVING_LEASE
                )
                connection.execute(
                    insert(job_rows),
                    [
                        {
                            "job": job_id,
                            "number": row.number,
                            "proposal": row.proposal,
                            "answer": row.answer,
                        }
                        for row in page
                    ],
                )
        if not total:
            raise InvalidInputFile("The file has no rows. Send at least one proposal.")
        return total, bad

    def _enqueue(self, job_id: str, total: int, bad: int, webhook_url: str | None) -> Job:
        now = self._clock()
        ended = total == bad
        end = {"started": now, "finished": now} if ended else {}
        with writing(self._engine) as connection:
            self._still_receiving(
                connection,
                job_id,
                state=COMPLETED if ended else QUEUED,
                rows=total,
                done=bad,
                bad=bad,
                leased_until=None,
                **end,
            )
            if webhook_url is not None:
                connection.execute(
                    insert(deliveries),
                    {
                        "id": f"msg_{secrets.token_hex(12)}",
                        "job": job_id,
                        "url": webhook_url,
                        "due": now if ended else None,
                    },
                )
            return _there(find_job(connection, jobs.c.id == job_id))

    @staticmethod
    def _still_receiving(connection: Connection, job_id: str, **values: object) -> None:
        """Update a job that is being received, unless it was given up."""
        condition = and_(jobs.c.id == job_id, jobs.c.state == RECEIVING)
        if not connection.execute(update(jobs).where(condition).values(**values)).rowcount:
            raise JobConflict(
                "in_progress",
                "The rows took so long to arrive that the job was given up. Send the file again.",
            )

    def _answers(self, job_id: str, owner: str | None, page: int) -> Iterator[tuple[int, str]]:
        after = 0
        while True:
            with reading(self._engine) as connection:
                _there(find_job(connection, jobs.c.id == job_id, self._visible_to(owner)))
                found = connection.execute(
                    select(job_rows.c.number, job_rows.c.answer)
                    .where(
                        job_rows.c.job == job_id,
                        job_rows.c.number > after,
                        job_rows.c.answer.is_not(None),
                    )
                    .order_by(job_rows.c.number)
                    .limit(page)
                ).all()
            if not found:
                return
            yield from ((number, answer) for number, answer in found)
            after = found[-1].number

    def _delete(self, *conditions: ColumnElement[bool]) -> int:
        """Delete jobs; the database deletes what belongs to them. Gives their number."""
        with writing(self._engine) as connection:
            gone = connection.execute(delete(jobs).where(*conditions)).rowcount
        if gone:
            self._forget()
        return gone


def _there(job: Job | None) -> Job:
    if job is None:
        raise NoSuchJob("There is no such job, or no longer: jobs are deleted when they expire.")
    return job
