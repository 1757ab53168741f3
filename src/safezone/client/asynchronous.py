"""The client for programs with an event loop. What each call does stands at `SafezoneClient`."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypeVar

import anyio
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


class AsyncSafezoneClient:
    """`SafezoneClient` with methods to be awaited; `assess_many` and `results` are for `async for`.

    Files are read and written in the event loop's own thread.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        *,
        timeout: float = 40.0,
        retries: int = 4,
        patience: float = 120.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(
            transport=transport, **http_options(base_url, api_key, timeout)
        )
        self._retrying = Retrying(retries, patience)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def assess(
        self,
        abstract: str,
        title: str = "",
        id: str | None = None,  # noqa: A002
        policy: str | None = None,
        include: Parts = None,
    ) -> Assessment:
        return await self._send(calls.assess(calls.proposal(abstract, title, id, policy), include))

    async def assess_flat(
        self,
        abstract: str,
        title: str = "",
        id: str | None = None,  # noqa: A002
        policy: str | None = None,
    ) -> FlatAssessment:
        return await self._send(calls.assess_flat(calls.proposal(abstract, title, id, policy)))

    async def assess_many(
        self,
        proposals: Iterable[Proposal],
        *,
        include: Parts = None,
        chunk: int = MAX_PROPOSALS,
    ) -> AsyncIterator[BatchItem]:
        queue = Batches(proposals, chunk)
        for body in queue:
            for item in queue.settle(await self._send(calls.assess_batch(body, include))):
                yield item

    async def compare(
        self, before: Framing, after: Framing, policy: str | None = None
    ) -> Comparison:
        return await self._send(calls.compare(before, after, policy))

    async def submit_job(
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
            return await self._send(call, named)

    async def jobs(self) -> list[Job]:
        return await self._send(calls.jobs())

    async def job(self, job: JobOrId) -> Job:
        return await self._send(calls.job(job))

    async def wait(
        self,
        job: JobOrId,
        *,
        progress: Callable[[int, int], object] | None = None,
        timeout: float | None = None,
    ) -> Job:
        for pause in pauses(timeout):
            found = await self.job(job)
            if progress is not None:
                progress(found["done"], found["rows"])
            if found["state"] in ("completed", "failed"):
                return found
            await anyio.sleep(pause)
        raise WaitedTooLong(f"The job has not ended in {timeout} seconds. Ask for it later.")

    async def results(self, job: JobOrId) -> AsyncIterator[JobRow]:
        async with self._stream(calls.results(job, "jsonl")) as response:
            lines = JsonLines()
            async for data in response.aiter_bytes():
                for item in lines.read(data):
                    yield item
            for item in lines.read(b"\n"):
                yield item

    async def save_results(self, job: JobOrId, path: str | Path) -> None:
        path = Path(path)
        part = part_of(path)
        call = calls.results(job, file_format(path))
        async with self._stream(call) as response:
            with part.open("wb") as file:
                async for data in response.aiter_bytes():
                    file.write(data)
        part.replace(path)

    async def delete_job(self, job: JobOrId) -> None:
        with suppress(NotFound):
            await self._send(calls.delete_job(job))

    async def policies(self) -> list[PolicyEntry]:
        return await self._send(calls.policies())

    async def taxonomy(self) -> Taxonomy:
        return await self._send(calls.taxonomy())

    async def limits(self) -> Limits:
        return await self._send(calls.limits())

    async def ready(self) -> bool:
        try:
            await self._send(calls.ready(), retrying=ONCE)
        except (ConnectionFailed, Unavailable):
            return False
        return True

    async def _send(
        self, call: Call[T], file: Named | None = None, retrying: Retrying | None = None
    ) -> T:
        async for attempt in (retrying or self._retrying).attempts():
            with attempt, connection():
                return answer(call, await self._http.send(request(self._http, call, file)))
        raise AssertionError("the last attempt returns or raises")

    @asynccontextmanager
    async def _stream(self, call: Call[None]) -> AsyncIterator[httpx.Response]:
        async with aclosing(await self._opened(call)) as response:
            with connection():
                yield response

    async def _opened(self, call: Call[None]) -> httpx.Response:
        async for attempt in self._retrying.attempts():
            with attempt, connection():
                response = await self._http.send(request(self._http, call), stream=True)
                if response.is_success:
                    return response
                async with aclosing(response):
                    await response.aread()
                raise api_error(response)
        raise AssertionError("the last attempt returns or raises")
