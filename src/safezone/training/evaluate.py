"""Evaluation: predictions held against labels."""

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from safezone.corpus.records import Record
from safezone.model.heads import Doubles
from safezone.model.predictor import AxisPrediction
from safezone.taxonomy import Taxonomy
from safezone.training.metrics import AXIS_METRICS, area_hits, bootstrap, select
from safezone.training.pairs import evaluate_pairs

# A group with fewer rows is too small for measures of its own.
GROUP_ROWS = 40
_GROUP_MEASURES = ("quadratic_weighted_kappa", "expected_calibration_error", "coverage")


def true_levels(records: Sequence[Record]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Level numbers of the records that are labelled, shape (labelled records, axes)."""
    labelled = [record.levels for record in records if record.levels is not None]
    return np.array(labelled, dtype=np.int64)


def evaluate(
    records: Sequence[Record],
    axes: Mapping[str, AxisPrediction],
    areas: Doubles,
    taxonomy: Taxonomy,
    resamples: int = 1000,
) -> dict[str, Any]:
    """Every measure of every axis and of the areas, as plain data that JSON can hold.

    All records are labelled. Each measure is an object with `value`, `low` and `high`; the
    intervals are of `resamples` resamples with a fixed seed, so the same predictions give the same
    report.
    """
    levels = true_levels(records)
    report: dict[str, Any] = {"rows": len(records), "axes": {}, "areas": {}}
    with warnings.catch_warnings():
        # A resample may lack a level; the measures say what they do then.
        warnings.simplefilter("ignore")
        for column, axis in enumerate(taxonomy.axes):
            of_axis = axes[axis.id]
            report["axes"][axis.id] = {
                name: bootstrap(
                    lambda rows, metric=metric, column=column, of_axis=of_axis: metric(  # type: ignore[misc]
                        levels[rows, column], select(of_axis, rows)
                    ),
                    len(records),
                    resamples,
                )
                for name, metric in AXIS_METRICS.items()
            }
        true_areas = [record.areas for record in records]
        for top in (1, 3):
            hits = area_hits(true_areas, areas, top)
            report["areas"][f"top_{top}_accuracy"] = bootstrap(
                lambda rows, hits=hits: float(hits[rows].mean()),  # type: ignore[misc]
                len(records),
                resamples,
            )
        slugs = taxonomy.area_slugs
        for name, groups in (
            ("by_area", [slugs[record.areas[0]] for record in records]),
            ("by_source", [record.source for record in records]),
        ):
            report[name] = _by_group(groups, axes, levels, taxonomy)
        report["pairs"] = evaluate_pairs(records, axes, taxonomy, resamples)
    return report


def _by_group(
    groups: Sequence[str],
    axes: Mapping[str, AxisPrediction],
    levels: np.ndarray[Any, np.dtype[np.int64]],
    taxonomy: Taxonomy,
) -> dict[str, dict[str, Any]]:
    """By group, largest first: its `rows`, the share of their levels, over all axes, that are right
    (`levels_right`), and where it has enough rows some measures by axis.
    """
    named = np.stack([axes[axis.id].levels for axis in taxonomy.axes], axis=1)
    right = (named == levels).mean(axis=1)
    report: dict[str, dict[str, Any]] = {}
    for group, number in Counter(groups).most_common():
        rows = np.array([of_row == group for of_row in groups])
        report[group] = {"rows": number, "levels_right": round(float(right[rows].mean()), 4)}
        if number >= GROUP_ROWS:
            report[group]["axes"] = {
                axis.id: {
                    measure: round(
                        AXIS_METRICS[measure](
                            levels[rows, column], select(axes[axis.id], np.flatnonzero(rows))
                        ),
                        4,
                    )
                    for measure in _GROUP_MEASURES
                }
                for column, axis in enumerate(taxonomy.axes)
            }
    return report
