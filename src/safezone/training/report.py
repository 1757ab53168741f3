"""Evaluation reports as tables and pictures."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from safezone.corpus.records import Record
from safezone.model.predictor import AxisPrediction
from safezone.taxonomy import Taxonomy
from safezone.training.evaluate import true_levels
from safezone.training.metrics import selective_accuracy

METRIC_NAMES = {
    "quadratic_weighted_kappa": "quadratic-weighted kappa",
    "macro_f1": "macro-F1",
    "top_auroc": "AUROC, top level vs rest",
    "top_average_precision": "average precision, top level vs rest",
    "brier_score": "Brier score",
    "log_loss": "log loss",
    "expected_calibration_error": "expected calibration error",
    "accuracy_at_80": "accuracy of the surest 80%",
    "coverage": "prediction-set coverage",
    "mean_set_size": "mean prediction-set size",
    "abstention_rate": "answers with more than one level in the set",
}
_AREA_NAMES = {"top_1_accuracy": "primary area first", "top_3_accuracy": "primary area in top 3"}
_BINS = 10


def format_estimate(estimate: Mapping[str, float | None]) -> str:
    """A value with its interval, such as `0.84 [0.80, 0.88]`."""
    if estimate["value"] is None:
        return "n/a"
    if estimate["low"] is None:
        return f"{estimate['value']:.2f}"
    return f"{estimate['value']:.2f} [{estimate['low']:.2f}, {estimate['high']:.2f}]"


def table_rows(report: Mapping[str, Any], taxonomy: Taxonomy) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the table of an evaluation report."""
    header = ["measure", *(axis.name for axis in taxonomy.axes)]
    rows = [
        [name, *(format_estimate(report["axes"][axis.id][metric]) for axis in taxonomy.axes)]
        for metric, name in METRIC_NAMES.items()
    ]
    return header, rows


def area_lines(report: Mapping[str, Any]) -> list[str]:
    """One line an area measure."""
    return [
        f"{name}: {format_estimate(report['areas'][metric])}"
        for metric, name in _AREA_NAMES.items()
    ]


def markdown_table(report: Mapping[str, Any], taxonomy: Taxonomy) -> str:
    """The whole report as a Markdown table and lines."""
    header, rows = table_rows(report, taxonomy)
    lines = [header, ["---"] * len(header), *rows]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"{table}\n\nResearch areas: {'; '.join(area_lines(report))}. Rows: {report['rows']:,}."


def pair_lines(report: Mapping[str, Any], taxonomy: Taxonomy) -> list[str]:
    """One line an axis on which contrast pairs differ."""
    return [
        f"{axis.name}, {pairs['pairs']} contrast pairs: all levels right "
        f"{format_estimate(pairs['all_right'])}, order right "
        f"{format_estimate(pairs['order_right'])}"
        for axis in taxonomy.axes
        if (pairs := report["pairs"].get(axis.id))
    ]


def group_table(groups: Mapping[str, Any], taxonomy: Taxonomy) -> str:
    """A Markdown table of the groups that have measures: kappa / calibration error / coverage."""
    lines = [["", "records", *(axis.name for axis in taxonomy.axes)]]
    lines.append(["---"] * len(lines[0]))
    for name, facts in groups.items():
        if "axes" not in facts:
            continue
        cells = []
        for axis in taxonomy.axes:
            measured = facts["axes"][axis.id]
            cells.append(
                f"{measured['quadratic_weighted_kappa']:.2f} / "
                f"{measured['expected_calibration_error']:.2f} / {measured['coverage']:.0%}"
            )
        lines.append([name, f"{facts['rows']:,}", *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def weakest_areas(report: Mapping[str, Any], number: int = 6, least_rows: int = 20) -> list[str]:
    """The areas with the smallest share of right levels, among those with enough rows."""
    known = [
        (facts["levels_right"], slug, facts["rows"])
        for slug, facts in report["by_area"].items()
        if facts["rows"] >= least_rows
    ]
    return [f"`{slug}` {share:.0%} of {rows}" for share, slug, rows in sorted(known)[:number]]


def draw_learning_curve(points: Sequence[Mapping[str, Any]], taxonomy: Taxonomy) -> bytes:
    """A PNG: kappa against the number of records, a panel for each axis and kind of record
    measured on, a line for each kind that grows.
    """
    from matplotlib.figure import Figure

    measured = list(dict.fromkeys(name for point in points for name in point["kappa"]))
    figure = Figure(figsize=(3 * len(taxonomy.axes), 3 * len(measured)), layout="constrained")
    panels = figure.subplots(len(measured), len(taxonomy.axes), squeeze=False, sharey=True)
    for row, on in enumerate(measured):
        for axis, panel in zip(taxonomy.axes, panels[row], strict=True):
            for grows, marker in (("sample", "o"), ("supplement", "s")):
                line = [point for point in points if point["grows"] == grows]
                if line:
                    panel.plot(
                        [point["records"] for point in line],
                        [point["kappa"][on][axis.id] for point in line],
                        marker=marker,
                        label=f"more of the {grows}",
                    )
            panel.set(title=f"{axis.name}\non the {on}", xlabel="records of that kind")
            panel.grid(alpha=0.3)
        panels[row][0].set_ylabel("quadratic-weighted kappa")
    panels[0][0].legend(loc="lower right")
    picture = BytesIO()
    # Without the library's version in it, the same curve gives the same bytes.
    figure.savefig(picture, format="png", dpi=90, metadata={"Software": None})
    return picture.getvalue()


def draw_risk_coverage(
    path: Path,
    records: Sequence[Record],
    axes: Mapping[str, AxisPrediction],
    taxonomy: Taxonomy,
) -> None:
    """The risk-coverage curve: accuracy of the surest answers against their share. Writes a PNG."""
    from matplotlib.figure import Figure

    levels = true_levels(records)
    share = np.arange(1, len(levels) + 1) / len(levels)
    figure = Figure(figsize=(6, 4.5), layout="constrained")
    panel = figure.subplots()
    for number, axis in enumerate(taxonomy.axes):
        panel.plot(share, selective_accuracy(levels[:, number], axes[axis.id]), label=axis.name)
    panel.set(
        title=f"If only the surest were answered ({len(levels)} rows)",
        xlabel="share of texts answered",
        ylabel="share of these where the level is right",
        ylim=(0.6, 1.01),
    )
    panel.grid(alpha=0.3)
    panel.legend(loc="lower left")
    figure.savefig(path, dpi=110)


def draw_reliability(
    to: Path | BytesIO,
    records: Sequence[Record],
    axes: Mapping[str, AxisPrediction],
    taxonomy: Taxonomy,
) -> None:
    """Reliability diagrams, one panel an axis: confidence against accuracy in ten bins of equal
    mass, with the number of rows in the title. Writes a PNG to a path or a stream.
    """
    from matplotlib.figure import Figure

    levels = true_levels(records)
    figure = Figure(figsize=(9, 9), layout="constrained")
    panels = figure.subplots(2, 2)
    for number, (axis, panel) in enumerate(zip(taxonomy.axes, panels.flat, strict=True)):
        probabilities = axes[axis.id].probabilities
        confidence = probabilities.max(axis=1)
        correct = probabilities.argmax(axis=1) == levels[:, number]
        bins = np.array_split(np.argsort(confidence, kind="stable"), min(_BINS, len(levels)))
        x = [confidence[rows].mean() for rows in bins]
        y = [correct[rows].mean() for rows in bins]
        panel.plot([0, 1], [0, 1], color="grey", linestyle="--", label="perfect calibration")
        panel.plot(x, y, marker="o", color="tab:blue", label="this model")
        panel.set(
            title=f"{axis.name} ({len(levels)} rows)",
            xlabel="probability of the most probable level",
            ylabel="share of rows where it is right",
            xlim=(0.3, 1.02),
            ylim=(0, 1.02),
        )
        panel.legend(loc="lower right")
    # Without the library's version in it, the same predictions give the same bytes.
    figure.savefig(to, format="png", dpi=80, metadata={"Software": None})
