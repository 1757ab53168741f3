"""Nothing of a file's content stands in an error, a problem, or what was found."""

import json
import random
import traceback
from pathlib import Path

import pytest

from proposal_files import altered, csv_text, jsonl, parquet, xlsx
from safezone.batch import ColumnChoice, read_rows
from safezone.errors import InvalidInputFile

CANARY = "zanzibarquux"
ROWS = [
    [CANARY, CANARY + "\0", "a"],
    [CANARY * 20, CANARY, CANARY],
    [CANARY, CANARY, CANARY * 2_000],
    [CANARY, CANARY, " "],
    [CANARY, CANARY, CANARY, CANARY],
]
GOOD = ["id", "title", "abstract"]
STRANGE = [CANARY, CANARY + "2", CANARY + "3"]
WORKBOOK = xlsx([GOOD, *ROWS[1:4]])

FILES = {
    "csv": csv_text([GOOD, *ROWS]).encode(),
    "csv with marks": b'id,abstract\n1,"' + CANARY.encode() * 20_000,
    "csv without header": csv_text([STRANGE, *ROWS]).encode(),
    "csv in no encoding": csv_text([GOOD, *ROWS]).encode() + b"\x81\xff" + CANARY.encode(),
    "workbook": WORKBOOK,
    "workbook without header": xlsx([STRANGE, *ROWS[1:]]),
    "damaged workbook": WORKBOOK[:-40],
    "workbook of another kind": altered(
        WORKBOOK, lambda name, data: data.replace(b'r="A2"', f'r="{CANARY}"'.encode())
    ),
    "workbook with a foreign sheet": altered(
        WORKBOOK, lambda name, data: data.replace(b"worksheets/sheet1", CANARY.encode())
    ),
    "parquet": parquet({"abstract": [CANARY + "\0", CANARY * 2_000], "id": [CANARY, CANARY * 20]}),
    "parquet without header": parquet({CANARY: [CANARY]}),
    "damaged parquet": parquet({"abstract": [CANARY]})[:-1],
    "parquet that is not utf-8": b"PAR1" + CANARY.encode() * 9 + b"PAR1",
    "lines": jsonl([{"abstract": CANARY + "\0"}, {"abstract": [CANARY]}, CANARY, {"id": CANARY}])
    + b'{"abstract": "'
    + CANARY.encode()
    + b'\n{"abstract": "\xff'
    + CANARY.encode()
    + b'"}\n',
    "lines without header": jsonl([{CANARY: CANARY}]),
    "lines that are too long": jsonl([{"abstract": "a"}, {"abstract": CANARY * 100_000}]),
    "list": json.dumps([{"abstract": "a"}, CANARY, [CANARY], {"abstract": {CANARY: 1}}]).encode(),
    "damaged list": b'[{"abstract": "a"}, {"abstract": "' + CANARY.encode(),
    "another format": b"%PDF" + CANARY.encode(),
}


def _said(path: Path) -> str:
    """Everything that reading a file says, but the ids that are given back as such."""
    try:
        rows = read_rows(path)
        said = [repr(rows.columns), rows.format]
        said += [repr(row.problem) for row in rows]
    except InvalidInputFile:
        said = [traceback.format_exc()]
    return "\n".join(said)


@pytest.mark.parametrize("name", FILES)
def test_nothing_of_a_file_is_repeated(name: str, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(FILES[name])
    said = _said(path)
    assert said
    assert CANARY not in said


def test_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "upload"
    for content in FILES.values():
        path.write_bytes(content)
        _said(path)
    assert capfd.readouterr() == ("", "")


def test_nothing_is_repeated_of_files_with_broken_bytes(tmp_path: Path) -> None:
    chance = random.Random(11)
    path = tmp_path / "upload"
    for name, content in FILES.items():
        for _ in range(2 if "workbook" in name else 20):
            broken = bytearray(content)
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
            path.write_bytes(broken)
            assert CANARY not in _said(path)


def test_a_named_column_that_is_absent_is_not_repeated_either(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(FILES["csv"])
    with pytest.raises(InvalidInputFile) as caught:
        read_rows(path, ColumnChoice(abstract=CANARY + " absent"))
    assert CANARY not in str(caught.value)
