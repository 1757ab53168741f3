"""From the rows of a job to their answers, whatever happens on the way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safezone.assessment import Proposal
from safezone.batch.rows import RowProblem
from safezone.errors import InvalidProposal, SafezoneError
from safezone.jobs.rows import assessment_answer, problem_answer, proposal_of
from safezone.store.job_types import Answer, Job, JobRow
from safezone.telemetry.logs import get_logger

# So many rows one after another do not all have something wrong with themselves.
MOST_FAILURES_IN_A_ROW = 5

_INTERNAL = RowProblem(
    "internal",
    "The row could not be assessed. Send it again; if it happens again, tell the operator the id "
    "of the job and the number of the row.",
)

_log = get_logger("safezone.jobs")


class NotNow(SafezoneError):
    """Raised by `assess` where nothing can be read at this moment: the job waits in the queue."""


class JobCannotGoOn(SafezoneError):
    """No row of the job can be answered. `code` is a stable id: `unknown_policy`, `internal`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The job has failed: {code}.")
        self.code = code


@dataclass(frozen=True, slots=True)
class JobOptions:
    """How the proposals of a job are to be assessed."""

    policy: str | None
    include: tuple[str, ...]


# An assessment as plain data for each proposal, in their order. May raise NotNow, and
# InvalidProposal for a policy that is not there.
Assess = Callable[[Sequence[Proposal], JobOptions], Sequence[Mapping[str, Any]]]


class Reader:
    """Answers the rows of one job."""

    def __init__(self, assess: Assess, job: Job) -> None:
        self._assess = assess
        self._options = JobOptions(job.policy, job.include)
        self._job_id = job.id
        self._failures_in_a_row = 0

    def read(self, rows: Sequence[JobRow]) -> list[Answer]:
        """An answer for each row. Raises NotNow and JobCannotGoOn.

        What fails together is tried again one by one, so that no row spoils another's answer.
        """
        try:
            return self._together(rows)
        except NotNow:
            raise
        except Exception as error:
            _check_policy(error)
        return [self._alone(row) for row in rows]

    def _alone(self, row: JobRow) -> Answer:
        try:
            [answer] = self._together([row])
            return answer
        except NotNow:
            raise
        except InvalidProposal as error:
            _check_policy(error)
            return _problem(row, RowProblem(error.code, str(error)))
        except Exception:
            _log.warning("unforeseen", job=self._job_id, exc_info=True)
            self._failures_in_a_row += 1
            if self._failures_in_a_row >= MOST_FAILURES_IN_A_ROW:
                raise JobCannotGoOn("internal") from None
            return _problem(row, _INTERNAL)

    def _together(self, rows: Sequence[JobRow]) -> list[Answer]:
        proposals = [proposal_of(row) for row in rows]
        assessments = self._assess(proposals, self._options)
        answers = [
            assessment_answer(row.number, proposal.id, assessment)
            for row, proposal, assessment in zip(rows, proposals, assessments, strict=True)
        ]
        self._failures_in_a_row = 0
        return answers


def _check_policy(error: Exception) -> None:
    """The policies may be others than when the job was sent. Raises JobCannotGoOn."""
    if isinstance(error, InvalidProposal) and error.field == "policy":
        raise JobCannotGoOn("unknown_policy") from None


def _problem(row: JobRow, problem: RowProblem) -> Answer:
    return problem_answer(row.number, proposal_of(row).id, problem)
