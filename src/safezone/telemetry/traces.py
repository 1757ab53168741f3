"""Traces, for those who installed `safezone[telemetry]` and switch them on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from safezone.errors import InvalidSettings

if TYPE_CHECKING:
    from safezone.telemetry.otlp import Tracing

SpanName = Literal["request", "queue", "assess", "serialise"]

# At most one.
_tracing: list["Tracing"] = []


def start_traces(endpoint: str, version: str) -> None:
    """Send spans by OTLP over HTTP to an endpoint, such as `http://localhost:4318/v1/traces`.

    `version` is the package's. Call it once in every process. Raises InvalidSettings where the
    extra is not installed.
    """
    try:
        from safezone.telemetry.otlp import Tracing  # noqa: PLC0415 - it may not be installed
    except ImportError as error:
        raise InvalidSettings(
            "Traces need libraries that are not installed: install safezone[telemetry]."
        ) from error
    use(Tracing.over_http(endpoint, version))


def use(tracing: "Tracing") -> None:
    """Make spans with it from now on."""
    stop_traces()
    _tracing.append(tracing)


def stop_traces() -> None:
    """Send what is left, and make no more spans."""
    while _tracing:
        _tracing.pop().stop()


@contextmanager
def span(
    name: SpanName, *, traceparent: str | None = None, since: int | None = None
) -> Iterator[Callable[..., None]]:
    """A span around some work; nothing where traces are off.

    It is a child of the span around it, or of the W3C `traceparent` given, and begins now or at
    `since`, nanoseconds of the clock. What it yields adds fields to it, those that the vocabulary
    permits. Of an exception its type and place are kept.
    """
    if not _tracing:
        yield _note_nothing
        return
    with _tracing[0].span(name, traceparent, since) as note:
        yield note


def trace_id() -> str | None:
    """The id of the trace that is open, 32 hexadecimal digits, or None."""
    return _tracing[0].trace_id() if _tracing else None


def _note_nothing(**fields: object) -> None:
    del fields
