"""What every request may use, and how it is put together from settings."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Annotated

import joblib
from anyio import CapacityLimiter
from fastapi import Depends, Request
from sqlalchemy import Engine

from safezone.api.inference import Inference
from safezone.api.limits import RateLimits
from safezone.assessment import Assessor
from safezone.bootstrap import load_assessor, open_store, read_policies
from safezone.config import Settings
from safezone.errors import InvalidProposal, InvalidSettings
from safezone.jobs.erasing import Erasing
from safezone.jobs.files import Intake
from safezone.policy.profile import Policy
from safezone.store.erasure import erase_deleted
from safezone.store.jobs import JobStore
from safezone.store.keys import KeyStore

# Files unpacked at the same time: each may take up to 2 GB for a moment.
_UNPACKED_AT_ONCE = 1
MOST_READERS = 4


@dataclass(frozen=True, slots=True)
class Service:
    """An assessor with everything around it that serving needs.

    `policies`, by id, may be named in requests; the assessor's own is among them.
    `asks_for_keys` says whether requests need one.
    """

    settings: Settings
    assessor: Assessor
    policies: Mapping[str, Policy]
    store: Engine
    keys: KeyStore
    jobs: JobStore
    intake: Intake
    erasing: Erasing
    rates: RateLimits
    inference: Inference
    unpacking: CapacityLimiter
    asks_for_keys: bool

    def policy(self, policy_id: str | None) -> Policy | None:
        """The policy of the id; None for the service's own. Raises InvalidProposal."""
        if policy_id is not None and policy_id not in self.policies:
            raise InvalidProposal(
                "policy",
                "unknown_policy",
                "There is no such policy. 'GET /v1/policies' lists them.",
            )
        return None if policy_id is None else self.policies[policy_id]


def open_service(settings: Settings, assessor: Assessor | None = None) -> Service:
    """A service from settings, with an assessor of one's own if given.

    Raises InvalidSettings, StoreUnavailable, and what loading an assessor raises.
    """
    store = open_store(settings)
    keys = KeyStore(store)
    asked = asks_for_keys(settings, keys)
    settings = _one_text_a_core(settings)
    assessor = assessor or load_assessor(settings)
    erasing = Erasing(partial(erase_deleted, store))
    jobs = JobStore(store, forget=erasing)
    return Service(
        settings=settings,
        assessor=assessor,
        policies={**read_policies(settings), assessor.policy.id: assessor.policy},
        store=store,
        keys=keys,
        jobs=jobs,
        intake=Intake(
            jobs,
            retention=timedelta(hours=settings.retention_hours),
            max_rows=settings.job_rows,
            webhooks=settings.webhook_networks if settings.webhook_secret else None,
        ),
        erasing=erasing,
        rates=RateLimits(settings.rate, settings.rate_store),
        inference=Inference(settings.queue, readers=settings.readers or 1),
        unpacking=CapacityLimiter(_UNPACKED_AT_ONCE),
        asks_for_keys=asked,
    )


def _one_text_a_core(settings: Settings) -> Settings:
    """With the numbers of readers, and of threads each, that were left open."""
    readers = settings.readers or _readers(settings.workers)
    return settings.model_copy(update={"threads": settings.threads or 1, "readers": readers})


def _readers(workers: int) -> int:
    """How many texts at a time. What is not the encoder's work holds Python's one lock, so that
    more than a few in one process would wait for each other.
    """
    # It counts what a container may use, not what the machine has.
    return min(max(int(joblib.cpu_count()) // workers, 1), MOST_READERS)


def asks_for_keys(settings: Settings, keys: KeyStore) -> bool:
    """Whether requests need a key. Raises InvalidSettings where nobody could have one."""
    open_by_default = is_loopback(settings.host) and not keys.any_made()
    if settings.auth == "off" or (settings.auth == "auto" and open_by_default):
        return False
    if not keys.any_usable():
        raise InvalidSettings(
            "The service asks for API keys, and there is none that is valid. Make one with "
            "'safezone keys create --name NAME', or set SAFEZONE_AUTH=off to let everybody in who "
            "can reach it."
        )
    return True


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


ServiceOfApp = Annotated[Service, Depends(service_of)]
