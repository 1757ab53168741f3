"""JSON Lines and CSV of answers."""

import csv
import io
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.assessment import Assessor, Proposal
from safezone.assessment.flat import FLAT_COLUMNS
from safezone.assessment.serialise import to_dict
from safezone.batch import Answer, ResultFormat, result_chunks, write_results
from sample_texts import ENGLISH

PROBLEM = {"code": "empty", "detail": "The abstract is empty."}


@pytest.fixture(scope="module")
def answers(debug_assessor: Assessor) -> list[Answer]:
    proposals = [Proposal(ENGLISH, id="=1+1"), Proposal("Too short.", id="“é”")]
    found = debug_assessor.assess(proposals)
    return [
        *[Answer(number, one.id, to_dict(one)) for number, one in enumerate(found, 1)],
        Answer(3, None, problem=PROBLEM),
    ]


def _written(result_format: ResultFormat, answers: list[Answer]) -> bytes:
    out = io.BytesIO()
    write_results(result_format, answers, out)
    return out.getvalue()


def _csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_json_lines_hold_the_answers_as_they_are(answers: list[Answer]) -> None:
    lines = _written(ResultFormat.JSON_LINES, answers).decode().split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == [
        {"row": 1, "id": "=1+1", "assessment": answers[0].assessment, "problem": None},
        {"row": 2, "id": "“é”", "assessment": answers[1].assessment, "problem": None},
        {"row": 3, "id": None, "assessment": None, "problem": PROBLEM},
    ]


def test_csv_has_a_column_for_everything(answers: list[Answer]) -> None:
    content = _written(ResultFormat.CSV, answers)
    rows = _csv_rows(content)
    assert tuple(rows[0]) == ("row", *FLAT_COLUMNS)
    assert [(row["row"], row["id"]) for row in rows] == [("1", "'=1+1"), ("2", "“é”"), ("3", "")]
    assert answers[0].assessment is not None
    assert rows[0]["sensitivity"] == answers[0].assessment["sensitivity"]["level"]
    assert [row["abstained"] for row in rows] == ["false", "true", ""]
    assert rows[2]["problem_detail"] == PROBLEM["detail"]


def test_csv_is_made_for_excel(answers: list[Answer]) -> None:
    content = _written(ResultFormat.CSV, answers)
    assert content.startswith(b"\xef\xbb\xbfrow,id,")
    assert content.count(b"\r\n") == 4
    assert content.count(b"\n") == 4


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_no_cell_of_a_csv_file_begins_a_formula(row_id: str) -> None:
    answer = Answer(1, row_id, problem=PROBLEM)
    [row] = _csv_rows(_written(ResultFormat.CSV, [answer]))
    assert row["id"][0] not in "=+-@\t\r\n＝＋－＠"
    assert row["id"].removeprefix("'") == row_id.removeprefix("'")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_each_beginning_of_a_formula_gets_an_apostrophe(start: str) -> None:
    answer = Answer(1, f"{start}cmd|' /C calc'!A0", problem=PROBLEM)
    [row] = _csv_rows(_written(ResultFormat.CSV, [answer]))
    assert row["id"] == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize("result_format", [ResultFormat.JSON_LINES, ResultFormat.CSV])
def test_text_formats_are_written_as_answers_come(
    result_format: ResultFormat, answers: list[Answer]
) -> None:
    asked: list[int] = []

    def coming() -> Iterator[Answer]:
        for answer in answers:
            asked.append(answer.number)
            yield answer

    chunks = result_chunks(result_format, coming())
    head = [next(chunks) for _ in range(2)]
    assert b'"row": 1' in head[0] or head[0].startswith(b"\xef\xbb\xbfrow")
    assert len(asked) <= 2


@pytest.mark.parametrize("result_format", ResultFormat)
def test_chunks_are_the_file(result_format: ResultFormat, answers: list[Answer]) -> None:
    content = b"".join(result_chunks(result_format, iter(answers)))
    if result_format is not ResultFormat.XLSX:  # which holds the time it was made
        assert content == _written(result_format, answers)
    assert content


@pytest.mark.parametrize("result_format", ResultFormat)
def test_no_answers_are_a_valid_file(result_format: ResultFormat) -> None:
    content = _written(result_format, [])
    assert content or result_format is ResultFormat.JSON_LINES
