"""The whole audit of a real model, its goals, and its report."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from safezone.assessment import Assessor
from safezone.audit.attacks import AttackResult
from safezone.audit.carriers import REWRITINGS
from safezone.audit.direction import DirectionResult, DirectionSummary
from safezone.audit.faithfulness import AxisFaithfulness, FaithfulnessResult
from safezone.audit.goals import (
    Goal,
    attack_goals,
    direction_goals,
    faithfulness_goals,
    invariance_goals,
    same_answer_goals,
)
from safezone.audit.invariance import InvarianceResult
from safezone.audit.report import PARTS, markdown, missed_rows, verdict
from safezone.audit.same_answer import SameAnswerResult
from safezone.audit.suite import Sampling, run_audit
from safezone.audit.tricks import TRICKS
from safezone.corpus.records import Record

SAMPLING = Sampling(
    draws=1,
    texts_per_rewriting=2,
    texts_per_probe=1,
    texts_per_attack=2,
    texts_per_batch=3,
    cases_per_axis=2,
)


@pytest.fixture(scope="module")
def records(fixture_records: list[Record], out_of_scope_records: list[Record]) -> list[Record]:
    return [*fixture_records[::16], *out_of_scope_records[:2]]


@pytest.fixture(scope="module")
def report(debug_assessor: Assessor, records: list[Record]) -> dict[str, Any]:
    return run_audit(debug_assessor, records, SAMPLING, seed=1)


def test_a_report_is_the_same_when_written_and_read(report: dict[str, Any]) -> None:
    assert json.loads(json.dumps(report)) == report


def test_the_same_audit_gives_the_same_report(
    debug_assessor: Assessor, records: list[Record], report: dict[str, Any]
) -> None:
    assert run_audit(debug_assessor, records, SAMPLING, seed=1) == report


def test_a_report_says_what_was_measured_and_how(
    debug_assessor: Assessor, report: dict[str, Any]
) -> None:
    assert report["model"] == debug_assessor.provenance.model
    assert report["sampling"] == asdict(SAMPLING)
    assert report["texts"] == 6  # the two that are no research abstracts are left out
    assert report["readings"] > report["texts"]
    assert [row["rewriting"] for row in report["invariance"]] == list(REWRITINGS)
    assert {row["attack"] for row in report["attacks"]} == set(TRICKS)
    for of_axis in report["answered"].values():
        assert sum(of_axis.values()) == 6
    assert {goal["part"] for goal in report["goals"]} == set(PARTS)


def test_what_must_hold_for_every_model_behind_the_neutraliser_holds(
    report: dict[str, Any],
) -> None:
    for row in report["invariance"]:
        if row["rewriting"] in ("countries", "countries_named"):
            assert (row["largest_change"], row["level_flips"]) == (0, 0), row
    assert report["faithfulness"]["largest_gap"] < 1e-6
    for row in report["same_answer"]:
        assert row["largest_change"] < 1e-3
        assert row["level_changes"] == row["route_changes"] == 0


def test_the_report_holds_no_words_of_the_records(
    report: dict[str, Any], records: list[Record]
) -> None:
    written = json.dumps(report) + markdown(report)
    for words in [*(record.title for record in records), *(r.abstract[:40] for r in records)]:
        assert not words or words not in written


def test_markdown_has_every_part_and_every_missed_goal(report: dict[str, Any]) -> None:
    text = markdown(report)
    for heading in PARTS.values():
        assert f"## {heading}\n" in text
    for goal in report["goals"]:
        if goal["met"] is False:
            assert f"| {goal['name']} |" in text
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.endswith("|")


def test_a_report_is_met_when_no_goal_is_missed(report: dict[str, Any]) -> None:
    assert report["met"] is all(goal["met"] is not False for goal in report["goals"])
    changed = {**report, "goals": [{**report["goals"][0], "met": None}, report["goals"][1]]}
    assert verdict(changed).endswith("goals met, 1 not measured")


def test_no_records_are_audited_without_a_number(debug_assessor: Assessor) -> None:
    report = run_audit(debug_assessor, [], SAMPLING)
    assert {goal["met"] for goal in report["goals"]} == {None}
    assert report["met"]
    assert not list(missed_rows(report))
    assert "0 texts" in markdown(report)


def met(goals: list[Goal]) -> list[bool | None]:
    return [goal.met for goal in goals]


def test_one_flip_misses_the_goal_of_invariance() -> None:
    results = [InvarianceResult("x", texts, 9, 9, 0.4, flips, 0.1) for texts, flips in
               ((9, 0), (9, 1), (0, 0))]  # fmt: skip
    assert met(list(invariance_goals(results))) == [True, False, None]


def test_nine_probes_of_ten_meet_the_goal_of_direction() -> None:
    summaries = tuple(DirectionSummary("x", None, 1, 9, 9, rate) for rate in (0.9, 0.89, None))
    assert met(list(direction_goals(DirectionResult(0.1, summaries, (), ())))) == [
        True, False, None,
    ]  # fmt: skip


def test_two_falls_of_a_hundred_meet_the_goal_of_attacks() -> None:
    results = [AttackResult("x", "y", 100, 2, 9, rate, -1.0) for rate in (0.02, 0.03, None)]
    assert met(list(attack_goals(results))) == [True, False, None]


def test_one_change_or_a_thousandth_misses_the_goal_of_the_same_answer() -> None:
    results = [SameAnswerResult("x", 9, 0.001, 0, 0), SameAnswerResult("x", 9, 0.0011, 0, 1)]
    assert met(list(same_answer_goals(results))) == [True, True, False, False]


def test_nine_cases_of_ten_meet_the_goal_of_faithfulness() -> None:
    axes = tuple(AxisFaithfulness("alone", "x", 9, 9, rate, 1.0, 0.0) for rate in (0.9, 0.89, None))
    assert met(list(faithfulness_goals(FaithfulnessResult(9, 1e-6, axes)))) == [
        True, True, False, None,
    ]  # fmt: skip
    assert met(list(faithfulness_goals(FaithfulnessResult(9, 2e-6, ())))) == [False]
