"""One job for one idempotency key."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from job_material import DAY, FakeClock, rows, submit
from safezone.errors import JobConflict
from safezone.store.idempotency import Idempotency
from safezone.store.job_types import Job, JobRow
from safezone.store.jobs import JobStore
from safezone.store.queue import JobQueue

SENT = Idempotency("monday", "f" * 64)
OTHER_BODY = Idempotency("monday", "0" * 64)


class _Died(BaseException):
    """A process that ends in the midst of a request: nothing is cleaned up."""


def _conflict(store: JobStore, sent: Idempotency = SENT) -> str:
    with pytest.raises(JobConflict) as caught:
        submit(store, idempotency=sent)
    return caught.value.code


def test_the_same_key_and_body_give_the_same_job(store: JobStore, queue: JobQueue) -> None:
    job = submit(store, idempotency=SENT)
    running = queue.claim("worker", timedelta(minutes=1))

    assert submit(store, idempotency=SENT) == running
    assert [found.id for found in store.newest("key-a")] == [job.id]


def test_the_same_key_with_another_body_is_a_conflict(store: JobStore) -> None:
    submit(store, idempotency=SENT)
    assert _conflict(store, OTHER_BODY) == "other_body"


def test_keys_of_two_owners_have_nothing_to_do_with_each_other(store: JobStore) -> None:
    one = submit(store, owner="key-a", idempotency=SENT)
    other = submit(store, owner="key-b", idempotency=OTHER_BODY)
    assert one.id != other.id


def test_a_key_is_taken_while_its_first_request_is_running(store: JobStore) -> None:
    codes = []

    def interrupted() -> Iterator[JobRow]:
        yield from rows(500)
        codes.append(_conflict(store))
        codes.append(_conflict(store, OTHER_BODY))
        yield JobRow(501, proposal="{}")

    job = store.submit(
        interrupted(), owner="key-a", retention=DAY, max_rows=5_000, idempotency=SENT
    )
    assert codes == ["in_progress", "other_body"]
    assert submit(store, idempotency=SENT) == job


@pytest.mark.parametrize("again", [SENT, OTHER_BODY])
def test_a_request_that_died_does_not_keep_its_key(
    store: JobStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, again: Idempotency
) -> None:
    def dying() -> Iterator[JobRow]:
        yield from rows(500)
        raise _Died

    with monkeypatch.context() as patch:
        patch.setattr(JobStore, "_delete", lambda *_: 0)
        with pytest.raises(_Died):
            store.submit(dying(), owner="key-a", retention=DAY, max_rows=5_000, idempotency=SENT)
    assert _conflict(store) == "in_progress"
    clock.jump(timedelta(minutes=10))

    job = submit(store, idempotency=again)
    assert store.newest("key-a") == [job]


def test_a_refused_file_does_not_keep_its_key(store: JobStore) -> None:
    with pytest.raises(Exception, match="more than"):
        submit(store, 3, max_rows=2, idempotency=SENT)
    assert submit(store, idempotency=OTHER_BODY).rows == 3


@pytest.mark.parametrize("cleaned_up", [False, True])
def test_a_key_is_free_after_a_day_or_when_its_job_is_gone(
    store: JobStore, clock: FakeClock, cleaned_up: bool
) -> None:
    first = submit(store, retention=2 * DAY, idempotency=SENT)
    clock.jump(DAY)
    if cleaned_up:
        store.expire()
    second = submit(store, retention=timedelta(hours=1), idempotency=OTHER_BODY)
    assert second.id != first.id

    clock.jump(timedelta(hours=1))
    if cleaned_up:
        store.expire()
    third = submit(store, idempotency=SENT)
    assert third.id != second.id

    store.cancel_and_forget(third.id, "key-a")
    assert submit(store, idempotency=OTHER_BODY).id != third.id


def test_requests_at_the_same_time_make_one_job(store: JobStore) -> None:
    threads = 8
    start = threading.Barrier(threads)

    def send(_: int) -> Job | str:
        start.wait()
        try:
            return submit(store, 40, idempotency=SENT)
        except JobConflict as error:
            return error.code

    for _ in range(5):
        with ThreadPoolExecutor(threads) as pool:
            outcomes = set(pool.map(send, range(threads)))
        [job] = store.newest("key-a")
        assert outcomes <= {job, "in_progress"}
        assert job in outcomes
        store.cancel_and_forget(job.id, "key-a")
