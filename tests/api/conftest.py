"""A client of the live server, and a service inside the test's own process."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from live_server import LiveServer
from safezone.api.service import Service, open_service
from safezone.assessment import Assessor
from safezone.config import read_settings


@pytest.fixture
def client(debug_server: LiveServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=debug_server.url, timeout=30) as client:
        yield client


@pytest.fixture
def service(debug_assessor: Assessor, tmp_path: Path) -> Iterator[Service]:
    """A service with a database of its own; it works on no job."""
    settings = read_settings(store=f"sqlite:///{tmp_path / 'safezone.db'}", job_workers=0)
    made = open_service(settings, debug_assessor)
    yield made
    made.inference.stop()
    made.store.dispose()
