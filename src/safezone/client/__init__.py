"""A typed client of the REST API.

from safezone.client import SafezoneClient

with SafezoneClient("https://safezone.example.org", api_key="sz_…") as safezone:
    assessment = safezone.assess("…", title="…", id="2026-0042")
    assessment["route"]["signal"]  # 'no_flag' or 'human_review': a triage signal for a person

It needs neither a model nor the libraries of the service. `AsyncSafezoneClient` has the same
methods to be awaited, `safezone.client.webhooks` verifies what the service sends by itself.
"""

from safezone.client.asynchronous import AsyncSafezoneClient
from safezone.client.errors import (
    ApiError,
    ClientError,
    Conflict,
    ConnectionFailed,
    Forbidden,
    InvalidRequest,
    InvalidWebhook,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    WaitedTooLong,
)
from safezone.client.sync import SafezoneClient

__all__ = [
    "ApiError",
    "AsyncSafezoneClient",
    "ClientError",
    "Conflict",
    "ConnectionFailed",
    "Forbidden",
    "InvalidRequest",
    "InvalidWebhook",
    "NotFound",
    "SafezoneClient",
    "TooManyRequests",
    "Unauthenticated",
    "Unavailable",
    "WaitedTooLong",
]
