"""Both clients behind one face, a service that answers as told, a clock that does not tick."""

import inspect
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import anyio
import httpx

from safezone.client import AsyncSafezoneClient

Handler = Callable[[httpx.Request], httpx.Response]


class Blocking:
    """An AsyncSafezoneClient whose calls are waited for."""

    def __init__(self, client: AsyncSafezoneClient) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            made = method(*args, **kwargs)
            if inspect.isasyncgen(made):
                return _waited_for(made)
            return anyio.run(partial(_awaited, made))

        return call


async def _awaited(made: Any) -> Any:
    return await made


def _waited_for(items: AsyncIterator[Any]) -> Iterator[Any]:
    async def collected() -> list[Any]:
        return [item async for item in items]

    yield from anyio.run(collected)


@dataclass
class Clock:
    """Time that passes by sleeping alone."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)


@dataclass
class Service:
    """Gives its answers one after the other, the last for ever, and keeps what it was sent."""

    answers: list[httpx.Response | Exception]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        try:
            content = answer.content
        except httpx.ResponseNotRead:
            return answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=content)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.content) for request in self.requests]


def problem(
    kind: str, status: int, *, headers: dict[str, str] | None = None, **more: Any
) -> httpx.Response:
    """An answer as the service gives it for a problem."""
    body = {
        "type": f"urn:safezone:problem:{kind}",
        "title": "A title",
        "status": status,
        "detail": "What to do.",
        **more,
    }
    return httpx.Response(
        status, json=body, headers={"content-type": "application/problem+json", **(headers or {})}
    )
