"""Excel workbooks, as people save them and as attackers make them."""

import datetime
import io
import random
import zipfile
from contextlib import suppress

import pytest
import xlsxwriter

from proposal_files import altered, read, told, xlsx
from safezone.batch import ColumnChoice, workbook
from safezone.errors import InvalidInputFile

SHEET = "xl/worksheets/sheet1.xml"
PLAIN = xlsx([["id", "abstract"], ["1", "a"], ["2", "b"]])


def test_ids_that_are_numbers_days_or_times_are_text() -> None:
    cells: list[object] = [
        42,
        4.5,
        10**15,
        datetime.date(2026, 1, 31),
        datetime.datetime(2026, 1, 31, 9, 30),
        True,
        "007",
    ]
    rows: list[list[object]] = [["id", "abstract"], *[[cell, "a"] for cell in cells]]
    assert [row.id for row in read(xlsx(rows))] == [
        "42",
        "4.5",
        "1000000000000000",
        "2026-01-31",
        # The workbook's default format shows the day alone.
        "2026-01-31 09:30:00",
        "true",
        "007",
    ]


def test_a_merged_title_above_the_header_and_empty_rows_are_left_out() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("B2:E2", "Proposals of the abstract call")
        sheet.write_row("B4", ["No.", "Application ID", "Project title", "Abstract"])
        sheet.write_row("B5", [1, "A-1", "t", "a"])
        sheet.write_row("B8", [2, "A-2", "", "b"])
    assert told(read(out.getvalue())) == [("A-1", "t", "a"), ("A-2", "", "b")]


def test_a_formula_is_the_value_it_had() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "title", "abstract"])
        sheet.write_formula(1, 0, "=20+1", None, 21)
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 2, '=CONCAT("a", "b")', None, "ab")
    assert told(read(out.getvalue())) == [("21", "", "ab")]


def test_the_first_visible_sheet_with_a_header_is_read() -> None:
    notes, hidden = [["Read me first"]], [["id", "abstract"], ["0", "hidden"]]
    first = [["id", "abstract"], ["1", "a"]]
    second = [["id", "abstract"], ["2", "b"]]
    content = xlsx(hidden, notes, [], first, second, hidden=[0])
    assert told(read(content)) == [("1", "", "a")]


def test_named_columns_are_looked_for_in_every_sheet() -> None:
    content = xlsx([["id", "abstract"], ["1", "a"]], [["text", "no"], ["b", 2]])
    assert told(read(content, ColumnChoice(abstract="Text", id="No"))) == [("2", "", "b")]


def test_a_bad_row_is_a_problem_and_the_others_are_read() -> None:
    rows: list[list[object]] = [["id", "abstract"], [1, ""], [2, "a" * 20_001], [3, "a"]]
    assert told(read(xlsx(rows))) == ["empty", "too_long", ("3", "", "a")]


def test_cells_in_opposite_corners_do_not_take_the_service_down() -> None:
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    bomb = altered(
        PLAIN,
        lambda name, data: data.replace(b"</sheetData>", corner) if name == SHEET else data,
    )
    assert len(bomb) < 10_000
    with pytest.raises(InvalidInputFile, match="too much memory"):
        read(bomb)


def test_a_sheet_that_sends_the_library_astray_is_refused() -> None:
    for reference in (b"ZZZZZZZZZZZZZ99999999999999", b"A0", b"&#65;2"):
        content = altered(
            PLAIN,
            lambda name, data, new=reference: data.replace(b'r="A2"', b'r="%s"' % new),  # type: ignore[misc]
        )
        with pytest.raises(InvalidInputFile, match="damaged"):
            read(content)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = altered(PLAIN, lambda name, data: data + b" " * 30_000_000 if name == SHEET else data)
    assert len(bomb) < 100_000
    with pytest.raises(InvalidInputFile, match="unpacks to more than 256 MB, or far more"):
        read(bomb)


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    monkeypatch.setattr(workbook, "MOST_UNPACKED", unpacked)
    assert len(read(PLAIN)) == 2
    monkeypatch.setattr(workbook, "MOST_UNPACKED", unpacked - 1)
    with pytest.raises(InvalidInputFile, match="unpacks"):
        read(PLAIN)


def test_a_shared_text_in_very_many_cells_does_not_fill_the_memory() -> None:
    text = "".join(random.Random(1).choices("abcdefgh ", k=2_000_000))
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" t="s"><v>1</v></c></row>' for number in range(2, 9_000)
    ).encode()

    def change(name: str, data: bytes) -> bytes:
        if name == "xl/sharedStrings.xml":
            return data.replace(b"<t>1</t>", b"<t>%s</t>" % text.encode())
        head, _, tail = data.partition(b'<row r="2"')
        return head + rows + tail[tail.index(b"</sheetData>") :] if name == SHEET else data

    content = altered(xlsx([["abstract"], ["1"]]), change)
    with pytest.raises(InvalidInputFile, match="too much memory"):
        read(content)


def test_a_truncated_or_altered_workbook_is_refused() -> None:
    for end in (4, 30, len(PLAIN) // 2, len(PLAIN) - 1):
        with pytest.raises(InvalidInputFile, match="damaged"):
            read(PLAIN[:end])
    with pytest.raises(InvalidInputFile, match="damaged"):
        read(altered(PLAIN, lambda name, data: data[: len(data) // 2] if name == SHEET else data))


def test_any_broken_byte_is_survived() -> None:
    chance = random.Random(3)
    for _ in range(12):
        broken = bytearray(PLAIN)
        broken[chance.randrange(4, len(broken))] ^= 1 << chance.randrange(8)
        with suppress(InvalidInputFile):
            read(bytes(broken))


def test_other_zip_files_are_named_as_such() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(InvalidInputFile, match="ZIP file, but no Excel workbook"):
        read(out.getvalue())


def test_rows_that_nobody_asks_for_are_not_waited_for() -> None:
    rows = [["abstract"], *[["a"]] * 3_000]
    with pytest.raises(InvalidInputFile, match="more than 5 rows"):
        read(xlsx(rows), limit_rows=5)
