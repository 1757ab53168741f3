"""Jobs of a live server: files to send, waiting for their ends, and what came of them."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from proposal_files import csv_text
from waiting import until


def abstract(number: int) -> str:
    """A short research abstract unlike that of any other number."""
    return (
        f"We date ice core number {number} from a public archive by the thin ash layers that large "
        "eruptions left in it, compare single glass shards with published catalogues, and release "
        f"the chronology of {number * 7} layers, the analyses and the code."
    )


def csv_file(rows: int) -> bytes:
    """A file of that many proposals, their ids from 1."""
    cells = [["id", "abstract"], *([f"{n}", abstract(n)] for n in range(1, rows + 1))]
    return csv_text(cells).encode()


def send(client: httpx.Client, content: bytes, **order: Any) -> dict[str, Any]:
    """The job that a file has become; `order` as `send_file` takes it."""
    answer = send_file(client, content, **order)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    return job


def send_file(
    client: httpx.Client,
    content: bytes,
    headers: dict[str, str] | None = None,
    name: str = "round.csv",
    **fields: str,
) -> httpx.Response:
    return client.post("/v1/jobs", files={"file": (name, content)}, data=fields, headers=headers)


def job_of(client: httpx.Client, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] = client.get(f"/v1/jobs/{job_id}").raise_for_status().json()
    return job


def until_begun(client: httpx.Client, job_id: str) -> dict[str, Any]:
    """The job once some of its rows are answered, and not yet all."""
    job = _until(client, job_id, lambda job: job["done"] > 0)
    assert job["state"] == "running", "it was over too soon: send more rows"
    return job


def until_ended(client: httpx.Client, job_id: str) -> dict[str, Any]:
    return _until(client, job_id, lambda job: job["state"] in ("completed", "failed"))


def _until(
    client: httpx.Client, job_id: str, reached: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        job = job_of(client, job_id)
        return job if reached(job) else None

    job = until(look)
    assert job is not None
    return job


def rows_of(client: httpx.Client, job_id: str) -> list[dict[str, Any]]:
    """The results of a job as they are, row by row."""
    answer = client.get(f"/v1/jobs/{job_id}/results").raise_for_status()
    return [json.loads(line) for line in answer.text.splitlines()]


def assert_whole(rows: list[dict[str, Any]], number: int) -> None:
    """That each row of `csv_file(number)` is answered once, in order and by its own answer."""
    assert [row["row"] for row in rows] == list(range(1, number + 1))
    assert [row["id"] for row in rows] == [str(n) for n in range(1, number + 1)]
    for n, row in enumerate(rows, 1):
        assert row["problem"] is None
        assert row["assessment"]["id"] == row["id"]
        assert row["assessment"]["input"]["characters"] == len(abstract(n))
