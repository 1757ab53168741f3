from collections.abc import Callable
from typing import Any

import httpx
import pytest

from client_doubles import Blocking, Clock, Handler
from safezone.client import AsyncSafezoneClient, SafezoneClient


@pytest.fixture(params=["sync", "async"])
def connect(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Makes a client of either kind, of a service that a function stands in for."""

    def made(handler: Handler, **options: Any) -> Any:
        transport = httpx.MockTransport(handler)
        if request.param == "sync":
            return SafezoneClient("https://safezone.test", transport=transport, **options)
        return Blocking(
            AsyncSafezoneClient("https://safezone.test", transport=transport, **options)
        )

    return made


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Nobody sleeps in these tests."""
    clock = Clock()
    monkeypatch.setattr("time.monotonic", clock.monotonic)
    monkeypatch.setattr("time.sleep", clock.sleep)
    monkeypatch.setattr("asyncio.sleep", clock.sleep_async)
    monkeypatch.setattr("anyio.sleep", clock.sleep_async)
    return clock
