"""Which columns are read: by well-known names, by given names, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.batch.columns import WELL_KNOWN_NAMES, Column, ColumnChoice, choose_columns
from safezone.errors import InvalidInputFile

NOTHING_NAMED = ColumnChoice()


def _indices(header: list[object], choice: ColumnChoice = NOTHING_NAMED) -> tuple[int | None, ...]:
    columns = choose_columns(header, choice)
    assert columns is not None
    return tuple(
        column.index if column else None for column in (columns.id, columns.title, columns.abstract)
    )


@pytest.mark.parametrize(
    "header",
    [
        ["id", "title", "abstract"],
        ["\ufeffProposal ID", "Project Title", "PROJECT SUMMARY"],
        ["AwardNumber", "AwardTitle", "AbstractNarration"],
        ["application_id", "project_title", "abstract_text"],
        [" Award-No ", "title", "Abstract:"],
        ["Grant Reference", "Title ", "Public  Abstract"],
        ["\uff29\uff24", "Title", "Description"],
    ],
)
def test_names_are_known_whatever_their_case_and_punctuation(header: list[object]) -> None:
    expected = (None if header[0] == " Award-No " else 0, 1, 2)
    assert _indices(header) == expected


def test_of_two_columns_the_better_name_is_taken_and_then_the_first() -> None:
    assert _indices(["Summary", "Description", "Abstract", "abstract"]) == (None, None, 2)
    assert _indices(["Reference", "Award Number", "abstract"]) == (1, None, 2)


def test_what_was_found_is_named_in_our_words_not_in_the_file_s() -> None:
    columns = choose_columns(["Project_SUMMARY"], NOTHING_NAMED)
    assert columns is not None
    assert columns.abstract == Column(0, "project summary")


def test_a_named_column_is_taken_before_any_other() -> None:
    header: list[object] = ["id", "abstract", "Text of the Proposal", "Rubrik"]
    choice = ColumnChoice(abstract="text_of_the_proposal", title="RUBRIK")
    assert _indices(header, choice) == (0, 3, 2)


def test_a_column_named_for_one_field_is_not_guessed_for_another() -> None:
    assert _indices(["title", "abstract"], ColumnChoice(id="title")) == (0, None, 1)
    assert choose_columns(["abstract"], ColumnChoice(title="abstract")) is None


def test_a_name_that_is_not_there_finds_no_columns() -> None:
    assert choose_columns(["id", "title", "abstract"], ColumnChoice(title="name")) is None


def test_an_empty_name_is_none() -> None:
    assert _indices(["id", "abstract"], ColumnChoice(id="", title="")) == (0, None, 1)


def test_one_column_cannot_be_two_fields() -> None:
    with pytest.raises(InvalidInputFile, match="named twice"):
        ColumnChoice(title="Text", abstract=" text")


def test_a_header_without_abstract_is_none() -> None:
    assert choose_columns(["id", "title", "institution", None, 7], NOTHING_NAMED) is None
    assert choose_columns([], NOTHING_NAMED) is None


def test_no_name_is_known_for_two_fields() -> None:
    names = [name for names in WELL_KNOWN_NAMES.values() for name in names]
    plain = [name.replace(" ", "") for name in names]
    assert len(set(plain)) == len(plain)


@given(
    st.lists(st.text(max_size=20), max_size=6),
    st.sampled_from(WELL_KNOWN_NAMES["abstract"]),
    st.integers(0, 6),
)
def test_an_abstract_is_found_among_any_other_columns(
    others: list[str], name: str, place: int
) -> None:
    columns = choose_columns([*others[:place], name, *others[place:]], NOTHING_NAMED)
    assert columns is not None
