"""Several processes that count into one directory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from safezone.telemetry.exposition import exposed
from safezone.telemetry.multiprocess import VARIABLE, prepare_multiprocess

# A worker counts, says that it has, and lives until its input ends.
WORKER = """
import sys
from pathlib import Path
from safezone.telemetry.multiprocess import prepare_multiprocess
if sys.argv[1] == "first":
    prepare_multiprocess(Path(sys.argv[2]))
from safezone.telemetry import metrics
metrics.serve_model(version="1", model="m+1", taxonomy="1")
metrics.count_request(method="GET", route="/livez", status=200, seconds=0.3, problem=None)
metrics.inference_queue_depth.set(2)
metrics.set_jobs({"queued": 5})
print("counted", flush=True)
sys.stdin.read()
"""


def start(directory: Path, which: str) -> subprocess.Popen[str]:
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, which, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, VARIABLE: str(directory)},
    )
    assert worker.stdout is not None
    assert worker.stdout.readline() == "counted\n"
    return worker


def end(worker: subprocess.Popen[str]) -> None:
    worker.communicate()


def test_what_two_processes_count_is_added_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "counts"
    first = start(directory, "first")
    second = start(directory, "second")
    monkeypatch.setenv(VARIABLE, str(directory))
    seen = exposed()
    requests = {"method": "GET", "route": "/livez", "status": "200"}
    build = {"version": "1", "model": "m+1", "taxonomy": "1"}
    assert seen.get_sample_value("safezone_requests_total", requests) == 2
    assert seen.get_sample_value("safezone_request_seconds_count", {"route": "/livez"}) == 2
    assert seen.get_sample_value("safezone_inference_queue_depth") == 4
    assert seen.get_sample_value("safezone_jobs", {"state": "queued"}) == 5
    assert seen.get_sample_value("safezone_build_info", build) == 1

    end(first)
    assert seen.get_sample_value("safezone_requests_total", requests) == 2
    assert seen.get_sample_value("safezone_inference_queue_depth") == 2
    end(second)
    assert seen.get_sample_value("safezone_inference_queue_depth") is None


def test_an_earlier_runs_counts_are_cleared_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    end(start(tmp_path, "second"))
    assert list(tmp_path.glob("*.db"))
    end(start(tmp_path, "first"))
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    requests = {"method": "GET", "route": "/livez", "status": "200"}
    assert exposed().get_sample_value("safezone_requests_total", requests) == 1


def test_it_is_too_late_once_something_counts(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="before anything that counts"):
        prepare_multiprocess(tmp_path)
