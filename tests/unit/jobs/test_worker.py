"""The worker: answers, turns, stopping, and rows that cannot be assessed."""

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from job_material import SECRET, FakeClock, assess, submit
from safezone.assessment import Proposal
from safezone.errors import InvalidProposal, StoreUnavailable
from safezone.jobs.reading import MOST_FAILURES_IN_A_ROW, Assess, JobOptions, NotNow
from safezone.jobs.worker import Worker
from safezone.store.engine import reading
from safezone.store.jobs import JobStore
from safezone.store.queue import JobQueue
from safezone.store.tables import job_rows


class _Broken(Exception):
    pass


def _worker(queue: JobQueue, assessed_by: Assess = assess, **options: Any) -> Worker:
    usual: dict[str, Any] = {"forget": lambda: None, "upkeep": lambda: None}
    return Worker(queue, assessed_by, name="test", **(usual | options))


def _stumbling(*numbers: int) -> Assess:
    """An assessor that cannot read the rows of these numbers."""

    def assessed_by(
        proposals: Sequence[Proposal], options: JobOptions
    ) -> Sequence[Mapping[str, Any]]:
        if any(proposal.id == f"id-{number}" for proposal in proposals for number in numbers):
            raise _Broken(SECRET)
        return assess(proposals, options)

    return assessed_by


def _problems(store: JobStore, job_id: str) -> dict[int, str]:
    found = {number: json.loads(text) for number, text in store.answers(job_id, "key-a")}
    assert all((row["assessment"] is None) != (row["problem"] is None) for row in found.values())
    return {number: row["problem"]["code"] for number, row in found.items() if row["problem"]}


def _texts(engine: Engine) -> list[str | None]:
    with reading(engine) as connection:
        return list(connection.scalars(select(job_rows.c.proposal)))


def test_a_job_is_answered_in_order_as_it_was_asked_for(store: JobStore, queue: JobQueue) -> None:
    job = submit(store, 100, bad=(7,), policy="uk", include=("evidence",))
    worker = _worker(queue)
    assert worker.run_once()

    job = store.get(job.id, "key-a")
    assert (job.state, job.done, job.bad) == ("completed", 100, 1)
    answers = [json.loads(answer) for _, answer in store.answers(job.id, "key-a")]
    assert [answer["id"] for answer in answers] == [f"id-{number}" for number in range(1, 101)]
    assert answers[0] == {
        "id": "id-1",
        "assessment": {"id": "id-1", "policy": "uk", "include": ["evidence"]},
        "problem": None,
    }
    assert answers[6]["problem"] == {"code": "empty", "detail": "It is empty."}
    assert not worker.run_once()


def test_text_is_erased_when_a_job_has_ended(
    store: JobStore, queue: JobQueue, engine: Engine
) -> None:
    erased = []
    worker = _worker(queue, forget=lambda: erased.append(_texts(engine)))
    submit(store, 2)
    worker.run_once()
    assert erased == [[None, None]]


def test_a_job_gives_way_when_its_turn_is_over(
    store: JobStore, queue: JobQueue, clock: FakeClock
) -> None:
    long = submit(store, 200, owner="key-a")
    clock.jump(timedelta(seconds=1))
    short = submit(store, 1, owner="key-b")
    worker = _worker(queue, turn=timedelta(0))

    assert worker.run_once()
    assert store.get(long.id, "key-a").state == "queued"
    assert 0 < store.get(long.id, "key-a").done < 200
    assert worker.run_once()
    assert store.get(short.id, "key-b").state == "completed"


def test_a_worker_that_is_told_to_stop_gives_its_job_back(store: JobStore, queue: JobQueue) -> None:
    stop = threading.Event()

    def stopping(proposals: Sequence[Proposal], options: JobOptions) -> list[dict[str, Any]]:
        stop.set()
        return assess(proposals, options)

    job = submit(store, 200)
    _worker(queue, stopping).run(stop)

    job = store.get(job.id, "key-a")
    assert job.state == "queued"
    assert 0 < job.done < 200, "what was read is kept"


def test_a_job_waits_while_nothing_can_be_read(store: JobStore, queue: JobQueue) -> None:
    def busy(proposals: Sequence[Proposal], options: JobOptions) -> list[dict[str, Any]]:
        raise NotNow

    job = submit(store, 3)
    assert not _worker(queue, busy).run_once()
    assert (store.get(job.id, "key-a").state, store.get(job.id, "key-a").done) == ("queued", 0)
    assert _worker(queue).run_once()


def test_a_row_that_cannot_be_assessed_spoils_no_other(store: JobStore, queue: JobQueue) -> None:
    job = submit(store, 40)
    _worker(queue, _stumbling(3, 17)).run_once()

    assert store.get(job.id, "key-a").bad == 2
    assert _problems(store, job.id) == {3: "internal", 17: "internal"}
    assert SECRET not in "".join(answer for _, answer in store.answers(job.id, "key-a"))


def test_a_number_that_json_cannot_write_is_a_problem_of_its_row(
    store: JobStore, queue: JobQueue
) -> None:
    def not_a_number(proposals: Sequence[Proposal], options: JobOptions) -> list[dict[str, Any]]:
        return [{"score": float("nan") if one.id == "id-2" else 0.5} for one in proposals]

    job = submit(store, 3)
    _worker(queue, not_a_number).run_once()
    assert _problems(store, job.id) == {2: "internal"}


def test_a_proposal_that_is_refused_says_why(store: JobStore, queue: JobQueue) -> None:
    def choosy(proposals: Sequence[Proposal], options: JobOptions) -> list[dict[str, Any]]:
        if any(proposal.id == "id-2" for proposal in proposals):
            raise InvalidProposal("abstract", "too_long", "It is too long.")
        return assess(proposals, options)

    job = submit(store, 3)
    _worker(queue, choosy).run_once()
    assert _problems(store, job.id) == {2: "too_long"}


def test_a_job_of_which_nothing_can_be_assessed_fails_and_its_text_is_gone(
    store: JobStore, queue: JobQueue, engine: Engine
) -> None:
    reads = []

    def broken(proposals: Sequence[Proposal], options: JobOptions) -> list[dict[str, Any]]:
        reads.append(len(proposals))
        raise _Broken

    erased = []
    job = submit(store, 500)
    assert _worker(queue, broken, forget=lambda: erased.append(True)).run_once()

    job = store.get(job.id, "key-a")
    assert (job.state, job.error) == ("failed", "internal")
    assert len(reads) == 1 + MOST_FAILURES_IN_A_ROW
    assert erased
    assert set(_texts(engine)) <= {None}


def test_failures_with_answers_in_between_do_not_fail_the_job(
    store: JobStore, queue: JobQueue
) -> None:
    job = submit(store, 60)
    _worker(queue, _stumbling(*range(2, 60, 2))).run_once()
    job = store.get(job.id, "key-a")
    assert (job.state, job.bad) == ("completed", 29)


def test_a_policy_that_is_no_longer_there_fails_the_job(store: JobStore, queue: JobQueue) -> None:
    def without(proposals: Sequence[Proposal], options: JobOptions) -> list[dict[str, Any]]:
        raise InvalidProposal("policy", "unknown_policy", "There is no such policy.")

    job = submit(store, 3, policy="gone")
    _worker(queue, without).run_once()
    job = store.get(job.id, "key-a")
    assert (job.state, job.error) == ("failed", "unknown_policy")


def test_a_job_that_is_cancelled_at_work_does_no_harm(store: JobStore, queue: JobQueue) -> None:
    job = submit(store, 3)

    def cancelled(proposals: Sequence[Proposal], options: JobOptions) -> list[dict[str, Any]]:
        store.cancel_and_forget(job.id, "key-a")
        return assess(proposals, options)

    assert _worker(queue, cancelled).run_once()
    assert store.newest("key-a") == []


def test_an_answer_that_the_store_may_or_may_not_have_kept_is_given_once(
    store: JobStore, queue: JobQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = queue.answer
    fails = iter([True, False, True, False])

    def uncertain(*arguments: Any) -> Any:
        if next(fails, False):
            raise StoreUnavailable("before it was kept")
        kept = keep(*arguments)
        if next(fails, False):
            raise StoreUnavailable("after it was kept")
        return kept

    monkeypatch.setattr(queue, "answer", uncertain)
    job = submit(store, 100)
    worker = _worker(queue)
    failed = 0
    while store.get(job.id, "key-a").state != "completed":
        try:
            worker.run_once()
        except StoreUnavailable:
            failed += 1
    assert failed == 2
    assert [number for number, _ in store.answers(job.id, "key-a")] == list(range(1, 101))


def test_upkeep_is_done_between_turns(store: JobStore, queue: JobQueue) -> None:
    stop = threading.Event()
    _worker(queue, upkeep=stop.set).run(stop)
    assert stop.is_set()
