"""What may stand in a log line or a span: a closed list of events and of fields.

Text of a proposal has no way in: a field that is not listed here, or whose value is not of the kind
listed, is left out and counted. Who logs something new adds its words here.
"""

import re
from collections.abc import Callable, Mapping

# What our own lines are about.
EVENTS = frozenset(
    {
        "request",
        "started",
        "serving",
        "job",
        "webhook",
        "rates_not_counted",
        "unforeseen",
        "uncaught",
        "warning",
        "foreign_message",
        "stamina.retry_scheduled",
    }
)
UNLISTED_EVENT = "unlisted_event"

# Messages of libraries that operators read, whole: what differs in any part is not one of them.
_OS_ERRORS = r"(address already in use|permission denied|cannot assign requested address)"
MESSAGES: Mapping[str, re.Pattern[str]] = {
    "uvicorn.error": re.compile(
        r"(Started|Finished) server process \[\d+\]"
        r"|(Started|Stopping) parent process \[\d+\]"
        r"|Waiting for application (startup|shutdown)\."
        r"|Application (startup|shutdown) (complete\.|failed\. Exiting\.)"
        r"|Uvicorn running on https?://[A-Za-z0-9_.:\[\]-]{1,255} \(Press CTRL\+C to quit\)"
        r"|Shutting down"
        r"|Waiting for (connections to close|background tasks to complete)\. "
        r"\(CTRL\+C to force quit\)"
        r"|(Waiting for child process|Terminated child process|Child process) \[\d+\]( died)?"
        r"|Received SIG[A-Z]{2,8}, [a-z ]{1,60}\."
        r"|Exception in ASGI application"
        r"|Invalid HTTP request received\."
        r"|\[Errno \d+\] (error while attempting to bind on address "
        rf"\('[A-Za-z0-9_.:-]{{1,255}}', \d+(, \d+, \d+)?\): (\[errno \d+\] )?)?(?i:{_OS_ERRORS})"
    ),
    "alembic.runtime.migration": re.compile(
        r"Running (upgrade|downgrade) [\w, >-]{1,200}"
        r"|Context impl \w{1,40}\.|Will assume (non-)?transactional DDL\."
    ),
}

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LARGEST = 1e15


def slug(value: object) -> str:
    """A lower-case id of at most 64 characters as it is, anything else as `other`."""
    return value if isinstance(value, str) and _SLUG.fullmatch(value) else "other"


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and -_LARGEST < value < _LARGEST


def _text(pattern: str) -> Callable[[object], bool]:
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def _event(value: object) -> bool:
    return isinstance(value, str) and (
        value in EVENTS
        or value == UNLISTED_EVENT
        or any(known.fullmatch(value) for known in MESSAGES.values())
    )


_word = _text(_SLUG.pattern)
_id = _text(r"[A-Za-z0-9_.:+@/-]{1,80}")
_route = _text(r"other|/[A-Za-z0-9_.:{}/-]{0,79}")
_type_name = _text(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
_place = _text(r"[A-Za-z0-9_./-]{1,160}:\d{1,7}")


def _places(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(map(_place, value))


FIELDS: Mapping[str, Callable[[object], bool]] = {
    "timestamp": _text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z"),
    "level": _word,
    "event": _event,
    "logger": _id,
    "request_id": _text(r"[A-Za-z0-9._-]{1,64}"),
    "trace_id": _text(r"[0-9a-f]{32}"),
    "method": _text("|".join(("other", *METHODS))),
    "route": _route,
    "status": _number,
    "outcome": _word,
    "problem": _word,
    "key_id": _id,
    "seconds": _number,
    "bytes_in": _number,
    "bytes_out": _number,
    "job": _id,
    "state": _word,
    "rows": _number,
    "done": _number,
    "bad": _number,
    "attempts": _number,
    "retry_num": _number,
    "wait_for": _number,
    "model": _id,
    "policy": _id,
    "taxonomy": _id,
    "version": _id,
    "error": _type_name,
    "frames": _places,
    "at": _place,
    "dropped_fields": _number,
}


def permitted(fields: Mapping[str, object]) -> dict[str, object]:
    """The listed fields whose values are of their kinds, in the order listed above.

    `dropped_fields` counts the others, where there are any. A value of None says nothing and is
    left out without being counted.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    kept = {name: given[name] for name, fits in FIELDS.items() if fits(given.get(name))}
    dropped = len(given) - len(kept)
    if dropped:
        earlier = kept.get("dropped_fields", 0)
        kept["dropped_fields"] = dropped + (earlier if isinstance(earlier, int) else 0)
    return kept
