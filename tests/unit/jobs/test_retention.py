"""A job is gone when its time has run out, whatever the clock does."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from job_material import DAY, LEASE, SECRET, FakeClock, files_with, submit
from safezone.errors import InvalidInputFile, NoSuchJob
from safezone.store.engine import reading
from safezone.store.erasure import erase_deleted
from safezone.store.jobs import JobStore
from safezone.store.queue import JobQueue, LeaseLost
from safezone.store.tables import metadata


def _empty(engine: Engine) -> bool:
    with reading(engine) as connection:
        return not any(
            connection.scalar(select(func.count()).select_from(table))
            for table in metadata.sorted_tables
        )


def test_a_job_is_not_to_be_seen_from_the_moment_it_expires(
    store: JobStore, clock: FakeClock
) -> None:
    job = submit(store)
    clock.jump(DAY - timedelta(seconds=1))
    assert store.get(job.id, "key-a") == job

    clock.jump(timedelta(seconds=1))
    assert store.newest("key-a") == []
    with pytest.raises(NoSuchJob):
        store.get(job.id, "key-a")


def test_an_expired_job_leaves_nothing_behind(
    store: JobStore, clock: FakeClock, engine: Engine
) -> None:
    submit(store, webhook_url="https://example.org")
    clock.jump(DAY)
    assert store.expire() == 1
    assert _empty(engine)


def test_what_has_not_expired_is_left_alone(store: JobStore, clock: FakeClock) -> None:
    job = submit(store)
    clock.jump(DAY / 2)
    assert store.expire() == 0
    assert store.get(job.id, "key-a") == job


def test_a_job_that_expires_at_work_is_taken_from_its_worker(
    store: JobStore, queue: JobQueue, clock: FakeClock, engine: Engine
) -> None:
    job = submit(store)
    clock.jump(DAY)
    queue.claim("one", LEASE)
    store.expire()

    with pytest.raises(LeaseLost):
        queue.next_rows(job.id, "one", 9)
    assert _empty(engine)


@pytest.mark.parametrize("end", ["cancelled", "expired", "failed", "never arrived"])
def test_no_text_stays_in_the_files_of_the_database_however_a_job_ends(
    sqlite_engine: Engine, clock: FakeClock, tmp_path: Path, end: str
) -> None:
    store = JobStore(sqlite_engine, clock, forget=partial(erase_deleted, sqlite_engine))
    queue = JobQueue(sqlite_engine, clock)
    if end == "never arrived":
        with pytest.raises(InvalidInputFile):
            submit(store, 2_000, max_rows=1_999)
    else:
        job = submit(store, 2_000)
        assert files_with(SECRET, tmp_path)
        if end == "cancelled":
            store.cancel_and_forget(job.id, "key-a")
        elif end == "expired":
            clock.jump(DAY)
            store.expire()
        else:
            queue.claim("one", LEASE)
            queue.fail(job.id, "one", "internal")
            erase_deleted(sqlite_engine)
    assert files_with(SECRET, tmp_path) == []


def test_putting_the_clock_back_deletes_nothing_early_and_keeps_nothing_longer_than_promised(
    store: JobStore, clock: FakeClock, engine: Engine
) -> None:
    job = submit(store)
    clock.jump(-30 * DAY)
    assert store.expire() == 0
    dated_anew = store.get(job.id, "key-a")
    assert (dated_anew.created, dated_anew.expires) == (clock.now, clock.now + DAY)

    clock.jump(DAY)
    assert store.expire() == 1
    assert _empty(engine)


def test_putting_the_clock_forward_deletes_rather_than_keeps(
    store: JobStore, clock: FakeClock, engine: Engine
) -> None:
    submit(store)
    clock.jump(365 * DAY)
    assert store.expire() == 1
    assert _empty(engine)
