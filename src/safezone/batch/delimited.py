"""CSV and its relatives: commas, semicolons, tabs or bars, in any usual encoding."""

import csv
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from safezone.batch.columns import ColumnChoice, no_such_columns
from safezone.batch.tables import Table, find_table
from safezone.batch.text import BoundedLines, find_encoding
from safezone.errors import InvalidInputFile

# The delimiter is the one that finds most of the three columns; the first of those, so that a file
# of a single column is not cut at the commas of its sentences.
_DELIMITERS = ("\t", ";", "|", ",")


def open_delimited(path: Path, choice: ColumnChoice) -> Table:
    """The table of a text file. Raises InvalidInputFile where no header is found."""
    encoding = find_encoding(path)
    tables = []
    for delimiter in _DELIMITERS:
        # With the wrong delimiter a file may look damaged.
        with suppress(InvalidInputFile):
            tables.append(find_table(_records(path, encoding, delimiter), choice))
    found = [table for table in tables if table]
    if not found:
        raise no_such_columns(choice)
    return max(found, key=lambda table: sum(map(bool, (table.columns.id, table.columns.title))))


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    # A byte that is no character where the encoding was guessed must not spoil the file.
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        lines = BoundedLines(file)
        reader = csv.reader(lines, delimiter=delimiter)
        try:
            for record in reader:
                lines.next_record()
                yield record
        except csv.Error:
            raise InvalidInputFile(
                f"Row {lines.record:,} of the file, its header counted, has a cell of more than "
                f"{csv.field_size_limit():,} characters. A quotation mark may be left open."
            ) from None
