"""Getting the bytes of deleted text out of the database's files."""

import math
import time
from collections.abc import Callable

from safezone.errors import StoreUnavailable

# Erasing holds others up, so that many small jobs share one.
_AT_MOST_EVERY = 60.0
# Also where nothing is known of: another process may have died between deleting and erasing.
_AT_LEAST_EVERY = 3600.0


class Erasing:
    """Call it when text was deleted: erases at once, or if it has done so in the last minute,
    leaves it to the next `again()`.

    `erase` returns False where others kept it from the files, so that it is tried again later.
    """

    def __init__(
        self, erase: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._erase = erase
        self._clock = clock
        self._last = -math.inf
        self._pending = False

    def __call__(self) -> None:
        self._pending = True
        if self._waited(_AT_MOST_EVERY):
            self._try()

    def again(self) -> None:
        """Make up for what was not done when it was called."""
        if self._waited(_AT_MOST_EVERY if self._pending else _AT_LEAST_EVERY):
            self._try()

    def _waited(self, seconds: float) -> bool:
        return self._clock() - self._last >= seconds

    def _try(self) -> None:
        self._last = self._clock()
        # Beforehand: what another thread deletes meanwhile is not erased yet.
        self._pending = False
        try:
            self._pending = not self._erase() or self._pending
        except StoreUnavailable:
            self._pending = True
