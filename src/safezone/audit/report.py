"""The audit's report in Markdown, from the plain data of `run_audit`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Report = Mapping[str, Any]
Row = Sequence[str]

PARTS = {
    "invariance": "Invariance: what must change nothing",
    "direction": "Direction: what must move an answer",
    "attacks": "Attacks: what must not make a text look harmless",
    "same_answer": "The same text, the same answer",
    "faithfulness": "Faithfulness of evidence",
}


def markdown(report: Report) -> str:
    """The whole report. Shares are in per cent, changes of log-odds are marked as such."""
    lines = [
        f"# Audit of {report['model']}",
        "",
        f"{report['texts']:,} texts, {report['readings']:,} readings, seed {report['seed']}; "
        f"{verdict(report)}.",
        "",
        f"Texts: {', '.join(report.get('data', ['given by the caller']))}. "
        f"Sampling: {', '.join(f'{name} {most}' for name, most in report['sampling'].items())}.",
        "",
        "## Goals",
        "",
        *table(("part", "goals", "met", "missed", "not measured"), goal_rows(report)),
    ]
    if missed := list(missed_rows(report)):
        lines += ["", "Missed:", "", *table(("part", "number", "value", "goal"), missed)]
    for part, rows in _PARTS_ROWS.items():
        lines += ["", f"## {PARTS[part]}", "", *rows(report)]
    return "\n".join(lines) + "\n"


def verdict(report: Report) -> str:
    """How many goals are met, in words."""
    counts = [goal["met"] for goal in report["goals"]]
    unmeasured = counts.count(None)
    words = f"{counts.count(True)} of {len(counts) - unmeasured} goals met"
    return f"{words}, {unmeasured} not measured" if unmeasured else words


def goal_rows(report: Report) -> Iterator[Row]:
    """One row a part: goals, met, missed, not measured."""
    for part in PARTS:
        met = [goal["met"] for goal in report["goals"] if goal["part"] == part]
        counts = (len(met), met.count(True), met.count(False), met.count(None))
        yield (part, *map(str, counts))


def missed_rows(report: Report) -> Iterator[Row]:
    """One row a goal that is missed."""
    for goal in report["goals"]:
        if goal["met"] is False:
            sign = "≥" if goal["at_least"] else "≤"
            yield goal["part"], goal["name"], _number(goal["value"]), f"{sign} {goal['bound']:g}"


def table(header: Row, rows: Iterable[Row]) -> Iterator[str]:
    """The lines of a Markdown table."""
    yield f"| {' | '.join(header)} |"
    yield f"| {' | '.join('---' for _ in header)} |"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}%"


def _invariance(report: Report) -> Iterator[str]:
    header = ("rewriting", "texts", "variants", "read otherwise", "largest change of a probability",
              "level flips", "texts with a flip")  # fmt: skip
    yield from table(
        header,
        (
            (
                row["rewriting"],
                str(row["texts"]),
                str(row["variants"]),
                str(row["variants_read_otherwise"]),
                _number(row["largest_change"]),
                str(row["level_flips"]),
                _share(row["texts_with_a_flip"]),
            )
            for row in report["invariance"]
        ),
    )


def _direction(report: Report) -> Iterator[str]:
    result = report["direction"]
    yield f"A rise or fall counts from {result['epsilon']:g} in log-odds on."
    yield ""
    yield from table(
        ("axis", "effect", "probes", "cases", "held"),
        (
            (row["axis"], row["effect"] or "all", str(row["probes"]), str(row["texts"]),
             _share(row["rate"]))
            for row in (*result["by_axis"], *result["by_effect"])
        ),
    )  # fmt: skip
    yield ""
    yield from table(
        ("probe", "axis", "expected", "cases", "held"),
        (
            (row["probe"], row["axis"], row["expected"], str(row["texts"]), _share(row["rate"]))
            for row in result["probes"]
        ),
    )


def _attacks(report: Report) -> Iterator[str]:
    yield "Texts answered with the top level of an axis; the change is of its log-odds."
    yield ""
    yield from table(
        ("attack", "axis", "texts", "fell to the lowest", "fell at all", "mean change"),
        (
            (
                row["attack"],
                row["axis"],
                str(row["texts"]),
                f"{row['fell_to_lowest']} ({_share(row['success'])})",
                str(row["fell"]),
                _number(row["mean_change"]),
            )
            for row in report["attacks"]
        ),
    )


def _same_answer(report: Report) -> Iterator[str]:
    yield from table(
        ("against one batch", "texts", "largest change of a probability", "level changes",
         "route changes"),
        (
            (
                row["condition"],
                str(row["texts"]),
                f"{row['largest_change']:.2g}",
                str(row["level_changes"]),
                str(row["route_changes"]),
            )
            for row in report["same_answer"]
        ),
    )  # fmt: skip


def _faithfulness(report: Report) -> Iterator[str]:
    result = report["faithfulness"]
    yield (
        "Baseline and contributions sum to the log-odds within "
        f"{result['largest_gap']:.2g} in {result['texts']} texts."
    )
    yield ""
    yield from table(
        ("telling by", "axis", "confident cases", "telling sentence hurts more",
         "mean fall without it", "without another"),
        (
            (
                row["by"],
                row["axis"],
                str(row["cases"]),
                _share(row["rate"]),
                _number(row["mean_fall_telling"]),
                _number(row["mean_fall_random"]),
            )
            for row in result["axes"]
        ),
    )  # fmt: skip


_PARTS_ROWS = {
    "invariance": _invariance,
    "direction": _direction,
    "attacks": _attacks,
    "same_answer": _same_answer,
    "faithfulness": _faithfulness,
}
