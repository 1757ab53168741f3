"""From rows to a job, and looking at it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from job_material import DAY, FakeClock, rows, submit
from safezone.errors import InvalidInputFile, JobConflict, NoSuchJob
from safezone.store.engine import reading
from safezone.store.job_types import JobRow
from safezone.store.jobs import JobStore
from safezone.store.queue import JobQueue
from safezone.store.tables import job_rows, jobs, metadata


def _counts(engine: Engine) -> dict[str, int | None]:
    with reading(engine) as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table))
            for table in metadata.sorted_tables
        }


def test_a_job_waits_in_the_queue_with_all_that_was_asked_for(
    store: JobStore, clock: FakeClock
) -> None:
    job = submit(store, 3, policy="uk", include=("evidence", "precedents"))

    assert store.get(job.id, "key-a") == job
    assert (job.state, job.rows, job.done, job.bad) == ("queued", 3, 0, 0)
    assert (job.policy, job.include) == ("uk", ("evidence", "precedents"))
    assert (job.created, job.expires) == (clock.now, clock.now + DAY)
    assert (job.started, job.finished, job.error, job.webhook) == (None, None, None, None)


def test_rows_that_are_problems_are_answered_at_once(store: JobStore) -> None:
    job = submit(store, 4, bad=(2, 3))
    assert (job.state, job.done, job.bad) == ("queued", 2, 2)


def test_a_file_of_problems_alone_is_completed_at_once(store: JobStore, queue: JobQueue) -> None:
    job = submit(store, 2, bad=(1, 2), webhook_url="https://example.org")

    assert (job.state, job.done, job.bad) == ("completed", 2, 2)
    assert job.finished == job.created
    assert queue.claim("worker", timedelta(minutes=1)) is None
    numbers = [number for number, _ in store.answers(job.id, "key-a")]
    assert numbers == [1, 2]


def test_more_rows_than_fit_into_one_transaction_keep_their_order(store: JobStore) -> None:
    job = submit(store, 1_203, bad=range(1, 1_204))
    answers = list(store.answers(job.id, "key-a", page=100))

    assert [number for number, _ in answers] == list(range(1, 1_204))
    assert [json.loads(answer)["id"] for _, answer in answers] == [
        f"id-{number}" for number in range(1, 1_204)
    ]


@pytest.mark.parametrize("number", [0, 11, 600])
def test_a_file_without_rows_or_with_too_many_leaves_nothing_behind(
    store: JobStore, engine: Engine, number: int
) -> None:
    with pytest.raises(InvalidInputFile):
        submit(store, number, max_rows=10, webhook_url="https://example.org")
    assert set(_counts(engine).values()) == {0}


def test_a_file_that_breaks_off_leaves_nothing_behind(store: JobStore, engine: Engine) -> None:
    def broken() -> Iterator[JobRow]:
        yield from rows(700)
        raise InvalidInputFile("Row 701 cannot be read.")

    with pytest.raises(InvalidInputFile, match="Row 701"):
        store.submit(broken(), owner=None, retention=DAY, max_rows=5_000)
    assert set(_counts(engine).values()) == {0}


def test_a_job_is_not_to_be_seen_while_its_rows_arrive(
    store: JobStore, queue: JobQueue, engine: Engine
) -> None:
    seen: list[Any] = []

    def watched() -> Iterator[JobRow]:
        yield from rows(500)
        with reading(engine) as connection:
            job_id = connection.scalar(select(jobs.c.id))
        seen.extend([store.newest("key-a"), queue.claim("worker", timedelta(minutes=1))])
        with pytest.raises(NoSuchJob):
            store.get(str(job_id), "key-a")
        yield JobRow(501, proposal="{}")

    store.submit(watched(), owner="key-a", retention=DAY, max_rows=5_000)
    assert seen == [[], None]


def test_rows_that_arrive_after_the_job_was_given_up_make_no_job(
    store: JobStore, clock: FakeClock, engine: Engine
) -> None:
    def slow() -> Iterator[JobRow]:
        yield from rows(500)
        clock.jump(timedelta(minutes=11))
        assert store.expire() == 1
        yield JobRow(501, proposal="{}")

    with pytest.raises(JobConflict) as caught:
        store.submit(slow(), owner="key-a", retention=DAY, max_rows=5_000)
    assert caught.value.code == "in_progress"
    assert set(_counts(engine).values()) == {0}


def test_jobs_are_seen_by_their_owner_alone_the_newest_first(
    store: JobStore, clock: FakeClock
) -> None:
    made = []
    for owner in ("key-a", "key-b", "key-a", None):
        made.append(submit(store, owner=owner).id)
        clock.jump(timedelta(seconds=1))

    assert [job.id for job in store.newest("key-a")] == [made[2], made[0]]
    assert [job.id for job in store.newest(None)] == [made[3]]
    for owner in ("key-a", None):
        with pytest.raises(NoSuchJob):
            store.get(made[1], owner)
        with pytest.raises(NoSuchJob):
            store.cancel_and_forget(made[1], owner)
        with pytest.raises(NoSuchJob):
            store.answers(made[1], owner)


def test_answers_are_not_given_before_the_job_has_ended(store: JobStore) -> None:
    job = submit(store)
    with pytest.raises(JobConflict) as caught:
        store.answers(job.id, "key-a")
    assert caught.value.code == "not_finished"


def test_answers_that_are_deleted_while_they_are_read_do_not_just_end(store: JobStore) -> None:
    job = submit(store, 9, bad=range(1, 10))
    answers = store.answers(job.id, "key-a", page=3)
    next(answers)
    store.cancel_and_forget(job.id, "key-a")

    with pytest.raises(NoSuchJob):
        list(answers)


def test_a_cancelled_job_leaves_nothing_behind(store: JobStore, engine: Engine) -> None:
    job = submit(store, webhook_url="https://example.org")
    store.cancel_and_forget(job.id, "key-a")

    assert set(_counts(engine).values()) == {0}
    with pytest.raises(NoSuchJob):
        store.get(job.id, "key-a")


def test_what_was_deleted_is_erased_from_the_files(engine: Engine, clock: FakeClock) -> None:
    erased = []
    store = JobStore(engine, clock, forget=lambda: erased.append(len(store.newest("key-a"))))
    job = submit(store)
    assert erased == []

    store.cancel_and_forget(job.id, "key-a")
    assert erased == [0]

    submit(store)
    clock.jump(DAY)
    store.expire()
    assert erased == [0, 0]
    assert set(_counts(engine).values()) == {0}
    with reading(engine) as connection:
        assert connection.execute(select(job_rows)).all() == []
