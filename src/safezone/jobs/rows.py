"""Rows of a file, and their answers, as the JSON that a job's rows hold."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from safezone.assessment import Proposal
from safezone.batch.rows import Row, RowProblem
from safezone.store.job_types import Answer, JobRow


def job_row(row: Row) -> JobRow:
    """The row of a file as one of a job; one with a problem comes with its answer."""
    if row.proposal is not None:
        proposal = json.dumps(asdict(row.proposal), ensure_ascii=False)
        return JobRow(row.number, proposal=proposal)
    return JobRow(row.number, answer=_answer(row.id, problem=row.problem))


def proposal_of(row: JobRow) -> Proposal:
    """The proposal of a row that has no answer yet."""
    return Proposal(**json.loads(row.proposal or "{}"))


def assessment_answer(
    number: int, proposal_id: str | None, assessment: Mapping[str, Any]
) -> Answer:
    """Raises ValueError where the assessment holds a number that JSON has no way to write."""
    return Answer(number, _answer(proposal_id, assessment=assessment))


def problem_answer(number: int, proposal_id: str | None, problem: RowProblem) -> Answer:
    return Answer(number, _answer(proposal_id, problem=problem), bad=True)


def _answer(
    proposal_id: str | None,
    *,
    assessment: Mapping[str, Any] | None = None,
    problem: RowProblem | None = None,
) -> str:
    content = {
        "id": proposal_id,
        "assessment": assessment,
        "problem": None if problem is None else asdict(problem),
    }
    return json.dumps(content, allow_nan=False)
