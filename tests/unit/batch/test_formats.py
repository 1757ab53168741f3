"""A file's format, by its content."""

from pathlib import Path

import pytest

from proposal_files import csv_text, jsonl, parquet, read, xlsx
from safezone.batch import ColumnChoice, FileFormat, read_rows
from safezone.errors import InvalidInputFile

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TABLE = [["id", "abstract"], ["1", "a"]]
FILES = {
    FileFormat.CSV: csv_text(TABLE).encode(),
    FileFormat.XLSX: xlsx(TABLE),
    FileFormat.PARQUET: parquet({"id": ["1"], "abstract": ["a"]}),
    FileFormat.JSON_LINES: jsonl([{"id": "1", "abstract": "a"}]),
    FileFormat.JSON_LIST: b' [{"id": "1", "abstract": "a"}]',
}


@pytest.mark.parametrize("file_format", FileFormat)
@pytest.mark.parametrize("name", ["upload", "wrong.xls", "wrong.ods", "wrong.csv"])
def test_a_format_is_told_by_the_content_not_by_the_name(
    file_format: FileFormat, name: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[file_format])
    rows = read_rows(path)
    assert rows.format is file_format
    assert rows.columns.abstract.name == "abstract"
    assert [row.id for row in rows] == ["1"]


def test_a_protected_workbook_is_told_from_an_old_one() -> None:
    protected = OLE + bytes(3_000) + "EncryptedPackage".encode("utf-16-le") + bytes(3_000)
    with pytest.raises(InvalidInputFile, match="protected by a password"):
        read(protected)
    with pytest.raises(InvalidInputFile, match=r"Save the table as \.xlsx"):
        read(OLE + bytes(3_000) + "Workbook".encode("utf-16-le"))


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n",
        b"{\\rtf1 text}",
        b"\x1f\x8b\x08\x00",
        b"<html><table>",
        b"\x89PNG\r\n\x1a\n",
        b"id,abstract\x00\n1,a",
        b"\x7fELF\x02\x01\x01",
        "id,abstract\n".encode("utf-16-le"),
    ],
)
def test_other_formats_are_refused_with_those_that_are_read(content: bytes) -> None:
    with pytest.raises(InvalidInputFile, match=r"not read\. Send CSV .*xlsx.*JSON Lines.*Parquet"):
        read(content)


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputFile, match="cannot be read: No such file"):
        read_rows(tmp_path / "absent", ColumnChoice())
    with pytest.raises(InvalidInputFile, match="cannot be read: Is a directory"):
        read_rows(tmp_path)
