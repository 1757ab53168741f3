"""The evaluation report: every measure of every axis, as plain data."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from safezone.corpus.records import Record
from safezone.model.heads import Doubles
from safezone.model.predictor import AxisPrediction
from safezone.taxonomy import Taxonomy
from safezone.training.evaluate import evaluate, true_levels
from safezone.training.metrics import AXIS_METRICS, select

# 24 rows in which every axis has every level, each axis in an order of its own.
RECORDS = [
    Record(f"{n}", "made", "T", "A", (n % 3, n // 2 % 3, n // 3 % 3, n // 8), (n % 4, 5))
    for n in range(24)
]


def perfect_axes(taxonomy: Taxonomy) -> dict[str, AxisPrediction]:
    levels = true_levels(RECORDS)
    return {
        axis.id: AxisPrediction(
            np.eye(3)[levels[:, number]], levels[:, number], np.eye(3)[levels[:, number]] > 0
        )
        for number, axis in enumerate(taxonomy.axes)
    }


def perfect_areas(taxonomy: Taxonomy) -> Doubles:
    probabilities = np.zeros((len(RECORDS), len(taxonomy.areas)))
    for row, record in enumerate(RECORDS):
        probabilities[row, record.areas[0]] = 0.9
    return probabilities


@pytest.fixture(scope="module")
def report(taxonomy: Taxonomy) -> dict[str, Any]:
    return evaluate(RECORDS, perfect_axes(taxonomy), perfect_areas(taxonomy), taxonomy, 10)


def test_true_levels_are_those_of_labelled_records_in_order() -> None:
    other = Record("x", "made", "T", "A", None, ())
    levels = true_levels([RECORDS[5], other, RECORDS[23]])
    assert levels.tolist() == [[2, 2, 1, 0], [2, 2, 1, 2]]
    assert levels.dtype == np.int64


def test_every_measure_of_every_axis_is_reported(
    report: dict[str, Any], taxonomy: Taxonomy
) -> None:
    assert report["rows"] == 24
    assert list(report["axes"]) == [axis.id for axis in taxonomy.axes]
    for of_axis in report["axes"].values():
        assert list(of_axis) == list(AXIS_METRICS)
        assert all(set(estimate) == {"value", "low", "high"} for estimate in of_axis.values())
    assert set(report["areas"]) == {"top_1_accuracy", "top_3_accuracy"}


def test_perfect_predictions_are_reported_as_perfect(report: dict[str, Any]) -> None:
    one, zero = ({"value": x, "low": x, "high": x} for x in (1.0, 0.0))
    for of_axis in report["axes"].values():
        for name in ("quadratic_weighted_kappa", "top_auroc", "coverage", "mean_set_size"):
            assert of_axis[name] == one
        for name in ("brier_score", "expected_calibration_error"):
            assert of_axis[name] == zero
    assert report["areas"] == {"top_1_accuracy": one, "top_3_accuracy": one}


def test_each_axis_is_held_against_its_own_labels(taxonomy: Taxonomy) -> None:
    axes = perfect_axes(taxonomy)
    wrong = taxonomy.axes[2].id
    levels = (axes[wrong].levels + 1) % 3
    axes[wrong] = AxisPrediction(np.eye(3)[levels], levels, np.eye(3)[levels] > 0)
    report = evaluate(RECORDS, axes, perfect_areas(taxonomy), taxonomy, 5)
    values = {axis: of_axis["macro_f1"]["value"] for axis, of_axis in report["axes"].items()}
    assert values == {axis.id: float(axis.id != wrong) for axis in taxonomy.axes}


def test_areas_are_measured_by_the_primary_one(taxonomy: Taxonomy) -> None:
    areas = perfect_areas(taxonomy)
    areas[:6, 7] = 1.0  # another area first in a quarter of the rows
    areas[:3, 8:10] = 1.0  # and the primary one in no top 3 in an eighth
    report = evaluate(RECORDS, perfect_axes(taxonomy), areas, taxonomy, 5)
    assert report["areas"]["top_1_accuracy"]["value"] == 0.75
    assert report["areas"]["top_3_accuracy"]["value"] == 0.875


def test_a_measure_that_the_labels_cannot_give_is_null(taxonomy: Taxonomy) -> None:
    chosen = np.array([row for row, record in enumerate(RECORDS) if record.levels[0] != 2])  # type: ignore[index]
    axes = {
        axis: AxisPrediction(all_.probabilities[chosen], all_.levels[chosen], all_.sets[chosen])
        for axis, all_ in perfect_axes(taxonomy).items()
    }
    records = [RECORDS[row] for row in chosen]
    report = evaluate(records, axes, perfect_areas(taxonomy)[chosen], taxonomy, 5)
    none = {"value": None, "low": None, "high": None}
    assert report["axes"]["sensitivity"]["top_auroc"] == none
    assert report["axes"]["sensitivity"]["top_average_precision"] == none
    assert report["axes"]["benefit"]["top_auroc"]["value"] == 1.0


def test_the_report_is_json_and_the_same_again(report: dict[str, Any], taxonomy: Taxonomy) -> None:
    again = evaluate(RECORDS, perfect_axes(taxonomy), perfect_areas(taxonomy), taxonomy, 10)
    assert json.loads(json.dumps(report, allow_nan=False)) == again


def test_groups_are_counted_and_large_ones_measured_by_themselves(taxonomy: Taxonomy) -> None:
    """In one source everything is right, in the other the first axis is always wrong."""
    large = [replace(record, source="a", areas=(3,)) for record in RECORDS * 2]
    small = [replace(record, source="b", areas=(7,)) for record in RECORDS]
    records, rows = [*small, *large], np.tile(np.arange(24), 3)
    axes = {axis: select(all_, rows) for axis, all_ in perfect_axes(taxonomy).items()}
    wrong = axes["sensitivity"].levels.copy()
    wrong[24:] = (wrong[24:] + 1) % 3
    axes["sensitivity"] = AxisPrediction(np.eye(3)[wrong], wrong, np.eye(3)[wrong] > 0)
    report = evaluate(records, axes, perfect_areas(taxonomy)[rows], taxonomy, 5)
    assert list(report["by_source"]) == ["a", "b"]  # the largest first
    a, b = report["by_source"].values()
    assert (a["rows"], a["levels_right"]) == (48, 0.75)
    assert b == {"rows": 24, "levels_right": 1.0}
    assert a["axes"]["sensitivity"]["coverage"] == 0
    assert a["axes"]["sensitivity"]["expected_calibration_error"] == 1
    assert a["axes"]["benefit"]["quadratic_weighted_kappa"] == 1
    slugs = taxonomy.area_slugs
    assert report["by_area"] == {slugs[3]: a, slugs[7]: b}
