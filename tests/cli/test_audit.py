"""`safezone audit`, run as a process of its own."""

import json
from pathlib import Path

from cli_run import run
from safezone.cli.exit_codes import ExitCode

FIXTURES = Path(__file__).parents[1] / "fixtures"


def test_a_report_is_written_and_a_missed_goal_fails_behind_the_gate_only(
    debug: list[str], tmp_path: Path
) -> None:
    """A model of hashed words cannot meet the goals of direction."""
    data = ["--data", str(FIXTURES / "abstracts.jsonl"), "--limit", "8"]
    result = run("audit", *data, "--out", str(tmp_path), *debug)
    assert result.returncode == ExitCode.OK, result.stderr
    assert result.stderr == ""
    assert "goals met" in result.stdout
    assert "Missed" in result.stdout
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["texts"] == 8
    assert report["data"] == ["abstracts.jsonl"]
    assert [row["condition"] for row in report["same_answer"]] == [
        "alone", "shuffled", "threads_1", "threads_2",
    ]  # fmt: skip
    assert not report["met"]
    assert (tmp_path / "report.md").read_text().startswith("# Audit of debug+")
    gated = run("audit", *data, "--gate", "--json", *debug)
    assert gated.returncode == ExitCode.GOAL_MISSED
    assert json.loads(gated.stdout) == report


def test_without_data_the_audits_own_abstracts_are_used(debug: list[str]) -> None:
    result = run("audit", "--limit", "1", "--json", *debug)
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["texts"] == 1
    assert report["data"] == ["the audit's own abstracts"]


def test_data_without_a_labelled_record_is_refused(debug: list[str]) -> None:
    result = run("audit", "--data", str(FIXTURES / "out_of_scope.jsonl"), *debug)
    assert result.returncode == ExitCode.BAD_INPUT
    assert "no labelled record" in result.stderr
