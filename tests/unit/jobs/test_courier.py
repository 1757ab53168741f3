"""Messages about ended jobs, until their receivers have them."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from job_material import DAY, LEASE, FakeClock, submit
from safezone.jobs.courier import Courier
from safezone.jobs.sending import Outcome, Sender
from safezone.jobs.webhooks import MOST_ATTEMPTS, derive_secret
from safezone.store.deliveries import DeliveryStore
from safezone.store.job_types import Answer, Job, WebhookState
from safezone.store.jobs import JobStore
from safezone.store.queue import JobQueue

_URL = "https://portal.example.org/hooks"


class _Sender(Sender):
    """Keeps what is posted; the outcomes of attempts are those listed, then delivery."""

    def __init__(self) -> None:
        super().__init__()
        self.outcomes: list[str] = []
        self.posts: list[tuple[str, bytes, Mapping[str, str]]] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        self.posts.append((url, body, headers))
        if self.outcomes:
            return Outcome(self.outcomes.pop(0))
        return Outcome("204", delivered=True)


@pytest.fixture
def sender() -> _Sender:
    return _Sender()


@pytest.fixture
def courier(deliveries: DeliveryStore, sender: _Sender, clock: FakeClock) -> Courier:
    return Courier(
        deliveries,
        sender,
        lambda owner: derive_secret("master", owner),
        clock=clock,
        chance=lambda: 0.5,
    )


def _ended(store: JobStore, queue: JobQueue, state: str = "completed") -> Job:
    submit(store, 1, webhook_url=_URL, retention=3 * DAY)
    job = queue.claim("one", LEASE)
    assert job is not None
    if state == "failed":
        return queue.fail(job.id, "one", "internal")
    return queue.answer(job.id, "one", [Answer(1, "{}")], LEASE)


def test_nothing_is_told_before_the_job_has_ended(
    store: JobStore, courier: Courier, sender: _Sender
) -> None:
    job = submit(store, 1, webhook_url=_URL)
    assert job.webhook == WebhookState(delivered=False, attempts=0, outcome=None)
    assert not courier.run_once()
    assert sender.posts == []


@pytest.mark.parametrize("state", ["completed", "failed"])
def test_the_end_of_a_job_is_told_once_and_signed(
    store: JobStore, queue: JobQueue, courier: Courier, sender: _Sender, state: str
) -> None:
    job = _ended(store, queue, state)
    assert courier.run_once()
    assert not courier.run_once()

    [(url, body, headers)] = sender.posts
    assert url == _URL
    assert f'"job.{state}"'.encode() in body
    secret = Webhook(derive_secret("master", "key-a"))
    signature = secret.sign(headers["webhook-id"], FakeClock().now, body.decode())
    assert headers["webhook-signature"] == signature
    assert headers["user-agent"].startswith("safezone/")
    assert store.get(job.id, "key-a").webhook == WebhookState(True, 1, "204")


def test_a_job_without_a_webhook_is_not_told_of(
    store: JobStore, queue: JobQueue, courier: Courier
) -> None:
    job = submit(store, 1)
    queue.claim("one", LEASE)
    queue.answer(job.id, "one", [Answer(1, "{}")], LEASE)
    assert not courier.run_once()
    assert store.get(job.id, "key-a").webhook is None


def test_a_message_is_tried_again_under_the_same_id_when_it_is_due(
    store: JobStore,
    queue: JobQueue,
    courier: Courier,
    sender: _Sender,
    clock: FakeClock,
) -> None:
    sender.outcomes = ["timeout", "503"]
    job = _ended(store, queue)
    for wait in (30, 90):
        assert courier.run_once()
        assert not courier.run_once()
        clock.jump(timedelta(seconds=wait - 1))
        assert not courier.run_once()
        clock.jump(timedelta(seconds=1))
    assert store.get(job.id, "key-a").webhook == WebhookState(False, 2, "503")

    assert courier.run_once()
    assert store.get(job.id, "key-a").webhook == WebhookState(True, 3, "204")
    assert len({headers["webhook-id"] for _, _, headers in sender.posts}) == 1
    assert len({headers["webhook-timestamp"] for _, _, headers in sender.posts}) == 3


def test_a_receiver_that_is_never_there_is_given_up(
    store: JobStore,
    queue: JobQueue,
    courier: Courier,
    sender: _Sender,
    clock: FakeClock,
) -> None:
    sender.outcomes = ["unreachable"] * 99
    job = _ended(store, queue)
    for _ in range(60):
        courier.run_once()
        clock.jump(timedelta(hours=1))
    assert len(sender.posts) == MOST_ATTEMPTS
    webhook = store.get(job.id, "key-a").webhook
    assert webhook == WebhookState(False, MOST_ATTEMPTS, "unreachable")


def test_a_message_whose_courier_died_is_brought_by_the_next(
    store: JobStore,
    queue: JobQueue,
    deliveries: DeliveryStore,
    courier: Courier,
    clock: FakeClock,
) -> None:
    _ended(store, queue)
    assert deliveries.take(timedelta(minutes=1)) is not None
    assert not courier.run_once()
    clock.jump(timedelta(minutes=1))
    assert courier.run_once()


def test_a_message_does_not_wait_for_a_time_from_before_the_clock_was_put_back(
    store: JobStore, queue: JobQueue, courier: Courier, sender: _Sender, clock: FakeClock
) -> None:
    sender.outcomes = ["timeout"]
    _ended(store, queue)
    courier.run_once()
    clock.jump(-30 * DAY)
    assert courier.run_once()
    assert len(sender.posts) == 2


def test_nothing_is_told_of_a_job_that_was_deleted(
    store: JobStore, queue: JobQueue, courier: Courier
) -> None:
    job = _ended(store, queue)
    store.cancel_and_forget(job.id, "key-a")
    assert not courier.run_once()
