"""CSV and its relatives, as programs and people write them."""

import pytest

from proposal_files import csv_text, read, told
from safezone.batch import ColumnChoice
from safezone.batch.text import LONGEST_RECORD
from safezone.errors import InvalidInputFile

TEXT = "We study ice, snow; and | how “both” melt."


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ends_are_found(delimiter: str, end: str) -> None:
    table = [["Proposal ID", "Title", "Abstract"], ["7", "Ice; snow", TEXT], ["8", "", TEXT]]
    content = csv_text(table, delimiter, end).encode()
    assert told(read(content)) == [("7", "Ice; snow", TEXT), ("8", "", TEXT)]


def test_texts_may_hold_line_breaks_and_quotation_marks() -> None:
    text = 'First line.\r\nThe "second", after\n\na gap.'
    content = csv_text([["id", "abstract"], ["1", text], ["2", TEXT]]).encode()
    assert told(read(content)) == [("1", "", text), ("2", "", TEXT)]


def test_a_single_column_is_not_cut_at_the_commas_of_its_sentences() -> None:
    content = f'Abstract\n{TEXT}\n"{TEXT}"\n'.encode()
    assert told(read(content)) == [(None, "", TEXT)] * 2


def test_empty_lines_are_left_out_and_not_counted() -> None:
    content = f"\n\nid,abstract\n\n1,{TEXT[:8]}\n,\n  ,\t\n2,x\n\n".encode()
    assert told(read(content)) == [("1", "", TEXT[:8]), ("2", "", "x")]


def test_columns_of_other_names_are_not_read() -> None:
    content = csv_text([["country", "abstract", "institution"], ["X", "a", "Y"]]).encode()
    assert told(read(content)) == [(None, "", "a")]


def test_lines_above_the_header_are_skipped() -> None:
    content = b"sep=;\nCall 2026;;\nSummary\n;;\nId;Title;Abstract\n1;t;a\n"
    assert told(read(content)) == [("1", "t", "a")]


def test_a_lone_word_below_the_first_line_is_no_header() -> None:
    with pytest.raises(InvalidInputFile, match="no header"):
        read(b"number,kind,text\n1,summary,a\n2,summary,b\n")


def test_a_header_is_looked_for_near_the_top_only() -> None:
    with pytest.raises(InvalidInputFile, match="no header"):
        read(b"x\n" * 20 + b"id,abstract\n1,a\n")
    assert len(read(b"x\n" * 19 + b"id,abstract\n1,a\n")) == 1


def test_named_columns_are_read() -> None:
    content = b"abstract,Text,Nr.\nnot this,this,5\n"
    choice = ColumnChoice(abstract="TEXT", id="nr")
    assert told(read(content, choice)) == [("5", "", "this")]
    with pytest.raises(InvalidInputFile, match="named for title and abstract"):
        read(content, ColumnChoice(abstract="text", title="absent"))


def test_short_rows_are_filled_and_long_rows_are_problems_of_their_own() -> None:
    content = b"id,abstract,title\n1,a\n2\n3,a,t,,\n4,a,t,more\n5,a,t\n"
    assert told(read(content)) == [
        ("1", "", "a"),
        "empty",
        ("3", "t", "a"),
        "too_many_cells",
        ("5", "t", "a"),
    ]


def test_a_bad_row_is_a_problem_and_the_others_are_read() -> None:
    rows = [["1", "\0"], ["2", "a" * 20_001], ["3", " "], ["4" * 201, "a"], ["5", "a"]]
    found = read(csv_text([["id", "abstract"], *rows]).encode())
    assert told(found) == ["nul_character", "too_long", "empty", "too_long", ("5", "", "a")]
    assert [row.id for row in found] == ["1", "2", "3", None, "5"]


def test_an_open_quotation_mark_is_named_with_its_row() -> None:
    swallowed = "word, " * 30_000
    with pytest.raises(InvalidInputFile, match=r"Row 3 .* quotation mark"):
        read(f'id,abstract\n1,a\n2,"{swallowed}\n'.encode())


def test_a_row_longer_than_memory_should_hold_ends_the_reading() -> None:
    with pytest.raises(InvalidInputFile, match=r"Row 2 .* longer than 1,000,000"):
        read(b"id,abstract\n" + b"x," * LONGEST_RECORD)
    quoted = b'"\n",' * (LONGEST_RECORD // 3)
    with pytest.raises(InvalidInputFile, match=r"Row 2 .* longer than 1,000,000"):
        read(b"id,abstract\n" + quoted)


def test_more_rows_than_allowed_are_refused_and_as_many_are_read() -> None:
    content = b"abstract\n" + b"a\n" * 3
    assert len(read(content, limit_rows=3)) == 3
    with pytest.raises(InvalidInputFile, match="more than 2 rows"):
        read(content, limit_rows=2)


@pytest.mark.parametrize("content", [b"", b" \n\n", b"\xef\xbb\xbf\n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInputFile, match="empty"):
        read(content)


def test_a_header_without_rows_is_refused() -> None:
    with pytest.raises(InvalidInputFile, match="no rows"):
        read(b"id,abstract\n,\n\n")


def test_a_file_without_abstracts_is_told_the_names_that_are_known() -> None:
    with pytest.raises(InvalidInputFile, match=r"'abstract', .*'project summary'"):
        read(b"id,name\n1,a\n")
