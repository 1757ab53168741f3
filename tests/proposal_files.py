"""Files of proposals in every format, and what is read from them."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from safezone.batch import ColumnChoice, Row, read_rows

Told = tuple[str | None, str, str]


def read(
    content: bytes, columns: ColumnChoice | None = None, limit_rows: int | None = None
) -> list[Row]:
    """The rows of a file with these bytes, whose name says nothing."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        return list(read_rows(path, columns or ColumnChoice(), limit_rows=limit_rows))


def told(rows: Sequence[Row]) -> list[Told | str]:
    """Id, title and abstract of each row, or the code of its problem."""
    found: list[Told | str] = []
    for number, row in enumerate(rows, 1):
        assert row.number == number
        assert (row.proposal is None) != (row.problem is None)
        if row.problem:
            found.append(row.problem.code)
        elif row.proposal:
            assert row.id == row.proposal.id
            found.append((row.id, row.proposal.title, row.proposal.abstract))
    return found


def csv_text(rows: Sequence[Sequence[object]], delimiter: str = ",", end: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue()


def jsonl(objects: Sequence[Any]) -> bytes:
    return "".join(json.dumps(one) + "\n" for one in objects).encode()


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def xlsx(*sheets: Sequence[Sequence[object]], hidden: Sequence[int] = ()) -> bytes:
    """A workbook of these sheets, every text written as a text."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"}) as book:
        for number, rows in enumerate(sheets):
            sheet = book.add_worksheet()
            if number in hidden:
                sheet.very_hidden()
            elif number - 1 in hidden:
                sheet.set_first_sheet()
                sheet.activate()
            for y, row in enumerate(rows):
                for x, cell in enumerate(row):
                    write = sheet.write_string if isinstance(cell, str) else sheet.write
                    write(y, x, cell)
    return out.getvalue()


def altered(archive: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A ZIP file with the same parts, each as `change` makes it of its name and content."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return out.getvalue()
