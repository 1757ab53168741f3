"""Exceptions that nobody caught, and warnings: told like any other, and not in Python's own words.

By itself Python prints them to standard error with their messages.
"""

import sys
import threading
import warnings
from typing import TextIO

from structlog.stdlib import BoundLogger

from safezone.telemetry.failures import failure, place


def install(log: BoundLogger) -> None:
    """Log what ends the process or a thread, what nothing could catch, and warnings."""

    def tell(error: BaseException | None) -> None:
        log.error("uncaught", **({} if error is None else failure(error)))

    def tell_warning(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        del message, file, line
        log.warning("warning", error=category.__name__, at=place(filename, lineno))

    sys.excepthook = lambda _, error, __: tell(error)
    threading.excepthook = lambda args: tell(args.exc_value)
    sys.unraisablehook = lambda args: tell(args.exc_value)
    warnings.showwarning = tell_warning
