"""How many proposals a caller may have assessed in a time, by the `limits` library.

The headers are those of the IETF draft 'RateLimit header fields for HTTP'.
"""

import math
import time

from limits import RateLimitItem, parse_many
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.storage import storage_from_string

from safezone.errors import InvalidSettings, SafezoneError
from safezone.telemetry.logs import get_logger

# Seconds that a store of rates has to answer: whoever is counted waits for it.
_PATIENCE = 1.0
_log = get_logger("safezone.api.limits")


class TooManyRequests(SafezoneError):
    """The rate is used up; `headers` say when there is more."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__("The rate is used up.")
        self.headers = headers


class RateLimits:
    """Counts by caller in sliding windows.

    `rate` is of the library's notation (`60/minute;5000/day`); `store` is None for this process's
    memory or `redis://HOST`. Raises InvalidSettings.
    """

    def __init__(self, rate: str, store: str | None) -> None:
        self._items = parse_many(rate)
        uri = "async+memory://"
        options: dict[str, float | str | bool] = {}
        if store is not None:
            uri = f"async+{store}"
            options = {
                "implementation": "redispy",
                "socket_connect_timeout": _PATIENCE,
                "socket_timeout": _PATIENCE,
            }
        try:
            self._limiter = SlidingWindowCounterRateLimiter(storage_from_string(uri, **options))
        except Exception as error:
            raise InvalidSettings(
                "SAFEZONE_RATE_STORE cannot be used. Give redis://HOST:PORT/NUMBER, and install "
                "safezone[redis]."
            ) from error

    @property
    def most_at_once(self) -> int:
        """How many proposals one request can have at most."""
        return min(item.amount for item in self._items)

    @property
    def policy(self) -> str:
        """The rates as the header `RateLimit-Policy` tells them."""
        return ", ".join(
            f"{_name(item)};q={item.amount};w={item.get_expiry()}" for item in self._items
        )

    async def take(self, who: str, cost: int = 1) -> dict[str, str]:
        """Count `cost` proposals of a caller; gives the headers that tell what is left.

        Raises TooManyRequests, and counts nothing then. Where counting fails, everybody is let
        through: the queue still protects the service.
        """
        try:
            for count in (self._limiter.test, self._limiter.hit):
                for item in self._items:
                    if not await count(item, who, cost=cost):
                        headers = await self._headers(item, who)
                        wait = headers["ratelimit"].rpartition("=")[2]
                        raise TooManyRequests({**headers, "retry-after": str(max(int(wait), 1))})
            left = [
                ((await self._limiter.get_window_stats(item, who)).remaining / item.amount, i)
                for i, item in enumerate(self._items)
            ]
            return await self._headers(self._items[min(left)[1]], who)
        except TooManyRequests:
            raise
        except Exception:
            _log.warning("rates_not_counted", exc_info=True)
            return {}

    async def _headers(self, item: RateLimitItem, who: str) -> dict[str, str]:
        reset, remaining = await self._limiter.get_window_stats(item, who)
        seconds = max(math.ceil(reset - time.time()), 0)
        return {
            "ratelimit-policy": self.policy,
            "ratelimit": f"{_name(item)};r={max(remaining, 0)};t={seconds}",
        }


def _name(item: RateLimitItem) -> str:
    return f'"{item.amount}-in-{item.get_expiry()}s"'
