"""The one who works on jobs: takes one for a minute, answers its rows, and takes the next."""

import secrets
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from safezone.jobs.pace import Pace
from safezone.jobs.patience import keep_at
from safezone.jobs.reading import Assess, JobCannotGoOn, NotNow, Reader
from safezone.store.job_types import Job, JobRow
from safezone.store.queue import JobQueue, LeaseLost
from safezone.telemetry.logs import get_logger
from safezone.telemetry.metrics import count_job_row

# Few enough that a chunk is done within the lease even if each of its texts waits for requests.
_FETCHED = 32
_IDLE_SECONDS = 1.0
# A killed worker's job waits as long.
_LEASE = timedelta(minutes=3)
# Then it is the next owner's turn, so that a small file does not wait for a large one's end.
_TURN = timedelta(minutes=1)

_log = get_logger("safezone.jobs")


class Worker:
    """Works on the jobs of a queue, in one thread.

    `forget` is called when a job has ended and its text was deleted, `upkeep` between turns.
    """

    def __init__(
        self,
        queue: JobQueue,
        assess: Assess,
        *,
        name: str,
        forget: Callable[[], object],
        upkeep: Callable[[], object],
        lease: timedelta = _LEASE,
        turn: timedelta = _TURN,
    ) -> None:
        self._queue = queue
        self._assess = assess
        # Another one each start, for leases of an earlier process are not its own.
        self._id = f"{name[:50]}-{secrets.token_hex(6)}"
        self._forget = forget
        self._upkeep = upkeep
        self._lease = lease
        self._turn = turn.total_seconds()

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; what is at work then is given back to the queue."""

        def once() -> bool:
            self._upkeep()
            return self.run_once(stop)

        keep_at(once, stop, _IDLE_SECONDS)

    def run_once(self, stop: threading.Event | None = None) -> bool:
        """Work on the next job for one turn, or until told to stop.

        False where there was nothing to do or nothing could be done. Raises StoreUnavailable; then
        the job goes on where the store has it, at the next call or in another worker.
        """
        job = self._queue.claim(self._id, self._lease)
        if job is None:
            return False
        try:
            job = self._work(job, stop or threading.Event())
        except NotNow:
            self._queue.release(job.id, self._id)
            return False
        except LeaseLost:
            return True
        if job.ended:
            _log.info("job", job=job.id, state=job.state, rows=job.rows, bad=job.bad)
            self._forget()
        else:
            self._queue.release(job.id, self._id)
        return True

    def _work(self, job: Job, stop: threading.Event) -> Job:
        try:
            return self._answer_rows(job, stop)
        except JobCannotGoOn as error:
            return self._queue.fail(job.id, self._id, error.code)

    def _answer_rows(self, job: Job, stop: threading.Event) -> Job:
        """The job as it is when it has ended, its turn is over, or the worker is to stop."""
        reader, pace = Reader(self._assess, job), Pace()
        until = time.monotonic() + self._turn
        rows: list[JobRow] = []
        after = 0
        while not job.ended and not stop.is_set():
            rows = rows or self._queue.next_rows(job.id, self._id, _FETCHED, after)
            if not rows:  # fewer than the job says
                raise JobCannotGoOn("internal")
            chunk = pace.next_chunk(rows)
            began = time.monotonic()
            answers = reader.read(chunk)
            pace.took(time.monotonic() - began, chunk)
            job = self._queue.answer(job.id, self._id, answers, self._lease)
            for answer in answers:
                count_job_row("problem" if answer.bad else "assessment")
            if time.monotonic() >= until:
                break
            rows = rows[len(chunk) :]
            after = chunk[-1].number
        return job
