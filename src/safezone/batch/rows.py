"""What a file's row becomes: a proposal, or the problem that keeps it from being one."""

import math
from dataclasses import dataclass
from decimal import Decimal

from safezone.assessment.types import Proposal
from safezone.errors import InvalidProposal


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row cannot be assessed: `code` is a stable id, `detail` a sentence without its text."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file. `number` counts its rows from 1, without header and empty lines.

    Exactly one of `proposal` and `problem` is given. `id` is the row's own, None where it has none
    or one that cannot be given back.
    """

    number: int
    id: str | None
    proposal: Proposal | None = None
    problem: RowProblem | None = None


@dataclass(frozen=True, slots=True)
class Cells:
    """The three cells of a row that are read, of whatever type the format gave them."""

    id: object
    title: object
    abstract: object


def to_row(number: int, cells: Cells | RowProblem) -> Row:
    """The row of that number. Never raises: what is wrong with a row is its problem."""
    if isinstance(cells, RowProblem):
        return Row(number, None, problem=cells)
    row_id = None
    try:
        row_id = None if is_blank(cells.id) else cell_text(cells.id)
        proposal = Proposal(cell_text(cells.abstract), cell_text(cells.title), row_id)
    except InvalidProposal as error:
        return Row(number, _given_back(row_id), problem=RowProblem(error.code, str(error)))
    return Row(number, proposal.id, proposal)


def _given_back(row_id: str | None) -> str | None:
    try:
        return Proposal("-", id=row_id).id
    except InvalidProposal:
        return None


def is_blank(cell: object) -> bool:
    """Whether a cell holds nothing, or nothing but white space."""
    if isinstance(cell, str):
        return not cell or cell.isspace()
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def cell_text(cell: object) -> str:
    """A cell as text: 42.0 as '42', nothing as ''.

    Raises InvalidProposal for what is no single value, such as a list in JSON.
    """
    if isinstance(cell, str):
        return cell
    if is_blank(cell):
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, int | float | Decimal):
        return str(cell)
    raise InvalidProposal(
        "row", "not_text", "A cell of the row holds a list or an object. Send text."
    )
