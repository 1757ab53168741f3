"""Log lines, one JSON object each, from our own code and from libraries alike.

Own lines hold the events and fields of `vocabulary` and nothing else. A library's message can hold
anything: many are put together before they are logged, so that not even the unfilled pattern is
safe to write. Of theirs, only whole messages listed in `vocabulary` are kept; any other is told by
where it was logged, which is enough to look it up.
"""

import logging
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, Literal

import structlog
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.types import Processor

from safezone.telemetry import uncaught
from safezone.telemetry.failures import failure, place
from safezone.telemetry.vocabulary import MESSAGES, UNLISTED_EVENT, permitted

Level = Literal["debug", "info", "warning", "error"]
Layout = Literal["json", "console"]
Line = MutableMapping[str, Any]


def get_logger(name: str) -> BoundLogger:
    """A logger whose lines are checked against the vocabulary wherever they end up.

    Use: `get_logger("safezone.jobs").info("job", job=job_id, state="completed")`.
    """
    made: BoundLogger = structlog.wrap_logger(
        logging.getLogger(name), processors=_OWN, wrapper_class=BoundLogger
    )
    return made


def configure_logs(level: Level, layout: Layout) -> None:
    """Send every logger of the process to standard error: a `json` object or, for a terminal, a
    `console` line each.

    Call it in every process, and give uvicorn `log_config=None`. Libraries are heard from `warning`
    on, unless the level is `debug`; uvicorn and alembic from `level` on. uvicorn's access log is
    off: it would write paths and query strings, and our own line a request takes its place.
    """
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if layout == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = _StandardError()
    handler.setFormatter(
        ProcessorFormatter(
            processors=[ProcessorFormatter.remove_processors_meta, _checked, renderer],
            foreign_pre_chain=[_foreign, *_SHARED],
            # The message is left as it is until `_foreign` has seen who logged it.
            use_get_message=False,
            pass_foreign_args=True,
        )
    )
    number = logging.getLevelNamesMapping()[level.upper()]
    _take_over(handler, number if level == "debug" else max(number, logging.WARNING))
    for name in ("safezone", *MESSAGES):
        logging.getLogger(name).setLevel(number)
    structlog.configure(
        processors=_OWN,
        wrapper_class=BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    uncaught.install(get_logger("safezone"))


def _take_over(handler: logging.Handler, level: int) -> None:
    """Make a handler the only one: loggers with handlers of their own would write unchecked."""
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.handlers.clear()
            logger.propagate = True
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level)
    logging.getLogger("uvicorn.access").propagate = False


class _StandardError(logging.Handler):
    """Says that a line could not be written, where a standard handler would print the message."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception:
            line = '{"level": "error", "event": "unwritable_line"}'
        with suppress(OSError, ValueError):  # it is closed
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()


def _told(_: object, __: str, line: Line) -> Line:
    """An exception by its type and own frames."""
    found = line.pop("exc_info", None)
    error = (
        found[1]
        if isinstance(found, tuple)
        else found
        if isinstance(found, BaseException)
        else sys.exc_info()[1]
        if found
        else None
    )
    if error is not None:
        line.update(failure(error))
    return line


def _foreign(_: object, __: str, line: Line) -> Line:
    """A library's record: its message if it is a listed one, and else where it was logged."""
    record: logging.LogRecord = line["_record"]
    args = line.pop("positional_args")
    message = _known_message(record.name, record.msg, args)
    line["event"] = message or "foreign_message"
    if message is None:
        line["at"] = place(record.pathname, record.lineno)
    return line


def _known_message(logger: str, message: object, args: Any) -> str | None:
    if logger not in MESSAGES:
        return None
    with suppress(Exception):  # whatever a value does while it is filled in
        filled = (str(message) % args if args else str(message)).strip()
        if MESSAGES[logger].fullmatch(filled):
            return filled
    return None


def _checked(_: object, __: str, line: Line) -> Line:
    """What the vocabulary permits of a line."""
    kept = permitted(line)
    kept.setdefault("event", UNLISTED_EVENT)
    return kept


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _told,
]
# Checked before a record is made, so that handlers other than ours see no more either.
_OWN: list[Processor] = [
    structlog.stdlib.filter_by_level,
    *_SHARED,
    _checked,
    ProcessorFormatter.wrap_for_formatter,
]
