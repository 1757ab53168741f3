"""Files of proposals: reading them row by row, and writing their assessments."""

from safezone.batch.answers import Answer
from safezone.batch.columns import Column, ColumnChoice, Columns
from safezone.batch.formats import FileFormat
from safezone.batch.readers import Rows, read_rows
from safezone.batch.rows import Row, RowProblem
from safezone.batch.writers import ResultFormat, result_chunks, write_results

__all__ = [
    "Answer",
    "Column",
    "ColumnChoice",
    "Columns",
    "FileFormat",
    "ResultFormat",
    "Row",
    "RowProblem",
    "Rows",
    "read_rows",
    "result_chunks",
    "write_results",
]
