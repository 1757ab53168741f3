"""Which webhooks are believed."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from safezone.client import InvalidWebhook, webhooks
from safezone.errors import InvalidSettings

SECRET = "whsec_" + "c2FmZXpvbmUgdGVzdCBzZWNyZXQsIDMyIGJ5dGVzIQ=="
BODY = json.dumps({"type": "job.completed", "data": {"id": "j1"}}).encode()


def signed(
    body: bytes = BODY, secret: str = SECRET, age: timedelta = timedelta()
) -> dict[str, str]:
    sent = datetime.now(UTC) - age
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(sent.timestamp())),
        "Webhook-Signature": Webhook(secret).sign("msg_1", sent, body.decode()),
    }


def test_a_webhook_of_the_service_is_read() -> None:
    assert webhooks.verify(SECRET, signed(), BODY)["data"]["id"] == "j1"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY),
        (signed(secret="whsec_" + "b3RoZXI="), BODY),
        (signed(), BODY + b" "),
        (signed(age=timedelta(minutes=6)), BODY),
        # An hour ahead: these are signed when tests are collected, which may be minutes before.
        (signed(age=timedelta(hours=-1)), BODY),
        (signed() | {"Webhook-Signature": "v1"}, BODY),
        (signed() | {"Webhook-Signature": "v1,é"}, BODY),
        (signed() | {"Webhook-Timestamp": "now"}, BODY),
        (signed(), b"\xff"),
    ],
)
def test_any_other_is_not(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(InvalidWebhook, match="signature"):
        webhooks.verify(SECRET, headers, body)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_a", "whsec_é"])
def test_a_secret_that_is_none_is_told_apart(secret: str) -> None:
    with pytest.raises(InvalidSettings, match="secret"):
        webhooks.verify(secret, signed(), BODY)
