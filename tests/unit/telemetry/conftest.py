"""Fixtures of the telemetry's tests."""

from collections.abc import Iterator

import pytest

from log_lines import Lines, logging_put_back, reader
from safezone.telemetry.logs import configure_logs


@pytest.fixture
def untouched_logging() -> Iterator[None]:
    with logging_put_back():
        yield


@pytest.fixture
def lines(untouched_logging: None, capsys: pytest.CaptureFixture[str]) -> Lines:
    """What was logged since the last call, from `info` on."""
    configure_logs("info", "json")
    return reader(capsys)
