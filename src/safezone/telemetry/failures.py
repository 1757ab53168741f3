"""What is told of an exception: its type and where it passed our own code; never its words.

A message, a local variable or a foreign frame's source line can hold what was sent.
"""

import traceback
from collections.abc import Iterator
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_MOST_FRAMES = 8


def failure(error: BaseException) -> dict[str, object]:
    """The fields of a log line: `error`, the type, and `frames` as `safezone/api/routes.py:65`, the
    innermost last. A group of exceptions that holds one is told as that one.
    """
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return {"error": type(error).__name__, "frames": list(_own_frames(error))[-_MOST_FRAMES:]}


def place(filename: str, line: int) -> str:
    """A line of a source file, by the last two parts of its path."""
    return f"{'/'.join(Path(filename).parts[-2:])}:{line}"


def _own_frames(error: BaseException) -> Iterator[str]:
    for frame, line in traceback.walk_tb(error.__traceback__):
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(_PACKAGE):
            yield f"safezone/{file.relative_to(_PACKAGE)}:{line}"
