"""What the tests of jobs share: a database of each kind, and a clock to set."""

import pytest
from sqlalchemy import Engine

from databases import (
    engine,
    postgres_engine,
    sqlite_engine,
    sqlite_url,
    store_url,
)
from job_material import FakeClock
from safezone.store.deliveries import DeliveryStore
from safezone.store.jobs import JobStore
from safezone.store.queue import JobQueue

__all__ = [
    "engine",
    "postgres_engine",
    "sqlite_engine",
    "sqlite_url",
    "store_url",
]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(engine: Engine, clock: FakeClock) -> JobStore:
    return JobStore(engine, clock)


@pytest.fixture
def queue(engine: Engine, clock: FakeClock) -> JobQueue:
    return JobQueue(engine, clock)


@pytest.fixture
def deliveries(engine: Engine, clock: FakeClock) -> DeliveryStore:
    return DeliveryStore(engine, clock)
