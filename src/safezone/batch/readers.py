"""Reads proposals from a file of any format, row by row."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from safezone.batch.columns import ColumnChoice, Columns
from safezone.batch.delimited import open_delimited
from safezone.batch.formats import FileFormat, recognise
from safezone.batch.json_text import open_json_lines, open_json_list
from safezone.batch.rows import Row, to_row
from safezone.batch.tables import Table
from safezone.batch.workbook import open_workbook
from safezone.errors import InvalidInputFile


def _open_parquet(path: Path, choice: ColumnChoice) -> Table:
    # Here, because most processes never read one, and its library is large.
    from safezone.batch.parquet import open_parquet

    return open_parquet(path, choice)


_OPEN: Mapping[FileFormat, Callable[[Path, ColumnChoice], Table]] = {
    FileFormat.CSV: open_delimited,
    FileFormat.XLSX: open_workbook,
    FileFormat.PARQUET: _open_parquet,
    FileFormat.JSON_LINES: open_json_lines,
    FileFormat.JSON_LIST: open_json_list,
}
_TO_BE_FOUND = ColumnChoice()


class Rows(Iterator[Row]):
    """The rows of a file, to be gone through once; `format` and `columns` say how it is read."""

    def __init__(self, file_format: FileFormat, table: Table, limit: int | None) -> None:
        self.format = file_format
        self.columns: Columns = table.columns
        self._rows = _numbered(table, limit)

    def __next__(self) -> Row:
        return next(self._rows)


def read_rows(
    path: Path,
    columns: ColumnChoice = _TO_BE_FOUND,
    *,
    limit_rows: int | None = None,
) -> Rows:
    """The rows of a CSV, Excel, JSON Lines, JSON or Parquet file, told by its content.

    A row that is no proposal is a row with its problem. Raises InvalidInputFile, at once or on the
    way, where the file is damaged, in another format, without abstracts or rows, or has more than
    `limit_rows` rows. Only workbooks are held in memory as a whole, in a process of their own.
    """
    file_format = recognise(path)
    return Rows(file_format, _OPEN[file_format](path, columns), limit_rows)


def _numbered(table: Table, limit: int | None) -> Iterator[Row]:
    number = 0
    for number, cells in enumerate(table.cells, 1):
        if limit is not None and number > limit:
            raise InvalidInputFile(
                f"The file has more than {limit:,} rows. Send it in several files."
            )
        yield to_row(number, cells)
    if number == 0:
        raise InvalidInputFile("The file has a header, but no rows below it.")
