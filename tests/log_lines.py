"""Log lines as they come out, with everything put back as it was."""

import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog

Lines = Callable[[], list[dict[str, Any]]]


@contextmanager
def logging_put_back() -> Iterator[None]:
    """What a process has one of is afterwards as it was before."""
    known = [
        (logger, logger.level, list(logger.handlers), logger.propagate)
        for logger in (logging.root, *logging.root.manager.loggerDict.values())
        if isinstance(logger, logging.Logger)
    ]
    with pytest.MonkeyPatch.context() as patch:
        for place, hook in (
            (sys, "excepthook"),
            (sys, "unraisablehook"),
            (threading, "excepthook"),
            (warnings, "showwarning"),
        ):
            patch.setattr(place, hook, getattr(place, hook))
        yield
    for logger, level, handlers, propagate in known:
        logger.setLevel(level)
        logger.handlers[:] = handlers
        logger.propagate = propagate
    structlog.reset_defaults()


def reader(capsys: pytest.CaptureFixture[str]) -> Lines:
    """Reads the lines written to standard error since the last time; each must be JSON."""

    def read() -> list[dict[str, Any]]:
        captured = capsys.readouterr()
        assert captured.out == ""
        return [json.loads(line) for line in captured.err.splitlines()]

    return read
