"""A client of the live server."""

from collections.abc import Iterator

import httpx
import pytest

from live_server import LiveServer


@pytest.fixture
def client(debug_server: LiveServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=debug_server.url, timeout=30) as client:
        yield client
