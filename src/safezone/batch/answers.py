"""What is written for each row of a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safezone.assessment.flat import FLAT_MEANINGS, FlatValue, flat, flat_problem

ROW_MEANINGS: Mapping[str, str] = {
    "row": "Number of the row in the file that was sent, without header and empty rows.",
    **FLAT_MEANINGS,
}
ROW_COLUMNS = tuple(ROW_MEANINGS)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer for the row of that number: an assessment as `to_dict` makes it, or a problem.

    Exactly one of `assessment` and `problem` is given; a problem has `code` and `detail`.
    """

    number: int
    id: str | None
    assessment: Mapping[str, Any] | None = None
    problem: Mapping[str, Any] | None = None


def flat_row(answer: Answer) -> dict[str, FlatValue]:
    """The values of ROW_COLUMNS, in their order."""
    if answer.assessment is not None:
        values = flat(answer.assessment)
    else:
        problem = answer.problem or {}
        values = flat_problem(answer.id, problem["code"], problem["detail"])
    return {"row": answer.number, **values}
