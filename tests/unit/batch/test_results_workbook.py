"""The workbook of answers, read back and unzipped."""

import io
import zipfile
from typing import Any
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from safezone.assessment import Assessor, Proposal
from safezone.assessment.flat import FLAT_COLUMNS
from safezone.assessment.serialise import to_dict
from safezone.batch import Answer, ResultFormat, result_chunks
from safezone.batch.answers import ROW_COLUMNS, ROW_MEANINGS, flat_row
from sample_texts import ENGLISH

MAIN = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
HOSTILE = ['=HYPERLINK("http://x.example")', "http://x.example", "007", "a\x01\uffff_x0041_"]


@pytest.fixture(scope="module")
def answers(debug_assessor: Assessor) -> list[Answer]:
    proposals = [Proposal(ENGLISH, id=row_id) for row_id in HOSTILE]
    found = [to_dict(one) for one in debug_assessor.assess([*proposals, Proposal("Too short.")])]
    # Every level once, whatever the model says.
    found[0]["sensitivity"]["level"], found[1]["sensitivity"]["level"] = "safe", "boundary"
    found[2]["sensitivity"]["level"], found[0]["data_use"]["level"] = "sensitive", "low"
    found[1]["data_use"]["level"], found[2]["data_use"]["level"] = "medium", "high"
    found[0]["route"]["signal"] = "human_review"
    return [
        *[Answer(number, one["id"], one) for number, one in enumerate(found, 1)],
        Answer(6, "bad", problem={"code": "empty", "detail": "The abstract is empty."}),
    ]


@pytest.fixture(scope="module")
def content(answers: list[Answer]) -> bytes:
    return b"".join(result_chunks(ResultFormat.XLSX, answers))


@pytest.fixture(scope="module")
def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def _part(content: bytes, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return ElementTree.fromstring(archive.read(name))


def _fill(content: bytes, sheet: ElementTree.Element, reference: str) -> str | None:
    """The colour behind a cell, as the file says it."""
    styles = _part(content, "xl/styles.xml")
    cell = sheet.find(f".//m:c[@r='{reference}']", MAIN)
    assert cell is not None
    look = styles.findall("m:cellXfs/m:xf", MAIN)[int(cell.get("s", "0"))]
    fill = styles.findall("m:fills/m:fill", MAIN)[int(look.get("fillId", "0"))]
    colour = fill.find("m:patternFill/m:fgColor", MAIN)
    return None if colour is None else colour.get("rgb")


def _letters(column: int) -> str:
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)


def test_the_first_sheet_holds_the_answers(
    sheets: dict[str, list[list[Any]]], answers: list[Answer]
) -> None:
    header, *rows = sheets["Assessments"]
    assert tuple(header) == ROW_COLUMNS == ("row", *FLAT_COLUMNS)
    for row, answer in zip(rows, answers, strict=True):
        expected = {name: "" if v is None else v for name, v in flat_row(answer).items()}
        found = dict(zip(header, row, strict=True))
        assert found == expected | {"id": found["id"]}


def test_ids_are_texts_whatever_they_look_like(
    content: bytes, sheets: dict[str, list[list[Any]]]
) -> None:
    ids = [row[1] for row in sheets["Assessments"][1:]]
    assert ids == [*HOSTILE[:3], "a\x01_xFFFF__x0041_", "", "bad"]
    sheet = _part(content, "xl/worksheets/sheet1.xml")
    assert sheet.findall(".//m:f", MAIN) == []
    assert sheet.findall(".//m:hyperlink", MAIN) == []


def test_levels_are_told_by_words_and_by_colours(content: bytes) -> None:
    sheet = _part(content, "xl/worksheets/sheet1.xml")
    for axis in ("sensitivity", "data_use"):
        column = _letters(ROW_COLUMNS.index(axis))
        fills = [_fill(content, sheet, f"{column}{row}") for row in (2, 3, 4)]
        assert fills == ["FFDCEBF7", "FFFBE7A1", "FFE9A27B"]
    benefit = _letters(ROW_COLUMNS.index("benefit"))
    assert _fill(content, sheet, f"{benefit}2") is None


def test_probabilities_show_two_decimals_and_keep_all(content: bytes) -> None:
    sheet, styles = _part(content, "xl/worksheets/sheet1.xml"), _part(content, "xl/styles.xml")
    cell = sheet.find(f".//m:c[@r='{_letters(ROW_COLUMNS.index('benefit_p_global'))}2']", MAIN)
    assert cell is not None
    look = styles.findall("m:cellXfs/m:xf", MAIN)[int(cell.get("s", "0"))]
    number_format = styles.find(f".//m:numFmt[@numFmtId='{look.get('numFmtId')}']", MAIN)
    assert number_format is not None
    assert number_format.get("formatCode") == "0.00"


def test_the_header_stays_and_filters(content: bytes) -> None:
    sheet = _part(content, "xl/worksheets/sheet1.xml")
    pane, filters = sheet.find(".//m:pane", MAIN), sheet.find("m:autoFilter", MAIN)
    assert pane is not None
    assert (pane.get("state"), pane.get("ySplit"), pane.get("xSplit")) == ("frozen", "1", "2")
    assert filters is not None
    assert filters.get("ref") == f"A1:{_letters(len(ROW_COLUMNS) - 1)}7"


def test_the_second_sheet_explains_the_first(
    sheets: dict[str, list[list[Any]]], answers: list[Answer]
) -> None:
    lines = [tuple(row) for row in sheets["About"]]
    assert any("triage signal for a person" in text for _, text in lines)
    assert [line for line in lines if line in ROW_MEANINGS.items()] == list(ROW_MEANINGS.items())
    assert answers[0].assessment is not None
    assert ("model", answers[0].assessment["provenance"]["model"]) in lines
    assert ("coverage", "0.9") in lines


def test_every_version_among_the_answers_is_named(answers: list[Answer]) -> None:
    other = {**(answers[1].assessment or {})}
    other["provenance"] = {**other["provenance"], "policy": "strict@2"}
    both = [answers[0], Answer(2, None, other)]
    written = b"".join(result_chunks(ResultFormat.XLSX, both))
    about = CalamineWorkbook.from_filelike(io.BytesIO(written)).get_sheet_by_name("About")
    assert ["policy", "default@1, strict@2"] in about.to_python()
