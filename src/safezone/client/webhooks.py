"""Webhooks of jobs, as a portal receives them."""

from collections.abc import Mapping

from standardwebhooks import Webhook, WebhookVerificationError
from standardwebhooks.webhooks import EmptyWebhookSecretError

from safezone.client.bodies import JobEvent
from safezone.client.errors import InvalidWebhook
from safezone.errors import InvalidSettings


def verify(secret: str, headers: Mapping[str, str], body: bytes) -> JobEvent:
    """The event that a webhook tells of.

    `secret` is the API key's webhook secret (`whsec_…`), `body` the bytes as they came. The same
    event can come twice: its `webhook-id` header is the same then. Raises InvalidWebhook, to which
    a portal answers 400, and InvalidSettings for a secret that is none.
    """
    try:
        webhook = Webhook(secret)
    except (ValueError, EmptyWebhookSecretError) as error:
        raise InvalidSettings(
            "The webhook secret is not in base64. Copy it whole, from 'whsec_' on."
        ) from error
    try:
        event: JobEvent = webhook.verify(body, dict(headers))
    except (ValueError, WebhookVerificationError) as error:
        raise InvalidWebhook(
            "The webhook's signature is missing, older than five minutes or not the service's. "
            "Verify the body's own bytes, before any parsing, and see that the clock is right."
        ) from error
    return event
