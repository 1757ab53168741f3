"""Which format a file is in, by what it begins with, whatever its name says."""

import codecs
import mmap
from enum import StrEnum
from pathlib import Path

from safezone.errors import InvalidInputFile

_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Formats that people send by mistake, some of which would pass for text.
_OTHERS = (b"%PDF", b"{\\rtf", b"\x1f\x8b", b"<", b"\x89PNG", b"\xff\xd8\xff")
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r")


class FileFormat(StrEnum):
    """A format that proposals are read from; `csv` stands for all delimited text."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSON_LINES = "jsonl"
    JSON_LIST = "json"


_STARTS = {
    b"PK\x03\x04": FileFormat.XLSX,
    b"PAR1": FileFormat.PARQUET,
    b"{": FileFormat.JSON_LINES,
    b"[": FileFormat.JSON_LIST,
    codecs.BOM_UTF16_LE: FileFormat.CSV,
    codecs.BOM_UTF16_BE: FileFormat.CSV,
}


def recognise(path: Path) -> FileFormat:
    """The format of a file. Raises InvalidInputFile for an empty one and for other formats."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise InvalidInputFile(f"The file cannot be read: {error.strerror}.") from error
    if head.startswith(_OLE):
        raise _old_workbook(path)
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text:
        raise InvalidInputFile("The file is empty. Send one with a header and a row a proposal.")
    if text.startswith(_OTHERS):
        raise _unknown()
    for start, file_format in _STARTS.items():
        if text.startswith(start):
            return file_format
    if not _CONTROLS.isdisjoint(text.splitlines()[0]):
        raise _unknown()
    return FileFormat.CSV


def _unknown() -> InvalidInputFile:
    return InvalidInputFile(
        "The file is in a format that is not read. Send CSV or other delimited text, an Excel "
        "workbook (.xlsx), JSON Lines, a JSON list of objects, or Parquet."
    )


def _old_workbook(path: Path) -> InvalidInputFile:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        encrypted = content.find("EncryptedPackage".encode("utf-16-le")) >= 0
    if encrypted:
        return InvalidInputFile(
            "The Excel workbook is protected by a password. Save it without one and send it again."
        )
    return InvalidInputFile(
        "The file is in an old Office format (.xls, .doc). Save the table as .xlsx or CSV."
    )
