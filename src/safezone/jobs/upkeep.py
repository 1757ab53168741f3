"""What is done about every minute: jobs are forgotten in time, and their bytes with them."""

import time
from collections.abc import Callable

from safezone.jobs.erasing import Erasing
from safezone.store.jobs import JobStore
from safezone.telemetry.metrics import set_jobs

_SECONDS = 60.0


class Upkeep:
    """Deletes what has expired, erases what was deleted, and counts what is left, when a minute has
    passed.
    """

    def __init__(
        self, store: JobStore, erasing: Erasing, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._erasing = erasing
        self._clock = clock
        self._due = clock()

    def __call__(self) -> None:
        """Raises StoreUnavailable, and is due again the next time."""
        if self._clock() < self._due:
            return
        self._store.expire()
        self._erasing.again()
        set_jobs(self._store.count_by_state())
        self._due = self._clock() + _SECONDS
