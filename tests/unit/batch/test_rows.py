"""What a row's cells become."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.assessment import Proposal
from safezone.batch.rows import Cells, Row, RowProblem, to_row
from safezone.errors import InvalidProposal


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (42.0, "42"),
        (42, "42"),
        (-1.5, "-1.5"),
        (Decimal("7.10"), "7.10"),
        (True, "true"),
        (" a ", " a "),
        ("", None),
        ("  \t", None),
        (None, None),
        (float("nan"), None),
        (float("inf"), "inf"),
    ],
)
def test_an_id_is_text_or_nothing(cell: object, expected: str | None) -> None:
    assert to_row(3, Cells(cell, None, "a")) == Row(3, expected, Proposal("a", id=expected))


def test_a_missing_title_is_an_empty_one() -> None:
    assert to_row(1, Cells(None, None, "a")).proposal == Proposal("a")


@pytest.mark.parametrize("cell", [["a"], {"a": 1}, b"a", datetime.date(2026, 1, 1), object()])
@pytest.mark.parametrize("place", ["id", "title", "abstract"])
def test_what_is_no_single_value_is_a_problem(cell: object, place: str) -> None:
    row = to_row(1, Cells(**{"id": "7", "title": "t", "abstract": "a", place: cell}))
    assert row.problem is not None
    assert row.problem.code == "not_text"
    assert row.id == (None if place == "id" else "7")


def test_a_problem_stays_the_problem_of_its_row() -> None:
    assert to_row(5, RowProblem("code", "detail")) == Row(
        5, None, problem=RowProblem("code", "detail")
    )


_CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.none())
)


@given(_CELLS, _CELLS, _CELLS)
def test_any_cells_are_a_proposal_or_a_problem(a: object, b: object, c: object) -> None:
    row = to_row(1, Cells(a, b, c))
    assert (row.proposal is None) != (row.problem is None)
    if row.id is not None:
        assert Proposal("a", id=row.id).id == row.id


@given(st.text(), st.text(), st.text())
def test_problems_are_those_of_a_proposal(row_id: str, title: str, abstract: str) -> None:
    row = to_row(1, Cells(row_id, title, abstract))
    kept_id = row_id if row_id.strip() else None
    if row.proposal:
        assert row.proposal == Proposal(abstract, title, kept_id)
    elif row.problem:
        with pytest.raises(InvalidProposal) as caught:
            Proposal(abstract, title, kept_id)
        assert row.problem == RowProblem(caught.value.code, str(caught.value))
