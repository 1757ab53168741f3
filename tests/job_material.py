"""What the tests of jobs share: a clock to set, rows with a text to look for, and an assessor that
needs no model.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from safezone.assessment import Proposal
from safezone.batch.rows import Row, RowProblem
from safezone.jobs.reading import JobOptions
from safezone.jobs.rows import job_row
from safezone.store.job_types import Job, JobRow
from safezone.store.jobs import JobStore

# Stands in every text, and must be nowhere when a job has ended.
SECRET = "zirconium-marmalade"
DAY = timedelta(days=1)
LEASE = timedelta(seconds=60)


class FakeClock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def jump(self, by: timedelta) -> None:
        self.now += by


def rows(number: int, bad: Sequence[int] = ()) -> Iterator[JobRow]:
    """Rows from 1; those in `bad` came with a problem."""
    for row in range(1, number + 1):
        if row in bad:
            yield job_row(Row(row, f"id-{row}", problem=RowProblem("empty", "It is empty.")))
        else:
            proposal = Proposal(f"A study of {SECRET} number {row}.", id=f"id-{row}")
            yield job_row(Row(row, proposal.id, proposal))


def submit(store: JobStore, number: int = 3, **order: Any) -> Job:
    """A job of `number` rows with everything that was not said as is usual."""
    usual: dict[str, Any] = {"owner": "key-a", "retention": DAY, "max_rows": 5_000}
    bad = order.pop("bad", ())
    return store.submit(rows(number, bad), **(usual | order))


def assess(proposals: Sequence[Proposal], options: JobOptions) -> list[dict[str, Any]]:
    """An answer that tells which proposal it is of, and how it was to be assessed."""
    return [
        {"id": proposal.id, "policy": options.policy, "include": list(options.include)}
        for proposal in proposals
    ]


def files_with(text: str, folder: Path) -> list[str]:
    """The files under a folder that hold the text."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if text.encode() in path.read_bytes()]
