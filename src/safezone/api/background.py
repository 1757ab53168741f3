"""What a service does beside answering requests: jobs, their webhooks, and forgetting in time."""

import socket
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from safezone.api.inference import Stopped
from safezone.api.reading import Form, answer, cost, parts_of
from safezone.api.service import Service
from safezone.assessment import Proposal
from safezone.jobs.reading import JobOptions, NotNow
from safezone.jobs.upkeep import Upkeep
from safezone.jobs.worker import Worker
from safezone.policy.profile import Policy
from safezone.store.queue import JobQueue

if TYPE_CHECKING:
    from safezone.jobs.courier import Courier


class Background:
    """Threads that begin at once and end, with what they were at given back, when told to stop."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._stop = threading.Event()
        worker = Worker(
            JobQueue(service.store),
            self._assess,
            name=socket.gethostname(),
            forget=service.erasing,
            upkeep=Upkeep(service.jobs, service.erasing),
        )
        self._threads = [threading.Thread(target=worker.run, args=(self._stop,), name="jobs")]
        if (secret := service.settings.webhook_secret) is not None:
            courier = _courier(service, secret.get_secret_value())
            self._threads.append(
                threading.Thread(target=courier.run, args=(self._stop,), name="webhooks")
            )
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Returns when everything has ended."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _assess(
        self, proposals: Sequence[Proposal], options: JobOptions
    ) -> Sequence[Mapping[str, Any]]:
        """Behind requests, one proposal at a time, so that no request waits for a whole chunk."""
        policy = self._service.policy(options.policy)
        form = Form(parts_of(",".join(options.include)), flat=False)
        try:
            return [self._read(proposal, policy, form) for proposal in proposals]
        except Stopped:
            raise NotNow("The service is shutting down.") from None

    def _read(self, proposal: Proposal, policy: Policy | None, form: Form) -> dict[str, Any]:
        return self._service.inference.run_behind(
            partial(answer, self._service, proposal, policy, form),
            characters=cost(proposal, form),
        )


def _courier(service: Service, secret: str) -> "Courier":
    # Here, because most services send no webhooks.
    from safezone.jobs.courier import Courier
    from safezone.jobs.sending import Sender
    from safezone.jobs.webhooks import derive_secret
    from safezone.store.deliveries import DeliveryStore

    settings = service.settings
    sender = Sender(allowed=settings.webhook_networks, authorities=settings.webhook_ca)
    return Courier(DeliveryStore(service.store), sender, partial(derive_secret, secret))
