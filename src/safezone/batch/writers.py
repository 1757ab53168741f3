"""Writes the answers for a file's rows, as JSON Lines, CSV or an Excel workbook."""

import codecs
import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import BinaryIO

from safezone.assessment.flat import FlatValue
from safezone.batch.answers import ROW_COLUMNS, Answer, flat_row

# What spreadsheets take for the beginning of a formula, after OWASP's page on CSV injection.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class ResultFormat(StrEnum):
    """A format that answers are written in."""

    JSON_LINES = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"


def result_chunks(result_format: ResultFormat, answers: Iterable[Answer]) -> Iterator[bytes]:
    """The file of the answers, piece by piece, in their order.

    JSON Lines and CSV are made as the answers come; a workbook is made on disk before its first
    piece is given.
    """
    return _CHUNKS[result_format](answers)


def write_results(result_format: ResultFormat, answers: Iterable[Answer], out: BinaryIO) -> None:
    """The same, into an open file."""
    for chunk in result_chunks(result_format, answers):
        out.write(chunk)


def _json_lines(answers: Iterable[Answer]) -> Iterator[bytes]:
    for answer in answers:
        line = {
            "row": answer.number,
            "id": answer.id,
            "assessment": answer.assessment,
            "problem": answer.problem,
        }
        yield json.dumps(line, ensure_ascii=False, allow_nan=False).encode() + b"\n"


class _Echo:
    """Gives back what it is to write, which `csv.writer` hands on."""

    def write(self, line: str) -> str:
        return line


def _csv(answers: Iterable[Answer]) -> Iterator[bytes]:
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    # Without a byte order mark, Excel reads the file in the machine's old encoding.
    yield codecs.BOM_UTF8 + writer.writerow(ROW_COLUMNS).encode()
    for answer in answers:
        yield writer.writerow(map(_cell, flat_row(answer).values())).encode()


def _cell(value: FlatValue) -> FlatValue:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def _workbook(answers: Iterable[Answer]) -> Iterator[bytes]:
    # Here, because most processes never write one, and its library is large.
    from safezone.batch.results_workbook import workbook_chunks

    return workbook_chunks(answers)


_CHUNKS: Mapping[ResultFormat, Callable[[Iterable[Answer]], Iterator[bytes]]] = {
    ResultFormat.JSON_LINES: _json_lines,
    ResultFormat.CSV: _csv,
    ResultFormat.XLSX: _workbook,
}
