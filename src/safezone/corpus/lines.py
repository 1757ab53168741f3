"""JSON Lines: one JSON object a line, with errors that name file and line and repeat no text."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from safezone.errors import InvalidInputFile

T = TypeVar("T")


def parse_lines(path: Path, convert: Callable[[dict[str, Any]], T]) -> list[T]:
    """What `convert` makes of each line's object; empty lines are skipped.

    Raises InvalidInputFile where the file cannot be read, a line is no JSON object in UTF-8, or
    `convert` raises ValueError, whose message then must not repeat text of the line.
    """
    converted = []
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    try:
                        converted.append(convert(parse_line(line)))
                    except ValueError as error:
                        raise InvalidInputFile(f"{path}, line {number}: {error}") from error
    except OSError as error:
        raise InvalidInputFile(f"{path} cannot be read: {error.strerror}.") from error
    return converted


def parse_line(line: bytes) -> dict[str, Any]:
    """The object in a line. Raises ValueError, with a message that repeats no text of it."""
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8 text.") from error
    except (ValueError, RecursionError) as error:
        raise ValueError("not valid JSON.") from error
    if not isinstance(row, dict):
        raise ValueError("a record must be a JSON object.")
    return row
