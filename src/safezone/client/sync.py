"""The client for programs that wait for their answers."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypeVar

import httpx

from safezone.client import calls
from safezone.client.batches import MAX_PROPOSALS, Batches
from safezone.client.bodies import (
    Assessment,
    BatchItem,
    Comparison,
    FlatAssessment,
    Framing,
    Job,
    JobRow,
    Limits,
    PolicyEntry,
    Proposal,
    Taxonomy,
)
from safezone.client.calls import Call, JobOrId, Parts
from safezone.client.errors import (
    ConnectionFailed,
    NotFound,
    Unavailable,
    WaitedTooLong,
    api_error,
    connection,
)
from safezone.client.retrying import ONCE, Retrying, pauses
from safezone.client.transport import (
    JsonLines,
    answer,
    file_format,
    http_options,
    part_of,
    request,
)
from safezone.client.uploads import Named, opened

T = TypeVar("T")


class SafezoneClient:
    """A client of one service; keep it, and use it from as many threads as you like.

    `timeout` are the seconds that the service may be silent. Where it is busy, out of reach or asks
    to wait, a call is made again, up to `retries` times and until `patience` seconds have passed
    since the first attempt. Raises InvalidSettings for a URL that is none.

    Every call raises ApiError where the service answers with a problem, and ConnectionFailed where
    it does not answer.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        *,
        timeout: float = 40.0,
        retries: int = 4,
        patience: float = 120.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._http = httpx.Client(transport=transport, **http_options(base_url, api_key, timeout))
        self._retrying = Retrying(retries, patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give its connections back."""
        self._http.close()

    def assess(
        self,
        abstract: str,
        title: str = "",
        id: str | None = None,  # noqa: A002
        policy: str | None = None,
        include: Parts = None,
    ) -> Assessment:
        """The assessment of one proposal.

        `policy` is one of `policies()`, `include` the parts of the answer beyond levels and route;
        by default `evidence` and `precedents`.
        """
        return self._send(calls.assess(calls.proposal(abstract, title, id, policy), include))

    def assess_flat(
        self,
        abstract: str,
        title: str = "",
        id: str | None = None,  # noqa: A002
        policy: str | None = None,
    ) -> FlatAssessment:
        """The same as an object of scalars, for one column a value."""
        return self._send(calls.assess_flat(calls.proposal(abstract, title, id, policy)))

    def assess_many(
        self,
        proposals: Iterable[Proposal],
        *,
        include: Parts = None,
        chunk: int = MAX_PROPOSALS,
    ) -> Iterator[BatchItem]:
        """An assessment or a problem for each proposal, in their order, as they are read.

        At most `chunk` proposals (1 to 64) are sent at a time, so that an iterable of any length
        will do. What is wrong with one proposal is told in its place and stops nothing.
        """
        queue = Batches(proposals, chunk)
        for body in queue:
            yield from queue.settle(self._send(calls.assess_batch(body, include)))

    def compare(self, before: Framing, after: Framing, policy: str | None = None) -> Comparison:
        """What changes in the assessment from one version of a proposal to another."""
        return self._send(calls.compare(before, after, policy))

    def submit_job(
        self,
        file: str | Path | BinaryIO,
        *,
        policy: str | None = None,
        include: Parts = None,
        id_column: str | None = None,
        title_column: str | None = None,
        abstract_column: str | None = None,
        webhook_url: str | None = None,
        idempotency_key: str | None = None,
        progress: Callable[[int], object] | None = None,
    ) -> Job:
        """Hand a file of proposals in; it is assessed in the background.

        The same `idempotency_key` with the same file makes no second job; by default each call has
        its own. `progress` is told how many bytes of the file were sent.
        """
        call = calls.submit_job(
            policy=policy,
            include=include,
            id_column=id_column,
            title_column=title_column,
            abstract_column=abstract_column,
            webhook_url=webhook_url,
            idempotency_key=idempotency_key,
        )
        with opened(file, progress) as named:
            return self._send(call, named)

    def jobs(self) -> list[Job]:
        """This key's jobs, newest first."""
        return self._send(calls.jobs())

    def job(self, job: JobOrId) -> Job:
        """How the job stands now. Raises NotFound once it is gone."""
        return self._send(calls.job(job))

    def wait(
        self,
        job: JobOrId,
        *,
        progress: Callable[[int, int], object] | None = None,
        timeout: float | None = None,
    ) -> Job:
        """The job once it has ended, `completed` or `failed`.

        `progress` is told how many rows are done, and of how many. Raises WaitedTooLong after
        `timeout` seconds.
        """
        for pause in pauses(timeout):
            found = self.job(job)
            if progress is not None:
                progress(found["done"], found["rows"])
            if found["state"] in ("completed", "failed"):
                return found
            time.sleep(pause)
        raise WaitedTooLong(f"The job has not ended in {timeout} seconds. Ask for it later.")

    def results(self, job: JobOrId) -> Iterator[JobRow]:
        """What came of each row of the job's file, in order, as it arrives.

        Raises Conflict before the job has ended.
        """
        with self._stream(calls.results(job, "jsonl")) as response:
            lines = JsonLines()
            for data in response.iter_bytes():
                yield from lines.read(data)
            yield from lines.read(b"\n")

    def save_results(self, job: JobOrId, path: str | Path) -> None:
        """Write the results to a `.jsonl`, `.csv` or `.xlsx` file, whole or not at all.

        Raises Conflict before the job has ended, and ValueError for another ending.
        """
        path = Path(path)
        part = part_of(path)
        call = calls.results(job, file_format(path))
        with self._stream(call) as response, part.open("wb") as file:
            for data in response.iter_bytes():
                file.write(data)
        part.replace(path)

    def delete_job(self, job: JobOrId) -> None:
        """Cancel the job and have it forgotten with all its results; gone is gone, also before."""
        with suppress(NotFound):
            self._send(calls.delete_job(job))

    def policies(self) -> list[PolicyEntry]:
        """The policies that a proposal or a job may name."""
        return self._send(calls.policies())

    def taxonomy(self) -> Taxonomy:
        """What every level, area and collaboration mode means."""
        return self._send(calls.taxonomy())

    def limits(self) -> Limits:
        """How much the service takes, and how long it keeps jobs."""
        return self._send(calls.limits())

    def ready(self) -> bool:
        """Whether the service answers now, and its model as it should."""
        try:
            self._send(calls.ready(), retrying=ONCE)
        except (ConnectionFailed, Unavailable):
            return False
        return True

    def _send(
        self, call: Call[T], file: Named | None = None, retrying: Retrying | None = None
    ) -> T:
        for attempt in (retrying or self._retrying).attempts():
            with attempt, connection():
                return answer(call, self._http.send(request(self._http, call, file)))
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _stream(self, call: Call[None]) -> Iterator[httpx.Response]:
        """A response that has begun well and is read by the caller."""
        with closing(self._opened(call)) as response, connection():
            yield response

    def _opened(self, call: Call[None]) -> httpx.Response:
        for attempt in self._retrying.attempts():
            with attempt, connection():
                response = self._http.send(request(self._http, call), stream=True)
                if response.is_success:
                    return response
                with closing(response):
                    response.read()
                raise api_error(response)
        raise AssertionError("the last attempt returns or raises")
