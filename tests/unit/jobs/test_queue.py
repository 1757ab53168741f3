"""Taking jobs, answering their rows, and giving them back."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from job_material import DAY, LEASE, SECRET, FakeClock, submit
from safezone.errors import JobConflict
from safezone.store.engine import reading
from safezone.store.job_types import Answer, Job
from safezone.store.jobs import JobStore
from safezone.store.queue import JobQueue, LeaseLost
from safezone.store.tables import job_rows


def _claimed(queue: JobQueue, worker: str = "one") -> Job:
    job = queue.claim(worker, LEASE)
    assert job is not None
    return job


def _texts(engine: Engine) -> list[str | None]:
    with reading(engine) as connection:
        return list(connection.scalars(select(job_rows.c.proposal).order_by(job_rows.c.number)))


def _answers(*numbers: int, bad: bool = False) -> list[Answer]:
    return [Answer(number, f"{{{number}}}", bad) for number in numbers]


def test_an_empty_queue_has_nothing_to_work_on(queue: JobQueue) -> None:
    assert queue.claim("one", LEASE) is None


def test_a_job_is_given_to_one_worker_with_its_rows_in_order(
    store: JobStore, queue: JobQueue, clock: FakeClock
) -> None:
    submitted = submit(store, 5, bad=(2,))
    clock.jump(timedelta(seconds=3))
    job = _claimed(queue)

    assert (job.id, job.state, job.started) == (submitted.id, "running", clock.now)
    assert queue.claim("two", LEASE) is None
    rows = queue.next_rows(job.id, "one", 3)
    assert [row.number for row in rows] == [1, 3, 4]
    assert all(row.proposal and SECRET in row.proposal for row in rows)
    assert [row.number for row in queue.next_rows(job.id, "one", 3, after=4)] == [5]


def test_an_answer_takes_the_place_of_the_text(
    store: JobStore, queue: JobQueue, engine: Engine
) -> None:
    submit(store, 3)
    job = _claimed(queue)
    job = queue.answer(job.id, "one", [*_answers(1), *_answers(3, bad=True)], LEASE)

    assert (job.state, job.done, job.bad) == ("running", 2, 1)
    assert [text is None for text in _texts(engine)] == [True, False, True]


def test_the_last_answer_completes_the_job(
    store: JobStore, queue: JobQueue, clock: FakeClock
) -> None:
    submit(store, 2)
    job = _claimed(queue)
    queue.answer(job.id, "one", _answers(2), LEASE)
    clock.jump(timedelta(seconds=5))
    job = queue.answer(job.id, "one", _answers(1), LEASE)

    assert (job.state, job.done, job.finished) == ("completed", 2, clock.now)
    assert list(store.answers(job.id, "key-a")) == [(1, "{1}"), (2, "{2}")]
    assert queue.claim("two", LEASE) is None


def test_a_row_is_answered_once(store: JobStore, queue: JobQueue) -> None:
    submit(store, 3)
    job = _claimed(queue)
    queue.answer(job.id, "one", _answers(1), LEASE)

    with pytest.raises(LeaseLost):
        queue.answer(job.id, "one", _answers(1, 2), LEASE)
    assert store.get(job.id, "key-a").done == 1
    assert [row.number for row in queue.next_rows(job.id, "one", 9)] == [2, 3]


def test_a_job_whose_worker_was_killed_goes_to_another_when_the_lease_runs_out(
    store: JobStore, queue: JobQueue, clock: FakeClock
) -> None:
    submit(store, 3)
    job = _claimed(queue)
    clock.jump(LEASE / 2)
    queue.answer(job.id, "one", _answers(1), LEASE)
    clock.jump(LEASE / 2)
    assert queue.claim("two", LEASE) is None, "an answer renews the lease"

    clock.jump(LEASE / 2)
    assert _claimed(queue, "two").id == job.id
    assert [row.number for row in queue.next_rows(job.id, "two", 9)] == [2, 3]


def test_a_worker_that_lost_its_lease_can_do_nothing_more(
    store: JobStore, queue: JobQueue, clock: FakeClock
) -> None:
    submit(store, 3)
    job = _claimed(queue)
    clock.jump(LEASE)
    _claimed(queue, "two")

    with pytest.raises(LeaseLost):
        queue.next_rows(job.id, "one", 9)
    with pytest.raises(LeaseLost):
        queue.answer(job.id, "one", _answers(1), LEASE)
    with pytest.raises(LeaseLost):
        queue.fail(job.id, "one", "internal")
    queue.release(job.id, "one")
    assert store.get(job.id, "key-a").state == "running"
    assert len(queue.next_rows(job.id, "two", 9)) == 3


def test_a_worker_notices_that_its_job_was_cancelled(store: JobStore, queue: JobQueue) -> None:
    submit(store, 3)
    job = _claimed(queue)
    store.cancel_and_forget(job.id, "key-a")

    with pytest.raises(LeaseLost):
        queue.answer(job.id, "one", _answers(1), LEASE)


def test_a_worker_that_asks_again_gets_its_own_job(store: JobStore, queue: JobQueue) -> None:
    submit(store, 3)
    assert _claimed(queue) == _claimed(queue)


def test_a_released_job_waits_again_and_keeps_what_was_answered(
    store: JobStore, queue: JobQueue, clock: FakeClock
) -> None:
    submit(store, 3)
    job = _claimed(queue)
    queue.answer(job.id, "one", _answers(1), LEASE)
    queue.release(job.id, "one")
    assert store.get(job.id, "key-a").state == "queued"

    clock.jump(timedelta(seconds=1))
    again = _claimed(queue, "two")
    assert (again.id, again.done, again.started) == (job.id, 1, job.started)


def test_a_failed_job_keeps_its_answers_and_no_text(
    store: JobStore, queue: JobQueue, clock: FakeClock, engine: Engine
) -> None:
    submit(store, 3)
    job = _claimed(queue)
    queue.answer(job.id, "one", _answers(1), LEASE)
    job = queue.fail(job.id, "one", "unknown_policy")

    assert (job.state, job.error, job.finished) == ("failed", "unknown_policy", clock.now)
    assert (job.rows, job.done) == (3, 1)
    assert list(store.answers(job.id, "key-a")) == [(1, "{1}")]
    assert _texts(engine) == [None]


def test_owners_take_turns_however_many_jobs_they_have(
    store: JobStore, queue: JobQueue, clock: FakeClock
) -> None:
    for owner in ("key-a", "key-a", "key-a", "key-b", None):
        submit(store, owner=owner)
        clock.jump(timedelta(seconds=1))

    turns = []
    for _ in range(7):
        job = _claimed(queue)
        clock.jump(timedelta(seconds=1))
        queue.release(job.id, "one")
        turns.append((job.owner, job.created))

    assert [owner for owner, _ in turns] == [
        "key-a", "key-b", None, "key-a", "key-b", None, "key-a",
    ]  # fmt: skip
    assert len({created for owner, created in turns if owner == "key-a"}) == 3


def test_an_owner_with_a_job_at_work_lets_others_first(
    store: JobStore, queue: JobQueue, clock: FakeClock
) -> None:
    for owner in ("key-a", "key-a", "key-b"):
        submit(store, owner=owner)
        clock.jump(timedelta(seconds=1))
    owners = [_claimed(queue, worker).owner for worker in ("one", "two", "three")]
    assert owners == ["key-a", "key-b", "key-a"]


def test_workers_at_the_same_time_get_different_jobs(store: JobStore, queue: JobQueue) -> None:
    for _ in range(6):
        submit(store, 1)
    start = threading.Barrier(8)

    def claim(number: int) -> str | None:
        start.wait()
        job = queue.claim(f"worker-{number}", LEASE)
        return None if job is None else job.id

    with ThreadPoolExecutor(8) as pool:
        claimed = [found for found in pool.map(claim, range(8)) if found]
    # In PostgreSQL one whose job was taken at that moment may come away with none.
    assert len(claimed) == len(set(claimed))


@pytest.mark.parametrize("back", [timedelta(hours=1), 30 * DAY])
def test_a_lease_from_before_the_clock_was_put_back_bars_nobody(
    store: JobStore, queue: JobQueue, clock: FakeClock, back: timedelta
) -> None:
    submit(store, 3)
    job = _claimed(queue)
    clock.jump(-back)
    assert _claimed(queue, "two").id == job.id


def test_a_lease_holds_between_clocks_that_differ_a_little(
    store: JobStore, queue: JobQueue, clock: FakeClock
) -> None:
    submit(store, 3)
    _claimed(queue)
    clock.jump(-LEASE / 2)
    assert queue.claim("two", LEASE) is None


_STEPS = st.lists(
    st.sampled_from(["claim", "answer", "release", "wait", "jump back", "steal"]), max_size=25
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS, sizes=st.lists(st.integers(1, 3), min_size=1))
def test_whatever_workers_do_each_row_is_answered_once(
    store: JobStore, queue: JobQueue, clock: FakeClock, steps: list[str], sizes: list[int]
) -> None:
    job_id = submit(store, 6).id
    answered: list[int] = []
    for turn, step in enumerate([*steps, *["wait", "claim", *["answer"] * 6]]):
        if step == "claim":
            queue.claim("one", LEASE)
        elif step == "steal":
            queue.claim("two", LEASE)
        elif step == "release":
            queue.release(job_id, "one")
        elif step == "wait":
            clock.jump(2 * LEASE)
        elif step == "jump back":
            clock.jump(-10 * LEASE)
        else:
            try:
                rows = queue.next_rows(job_id, "one", sizes[turn % len(sizes)])
                queue.answer(job_id, "one", [Answer(row.number, "{}") for row in rows], LEASE)
                answered += [row.number for row in rows]
            except LeaseLost:
                continue
    job = store.get(job_id, "key-a")
    assert sorted(answered) == list(range(1, 7))
    assert (job.state, job.done) == ("completed", 6)
    store.cancel_and_forget(job_id, "key-a")


def test_answers_of_a_running_job_are_not_given(store: JobStore, queue: JobQueue) -> None:
    job = submit(store, 3)
    _claimed(queue)
    with pytest.raises(JobConflict):
        store.answers(job.id, "key-a")
