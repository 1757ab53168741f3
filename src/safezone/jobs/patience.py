"""Doing something again and again in the background, whatever happens to it."""

import threading
from collections.abc import Callable

from safezone.telemetry.logs import get_logger

# Seconds.
LONGEST_WAIT = 30.0

_log = get_logger("safezone.jobs")


def keep_at(once: Callable[[], bool], stop: threading.Event, idle: float) -> None:
    """Call `once` until `stop` is set: again at once if it says that it did something, else after
    `idle` seconds, and after longer and longer waits while it fails.

    It may fail for as long as a database is away; nothing ends the loop but `stop`.
    """
    wait = idle
    while not stop.is_set():
        try:
            if once():
                wait = idle
                continue
            wait = idle
        except Exception:
            _log.warning("unforeseen", exc_info=True)
            wait = min(2 * wait, LONGEST_WAIT)
        stop.wait(wait)
