"""The message about a job, its signature, and when it is tried again."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from job_material import DAY, SECRET, FakeClock
from safezone.jobs.webhooks import (
    MOST_ATTEMPTS,
    derive_secret,
    message,
    signed_headers,
    wait_after,
)
from safezone.store.job_types import Job

_MASTER = "a master secret of some length"


def _job(state: str) -> Job:
    now = FakeClock().now
    return Job(
        id="job_1",
        owner="key-a",
        state=state,
        policy="uk",
        include=(),
        rows=3,
        done=3,
        bad=1,
        error=None,
        created=now,
        started=now,
        finished=now + timedelta(microseconds=5),
        expires=now + DAY,
        webhook=None,
    )


@pytest.mark.parametrize("state", ["completed", "failed"])
def test_a_message_says_which_job_has_ended_and_how(state: str) -> None:
    text = message(_job(state))
    assert SECRET not in text
    assert json.loads(text) == {
        "type": f"job.{state}",
        "timestamp": "2026-03-01T12:00:00Z",
        "data": {
            "id": "job_1",
            "state": state,
            "rows": 3,
            "done": 3,
            "bad": 1,
            "expires": "2026-03-02T12:00:00Z",
        },
    }


def test_a_receiver_can_verify_a_message_with_the_owners_secret_alone() -> None:
    body, now = message(_job("completed")), datetime.now(UTC)
    headers = dict(signed_headers(derive_secret(_MASTER, "key-a"), "msg_1", now, body))

    assert headers["webhook-id"] == "msg_1"
    Webhook(derive_secret(_MASTER, "key-a")).verify(body, headers)
    for other in (derive_secret(_MASTER, "key-b"), derive_secret("another master", "key-a")):
        with pytest.raises(WebhookVerificationError):
            Webhook(other).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(derive_secret(_MASTER, "key-a")).verify(body.replace("job_1", "job_2"), headers)


def test_an_owners_secret_has_the_form_of_the_standard_and_stays_the_same() -> None:
    secret = derive_secret(_MASTER, "key-a")
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert secret == derive_secret(_MASTER, "key-a")
    assert secret != derive_secret(_MASTER, None)


def test_waits_grow_and_end_after_about_a_day() -> None:
    waits = [wait_after(attempt, 0.5) for attempt in range(1, MOST_ATTEMPTS)]
    assert None not in waits
    seconds = [wait.total_seconds() for wait in waits if wait]
    assert seconds == sorted(seconds)
    assert seconds[0] == 30
    assert 20 * 3600 < sum(seconds) < 28 * 3600
    assert wait_after(MOST_ATTEMPTS, 0.5) is None


@given(attempt=st.integers(1, MOST_ATTEMPTS - 1), chance=st.floats(0, 1))
def test_a_wait_is_shifted_by_a_fifth_at_most(attempt: int, chance: float) -> None:
    usual, shifted = wait_after(attempt, 0.5), wait_after(attempt, chance)
    assert usual is not None
    assert shifted is not None
    assert usual * 0.799 <= shifted <= usual * 1.201
    assert shifted < DAY, "a later one would be taken for one from before a change of the clock"
