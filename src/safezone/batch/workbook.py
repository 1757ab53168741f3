"""Excel workbooks (.xlsx): the first visible sheet that has a header."""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from safezone.batch.columns import ColumnChoice, no_such_columns
from safezone.batch.limits import MOST_UNPACKED, too_large
from safezone.batch.tables import Table, find_table
from safezone.errors import InvalidInputFile

# Bytes out of one byte. Sheets of short words come to 20; what only repeats itself, to 1,000.
_MOST_RATIO = 200
# Bytes of a row as JSON.
_LONGEST_LINE = 16 << 20
_PROGRAM = Path(__file__).with_name("workbook_process.py")


def open_workbook(path: Path, choice: ColumnChoice) -> Table:
    """The table of a workbook, with the values that its formulas had when it was saved.

    Raises InvalidInputFile where it is damaged, unpacks to too much or has no abstracts.
    """
    _check_sizes(path)
    for _, rows in groupby(_rows(path), key=itemgetter(0)):
        table = find_table((row[1:] for row in rows), choice)
        if table:
            return table
    raise no_such_columns(choice)


def _check_sizes(path: Path) -> None:
    """Before anything is unpacked, by what the file says of itself; a liar meets the limits of the
    process that unpacks it.
    """
    try:
        with ZipFile(path) as archive:
            parts = archive.infolist()
    except (BadZipFile, NotImplementedError):
        raise _unreadable() from None
    if not any(part.filename.lower() == "xl/workbook.xml" for part in parts):
        raise InvalidInputFile(
            "The file is a ZIP file, but no Excel workbook of the kind .xlsx. Unpack it, or save "
            "the table as .xlsx."
        )
    unpacked = sum(part.file_size for part in parts)
    if unpacked > min(MOST_UNPACKED, _MOST_RATIO * path.stat().st_size):
        raise too_large()


def _rows(path: Path) -> Iterator[list[Any]]:
    """The number of the sheet and the cells, row by row, from the process that unpacks it."""
    with subprocess.Popen(  # noqa: S603 (Python itself, with a program of ours)
        [sys.executable, "-I", _PROGRAM, path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None  # noqa: S101 (it is a pipe; for the type checker)
        try:
            while line := process.stdout.readline(_LONGEST_LINE):
                if not line.endswith(b"\n"):
                    raise too_large()
                yield json.loads(line)
            if process.wait():
                raise _unreadable()
        finally:
            # Where nobody wants the other rows; one that has ended is left alone.
            process.kill()


def _unreadable() -> InvalidInputFile:
    return InvalidInputFile(
        "The Excel workbook is damaged, or a sheet of it takes too much memory. Save it anew, with "
        "the proposals alone on its sheet, or send it as CSV."
    )
