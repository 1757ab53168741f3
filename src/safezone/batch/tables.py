"""Rows of cells with a header near their top, as in spreadsheets and delimited text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from safezone.batch.columns import Column, ColumnChoice, Columns, choose_columns
from safezone.batch.rows import Cells, RowProblem, is_blank

# Lines that are not empty, among which the header is looked for: titles may stand above it.
HEADER_WITHIN = 20

_TOO_MANY_CELLS = RowProblem(
    "too_many_cells",
    "The row has more cells than the header. Put texts that hold the delimiter into quotation "
    "marks.",
)


@dataclass(frozen=True, slots=True)
class Table:
    """The columns found, and the cells of one row after the other."""

    columns: Columns
    cells: Iterator[Cells | RowProblem]


def find_table(records: Iterator[Sequence[object]], choice: ColumnChoice) -> Table | None:
    """The table that starts with the first header among the records; None without a header.

    Below the first line, a single word such as 'summary' may be anything, so a header there must
    have a second column that is known.
    """
    filled = (record for record in records if not all(map(is_blank, record)))
    for place, record in enumerate(islice(filled, HEADER_WITHIN)):
        columns = choose_columns(record, choice)
        if columns and (place == 0 or choice.abstract or columns.title or columns.id):
            return Table(columns, _cells(filled, columns, len(record)))
    return None


def _cells(
    records: Iterator[Sequence[object]], columns: Columns, width: int
) -> Iterator[Cells | RowProblem]:
    for record in records:
        if all(map(is_blank, record[width:])):
            yield Cells(
                id=_cell(record, columns.id),
                title=_cell(record, columns.title),
                abstract=_cell(record, columns.abstract),
            )
        else:
            # The cells after a stray delimiter are not those of the columns they stand in.
            yield _TOO_MANY_CELLS


def _cell(record: Sequence[object], column: Column | None) -> object:
    """The cell of a column; None where the row ends before it, as some programs write rows."""
    return record[column.index] if column and column.index < len(record) else None
