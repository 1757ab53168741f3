"""Parquet files, read in batches."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from safezone.batch.columns import ColumnChoice, choose_columns, no_such_columns
from safezone.batch.limits import MOST_UNPACKED, too_large
from safezone.batch.rows import Cells, RowProblem
from safezone.batch.tables import Table
from safezone.errors import InvalidInputFile

_ROWS_AT_ONCE = 256
_READ_TYPES = (
    types.is_string,
    types.is_large_string,
    types.is_string_view,
    types.is_integer,
    types.is_floating,
    types.is_decimal,
)
_NOT_UTF8 = RowProblem("not_utf8", "A cell of the row is marked as text but is not UTF-8.")


def open_parquet(path: Path, choice: ColumnChoice) -> Table:
    """The table of a Parquet file; only columns of text and numbers are looked at.

    Raises InvalidInputFile where it is damaged, has no abstracts or unpacks to too much.
    """
    with _refusing_damage():
        metadata = pq.read_metadata(path)
        schema = metadata.schema.to_arrow_schema()
    names = [field.name if _is_read(field.type) else "" for field in schema]
    columns = choose_columns(names, choice)
    if columns is None:
        raise no_such_columns(choice)
    chosen = (columns.id, columns.title, columns.abstract)
    wanted = [names[column.index] if column else None for column in chosen]
    if _unpacked(metadata, wanted) > MOST_UNPACKED:
        raise too_large()
    return Table(columns, _cells(path, wanted))


def _is_read(kind: pa.DataType) -> bool:
    if types.is_dictionary(kind):
        return _is_read(kind.value_type)
    return any(is_type(kind) for is_type in _READ_TYPES)


def _unpacked(metadata: pq.FileMetaData, names: Sequence[str | None]) -> int:
    """Bytes of the columns of those names, as the file says."""
    groups = map(metadata.row_group, range(metadata.num_row_groups))
    chunks = (group.column(place) for group in groups for place in range(metadata.num_columns))
    return sum(chunk.total_uncompressed_size for chunk in chunks if chunk.path_in_schema in names)


def _cells(path: Path, names: Sequence[str | None]) -> Iterator[Cells | RowProblem]:
    read = [name for name in names if name is not None]
    # Kept as a dictionary, a text that a million rows share is in memory once.
    with _refusing_damage(), pq.ParquetFile(path, read_dictionary=read, pre_buffer=False) as file:
        for batch in file.iter_batches(_ROWS_AT_ONCE, columns=read, use_threads=False):
            # By place, because a file may have two columns of one name.
            places = [None if name is None else batch.schema.names.index(name) for name in names]
            for row in range(batch.num_rows):
                yield _row(batch, places, row)


def _row(batch: pa.RecordBatch, places: Sequence[int | None], row: int) -> Cells | RowProblem:
    try:
        row_id, title, abstract = (
            None if place is None else batch.column(place)[row].as_py() for place in places
        )
    except UnicodeDecodeError:
        return _NOT_UTF8
    return Cells(row_id, title, abstract)


@contextmanager
def _refusing_damage() -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError):
        raise InvalidInputFile(
            "The Parquet file is damaged or incomplete. Write it anew and send it again."
        ) from None
