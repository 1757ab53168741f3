"""Pace, patience, upkeep and erasing: what goes on behind the worker."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from job_material import DAY, FakeClock, submit
from safezone.errors import StoreUnavailable
from safezone.jobs import patience
from safezone.jobs.erasing import Erasing
from safezone.jobs.pace import Pace
from safezone.jobs.patience import keep_at
from safezone.jobs.upkeep import Upkeep
from safezone.store.job_types import JobRow
from safezone.store.jobs import JobStore


class _Seconds:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class _Eraser:
    """Counts, and answers as it is told to."""

    def __init__(self) -> None:
        self.calls = 0
        self.done = True
        self.away = False

    def __call__(self) -> bool:
        self.calls += 1
        if self.away:
            raise StoreUnavailable("away")
        return self.done


@pytest.fixture
def seconds() -> _Seconds:
    return _Seconds()


@pytest.fixture
def eraser() -> _Eraser:
    return _Eraser()


@pytest.fixture
def erasing(eraser: _Eraser, seconds: _Seconds) -> Erasing:
    return Erasing(eraser, seconds)


def test_the_first_text_is_erased_at_once_and_what_follows_within_a_minute(
    erasing: Erasing, eraser: _Eraser, seconds: _Seconds
) -> None:
    for _ in range(3):
        erasing()
        seconds.now += 1
    assert eraser.calls == 1

    erasing.again()
    assert eraser.calls == 1
    seconds.now += 60
    erasing.again()
    assert eraser.calls == 2
    erasing.again()
    assert eraser.calls == 2


@pytest.mark.parametrize("trouble", ["busy", "away"])
def test_what_could_not_be_erased_is_erased_later(
    erasing: Erasing, eraser: _Eraser, seconds: _Seconds, trouble: str
) -> None:
    eraser.done, eraser.away = False, trouble == "away"
    erasing()
    eraser.done, eraser.away = True, False
    for _ in range(3):
        seconds.now += 60
        erasing.again()
    assert eraser.calls == 2


def test_what_a_process_before_us_left_is_erased_at_the_start_and_each_hour(
    erasing: Erasing, eraser: _Eraser, seconds: _Seconds
) -> None:
    for _ in range(120):
        erasing.again()
        seconds.now += 60
    assert eraser.calls == 2


def test_upkeep_deletes_what_has_expired_each_minute(
    store: JobStore, clock: FakeClock, erasing: Erasing, eraser: _Eraser, seconds: _Seconds
) -> None:
    submit(store)
    upkeep = Upkeep(store, erasing, seconds)
    upkeep()
    assert eraser.calls == 1
    clock.jump(DAY)
    seconds.now += 59
    upkeep()
    assert store.expire() == 1, "it was left alone"

    submit(store)
    clock.jump(DAY)
    seconds.now += 1
    upkeep()
    assert store.expire() == 0


def test_upkeep_counts_the_jobs_of_every_state(
    store: JobStore, erasing: Erasing, seconds: _Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, int]] = []
    monkeypatch.setattr("safezone.jobs.upkeep.set_jobs", told.append)
    submit(store)
    submit(store)
    Upkeep(store, erasing, seconds)()
    assert told == [{"receiving": 0, "queued": 2, "running": 0, "completed": 0, "failed": 0}]


def test_a_chunk_is_as_long_as_can_be_read_in_a_second() -> None:
    rows = [JobRow(number, "x" * 1_000) for number in range(1, 101)]
    pace = Pace()
    pace.took(2.0, rows[:40])
    assert len(pace.next_chunk(rows)) == 20
    pace.took(0.5, rows[:20])
    assert len(pace.next_chunk(rows)) == 40


@given(
    lengths=st.lists(st.integers(0, 50_000), min_size=1, max_size=32),
    seconds=st.floats(0, 1e6),
)
def test_a_chunk_is_the_first_rows_and_never_empty(lengths: list[int], seconds: float) -> None:
    rows = [JobRow(number, "x" * length) for number, length in enumerate(lengths, 1)]
    pace = Pace()
    pace.took(seconds, rows)
    chunk = pace.next_chunk(rows)
    assert chunk
    assert chunk == rows[: len(chunk)]


def test_whatever_fails_is_tried_again_until_told_to_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "LONGEST_WAIT", 0.002)
    stop = threading.Event()
    calls: list[int] = []

    def once() -> bool:
        calls.append(len(calls))
        if len(calls) >= 20:
            stop.set()
        if len(calls) % 2:
            raise StoreUnavailable("away")
        return len(calls) % 4 == 0

    keep_at(once, stop, 0.001)
    assert calls == list(range(20))
