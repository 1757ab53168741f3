"""Waiting for what happens elsewhere, however busy the machine is, but not for ever."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 180.0


def until(look: Callable[[], T]) -> T:
    """The first thing that is true of what `look` gives, time and again."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen")
