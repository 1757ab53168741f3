"""The one who brings messages about ended jobs, in a thread of its own: receivers may be slow."""

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import version

from safezone.jobs.patience import keep_at
from safezone.jobs.sending import Sender
from safezone.jobs.webhooks import message, signed_headers, wait_after
from safezone.store.deliveries import DeliveryStore
from safezone.store.engine import Clock, utc_now
from safezone.telemetry.logs import get_logger
from safezone.telemetry.metrics import count_webhook

_IDLE_SECONDS = 2.0
# Longer than any attempt; a message whose courier died is tried again after it.
_HOLD = timedelta(minutes=1)

_log = get_logger("safezone.jobs")


class Courier:
    """Brings each message at least once, as long as its receiver can be reached within a day.

    `secret` gives the secret that messages to an owner are signed with.
    """

    def __init__(
        self,
        deliveries: DeliveryStore,
        sender: Sender,
        secret: Callable[[str | None], str],
        *,
        clock: Clock = utc_now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._deliveries = deliveries
        self._sender = sender
        self._secret = secret
        self._clock = clock
        self._chance = chance
        self._agent = {"user-agent": f"safezone/{version('safezone')}"}

    def run(self, stop: threading.Event) -> None:
        """Bring messages until told to stop."""
        keep_at(self.run_once, stop, _IDLE_SECONDS)

    def run_once(self) -> bool:
        """Try to bring the next message; False where none is due. Raises StoreUnavailable."""
        delivery = self._deliveries.take(_HOLD)
        if delivery is None:
            return False
        body = message(delivery.job)
        headers = signed_headers(self._secret(delivery.job.owner), delivery.id, self._clock(), body)
        outcome = self._sender.post(delivery.url, body.encode(), {**headers, **self._agent})
        if outcome.delivered:
            self._deliveries.delivered(delivery, outcome.id)
        else:
            wait = wait_after(delivery.attempt, self._chance())
            self._deliveries.failed(delivery, outcome.id, wait)
        count_webhook(outcome.id)
        _log.info("webhook", job=delivery.job.id, attempts=delivery.attempt, outcome=outcome.id)
        return True
