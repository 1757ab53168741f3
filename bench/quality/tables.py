"""The comparison as Markdown."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bench.quality.measure import OF_LEVELS, OF_PROBABILITIES, Report
from bench.quality.systems import System

from safezone.taxonomy import Axis, Taxonomy
from safezone.training.report import METRIC_NAMES, format_estimate

_NOT_MEASURED = "–"


def system_table(systems: Sequence[System]) -> str:
    """How each system was trained and how long that and answering took."""
    lines = ["| system | how | minutes |", "| --- | --- | --- |"]
    lines += [f"| {s.name} | {s.note} | {s.seconds / 60:.1f} |" for s in systems]
    return "\n".join(lines)


def measure_tables(reports: Mapping[str, Report], taxonomy: Taxonomy) -> list[str]:
    """A titled table for each measure: a line for each system, a column for each axis."""
    tables = [
        _table(METRIC_NAMES[name], reports, taxonomy, _measured(name))
        for name in (*OF_LEVELS, *OF_PROBABILITIES)
    ]
    behind = {name: report for name, report in reports.items() if report["behind"]}
    if behind:
        title = "kappa of safezone less that of the system, on the same resamples"
        tables.append(_table(title, behind, taxonomy, _behind))
    if any(report["pairs"] for report in reports.values()):
        for name, title in (("all_right", "all levels right"), ("order_right", "order right")):
            heading = f"contrast pairs with {title}"
            tables.append(_table(heading, reports, taxonomy, _paired(name)))
    return tables


def _table(
    title: str,
    reports: Mapping[str, Report],
    taxonomy: Taxonomy,
    cell: Callable[[Report, Axis], str],
) -> str:
    header = ["system", *(axis.name for axis in taxonomy.axes)]
    rows = [
        [name, *(cell(report, axis) for axis in taxonomy.axes)] for name, report in reports.items()
    ]
    lines = [header, ["---"] * len(header), *rows]
    return f"{title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _measured(name: str) -> Callable[[Report, Axis], str]:
    return lambda report, axis: _estimate(report["axes"][axis.id].get(name))


def _behind(report: Report, axis: Axis) -> str:
    return _estimate(report["behind"][axis.id])


def _paired(name: str) -> Callable[[Report, Axis], str]:
    def cell(report: Report, axis: Axis) -> str:
        pairs = report["pairs"].get(axis.id)
        return f"{format_estimate(pairs[name])} of {pairs['pairs']}" if pairs else _NOT_MEASURED

    return cell


def _estimate(estimate: Mapping[str, Any] | None) -> str:
    return format_estimate(estimate) if estimate else _NOT_MEASURED
