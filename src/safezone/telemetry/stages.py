"""The parts of the work on a request, each as a span and in a histogram."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from time import perf_counter, time_ns
from typing import Literal, TypeVar

from safezone.telemetry.metrics import inference_in_progress, observe_stage
from safezone.telemetry.traces import span

T = TypeVar("T")


@contextmanager
def stage(name: Literal["assess", "serialise"]) -> Iterator[None]:
    """Measures what is done inside, whether or not it comes to a good end."""
    started = perf_counter()
    try:
        with span(name):
            yield
    finally:
        observe_stage(name, perf_counter() - started)


def in_turn(work: Callable[[], T]) -> Callable[[], T]:
    """Work that will wait for its turn in another thread.

    The wait from now on is the stage `queue`, the work the stage `assess`; its spans and log lines
    are those of the request that it is made for.
    """
    since, asked = time_ns(), perf_counter()

    def done() -> T:
        observe_stage("queue", perf_counter() - asked)
        with span("queue", since=since):
            pass
        with inference_in_progress.track_inprogress(), stage("assess"):
            return work()

    return partial(copy_context().run, done)
