"""When a call is made again, and when that is no use."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

import stamina

from safezone.client.errors import (
    ApiError,
    ConnectionFailed,
    TooManyRequests,
    Unavailable,
)


@dataclass(frozen=True, slots=True)
class Retrying:
    """At most `retries` further attempts, and none once `seconds` have passed since the first.

    Every call of the client may be repeated: an assessment changes nothing, and a job has its
    idempotency key.
    """

    retries: int
    seconds: float

    def attempts(self) -> Any:
        """A stamina context, to be iterated over with `for` or `async for`."""
        return stamina.retry_context(
            on=_pause(time.monotonic() + self.seconds),
            attempts=self.retries + 1,
            timeout=self.seconds,
            wait_initial=0.25,
            wait_max=8.0,
            wait_jitter=0.5,
        )


ONCE = Retrying(retries=0, seconds=1.0)


def _pause(end: float) -> Callable[[Exception], bool | float]:
    """Whether to try again before `end`, and after how many seconds where the service says so."""

    def pause(error: Exception) -> bool | float:
        if isinstance(error, ConnectionFailed):
            return True
        if not isinstance(error, ApiError):
            return False
        if error.retry_after is not None:
            return error.retry_after if time.monotonic() + error.retry_after <= end else False
        return isinstance(error, TooManyRequests | Unavailable)

    return pause


def pauses(timeout: float | None) -> Iterator[float]:
    """Seconds to wait between looks at a job: short at first, at most ten, until `timeout`."""
    end = inf if timeout is None else time.monotonic() + timeout
    pause = 0.25
    while (left := end - time.monotonic()) > 0:
        yield min(pause, left)
        pause = min(pause * 1.5, 10.0)
    yield 0.0
