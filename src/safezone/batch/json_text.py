"""JSON Lines, and JSON lists of objects."""

import json
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, TextIO

from safezone.batch.columns import ColumnChoice, choose_columns, no_such_columns
from safezone.batch.rows import Cells, RowProblem
from safezone.batch.tables import Table
from safezone.batch.text import LONGEST_RECORD, BoundedLines
from safezone.errors import InvalidInputFile

# Objects whose members' names are looked at: a member may be missing where it has no value.
_HEAD = 100
_CHUNK = 1 << 16

_NO_JSON = RowProblem("not_json", "The line is not valid JSON. Send one object a line, as UTF-8.")
_NO_OBJECT = RowProblem(
    "not_an_object", "The row is JSON, but no object. Send an object with an abstract."
)


def open_json_lines(path: Path, choice: ColumnChoice) -> Table:
    """One object a line. Raises InvalidInputFile where no abstracts are found."""
    return _table(_lines(path), choice)


def open_json_list(path: Path, choice: ColumnChoice) -> Table:
    """A list of objects. Raises InvalidInputFile where no abstracts are found."""
    return _table(_items(path), choice)


def _table(values: Iterator[Any], choice: ColumnChoice) -> Table:
    head = list(islice(values, _HEAD))
    objects = [value for value in head if isinstance(value, dict)]
    if not objects:
        raise InvalidInputFile(
            "The file looks like JSON, but holds no objects. Send one object a line (JSON Lines) "
            "or a list of objects, as UTF-8."
        )
    names = list(dict.fromkeys(name for item in objects for name in item))
    columns = choose_columns(names, choice)
    if columns is None:
        raise no_such_columns(choice)

    places = [
        names[column.index] if column else None
        for column in (columns.id, columns.title, columns.abstract)
    ]
    return Table(columns, (_cells(value, places) for value in chain(head, values)))


def _cells(value: Any, names: Sequence[str | None]) -> Cells | RowProblem:
    if isinstance(value, RowProblem):
        return value
    if not isinstance(value, dict):
        return _NO_OBJECT
    row_id, title, abstract = (None if name is None else value.get(name) for name in names)
    return Cells(row_id, title, abstract)


def _open(path: Path) -> TextIO:
    # JSON is UTF-8. What is not becomes halves of surrogate pairs, a problem of its row alone.
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="\n")


def _lines(path: Path) -> Iterator[Any]:
    with _open(path) as file:
        lines = BoundedLines(file)
        for line in lines:
            lines.next_record()
            if not line.isspace():
                try:
                    yield json.loads(line)
                except (ValueError, RecursionError):
                    yield _NO_JSON


def _items(path: Path) -> Iterator[Any]:
    """The items of a list one after the other, however long the list is."""
    decoder = json.JSONDecoder()
    number = 0
    with _open(path) as file:
        text = file.read(_CHUNK)
        at = text.index("[") + 1
        while not text.startswith("]", at := _after_commas(text, at)):
            try:
                value, end = decoder.raw_decode(text, at)
            except (ValueError, RecursionError):
                end = len(text)
            if end < len(text):
                number += 1
                yield value
                at = end
                continue
            # The item may go on behind what has been read so far; twice as much is read each time.
            text, at = text[at:], 0
            more = file.read(max(_CHUNK, len(text)))
            if not more or len(text) > LONGEST_RECORD:
                raise InvalidInputFile(
                    f"Item {number + 1:,} of the JSON list is damaged, too long, or the list ends "
                    "there without a bracket. Send a list of objects, or one object a line."
                )
            text += more


def _after_commas(text: str, at: int) -> int:
    while at < len(text) and (text[at] == "," or text[at].isspace()):
        at += 1
    return at
