"""Measures of predictions, against values known in closed form."""

import warnings
from math import isnan, log, nan, sqrt
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from safezone.model.predictor import AxisPrediction
from safezone.training import metrics
from safezone.training.metrics import AXIS_METRICS, area_hits, bootstrap, select


def predicted(probabilities: ArrayLike, sets: ArrayLike | None = None) -> AxisPrediction:
    """A prediction whose level is the most probable one."""
    rows = np.array(probabilities, dtype=np.float64)
    chosen = rows > 0 if sets is None else np.array(sets, dtype=bool)
    return AxisPrediction(rows, rows.argmax(axis=1), chosen)


def certain(levels: ArrayLike) -> AxisPrediction:
    return predicted(np.eye(3)[np.array(levels)])


def true(*levels: int) -> NDArray[np.int64]:
    return np.array(levels, dtype=np.int64)


LEVELS = true(0, 1, 2, 0, 1, 2)
PERFECT = certain(LEVELS)
INVERTED = certain(2 - LEVELS)
UNIFORM = predicted(np.full((6, 3), 1 / 3), np.ones((6, 3)))


@pytest.mark.parametrize(
    ("name", "prediction", "value"),
    [
        ("quadratic_weighted_kappa", PERFECT, 1),
        ("quadratic_weighted_kappa", INVERTED, -1),
        ("quadratic_weighted_kappa", certain([1, 1, 1, 1, 1, 1]), 0),
        ("macro_f1", PERFECT, 1),
        ("macro_f1", certain((LEVELS + 1) % 3), 0),
        ("macro_f1", certain([0, 0, 0, 0, 0, 0]), (1 / 2 + 0 + 0) / 3),
        ("top_auroc", PERFECT, 1),
        ("top_auroc", INVERTED, 0.25),  # half of the other rows tie with the top ones
        ("top_auroc", UNIFORM, 0.5),
        ("top_average_precision", PERFECT, 1),
        ("top_average_precision", UNIFORM, 1 / 3),
        ("brier_score", PERFECT, 0),
        ("brier_score", certain((LEVELS + 1) % 3), 2),
        ("brier_score", UNIFORM, 2 / 3),
        ("log_loss", PERFECT, 0),
        ("log_loss", UNIFORM, log(3)),
        ("log_loss", certain((LEVELS + 1) % 3), -log(1e-6)),  # bounded, else infinite
        ("expected_calibration_error", PERFECT, 0),
        ("expected_calibration_error", certain((LEVELS + 1) % 3), 1),
        ("coverage", PERFECT, 1),
        ("coverage", INVERTED, 1 / 3),
        ("coverage", UNIFORM, 1),
        ("accuracy_at_80", PERFECT, 1),
        ("accuracy_at_80", certain((LEVELS + 1) % 3), 0),
        ("abstention_rate", PERFECT, 0),
        ("abstention_rate", UNIFORM, 1),
        ("mean_set_size", PERFECT, 1),
        ("mean_set_size", UNIFORM, 3),
    ],
)
def test_the_best_the_worst_and_the_ignorant(
    name: str, prediction: AxisPrediction, value: float
) -> None:
    assert AXIS_METRICS[name](LEVELS, prediction) == pytest.approx(value, abs=1e-12)


def test_kappa_weighs_errors_by_their_square() -> None:
    levels, said = true(0, 0, 1, 1, 2, 2, 2), true(0, 1, 1, 2, 2, 0, 2)
    squares = np.subtract.outer(np.arange(3), np.arange(3)) ** 2
    observed = sum(squares[level, other] for level, other in zip(levels, said, strict=True)) / 7
    chance = np.bincount(levels) @ squares @ np.bincount(said) / 49
    kappa = metrics.quadratic_weighted_kappa(levels, certain(said))
    assert kappa == pytest.approx(1 - observed / chance)


def test_kappa_of_one_level_on_both_sides_is_agreement() -> None:
    assert metrics.quadratic_weighted_kappa(true(1, 1), certain([1, 1])) == 1


def test_macro_f1_leaves_out_levels_that_nobody_names() -> None:
    assert metrics.macro_f1(true(0, 0, 1), certain([0, 0, 1])) == 1


def test_measures_of_the_top_level_look_at_its_probability_alone() -> None:
    prediction = predicted([[0.5, 0.2, 0.3], [0.1, 0.5, 0.4], [0.6, 0.2, 0.2], [0.2, 0.3, 0.5]])
    # By probability of the top level: rows 3, 1, 0, 2, of which 3 and 0 are top.
    levels = true(2, 1, 0, 2)
    assert metrics.top_auroc(levels, prediction) == pytest.approx(3 / 4)
    assert metrics.top_average_precision(levels, prediction) == pytest.approx((1 + 2 / 3) / 2)


def test_the_brier_score_is_the_squared_distance_over_all_levels() -> None:
    prediction = predicted([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]])
    expected = (0.3**2 + 0.2**2 + 0.1**2 + 0.3**2 + 0.7**2 + 0.4**2) / 2
    assert metrics.brier_score(true(0, 1), prediction) == pytest.approx(expected)


def test_the_brier_score_is_defined_when_only_one_level_occurs() -> None:
    assert metrics.brier_score(true(0, 0), UNIFORM_TWO) == pytest.approx(2 / 3)


UNIFORM_TWO = predicted(np.full((2, 3), 1 / 3))


def test_the_calibration_error_of_a_calibrated_sample_is_small() -> None:
    generator = np.random.default_rng(0)
    probabilities = generator.dirichlet([1, 1, 1], 20_000)
    levels = np.array([generator.choice(3, p=row) for row in probabilities])
    error = metrics.expected_calibration_error(levels, predicted(probabilities))
    # Ten bins, each off by sampling error of about sqrt(0.2 / 2000).
    assert 0 < error < 0.015


@pytest.mark.parametrize(("confidence", "right"), [(0.9, 0.6), (0.5, 0.8), (0.7, 0.7)])
def test_the_calibration_error_of_a_known_bias_is_that_bias(
    confidence: float, right: float
) -> None:
    rows = 1_000
    probabilities = np.tile([confidence, 1 - confidence, 0], (rows, 1))
    # Spread evenly, so that each bin has the same share of right rows.
    levels = np.where(np.arange(rows) % 10 < 10 * right, 0, 2)
    error = metrics.expected_calibration_error(levels, predicted(probabilities))
    assert error == pytest.approx(abs(confidence - right), abs=1e-9)


def test_bins_of_opposite_bias_do_not_cancel() -> None:
    probabilities = [*[[0.9, 0.1, 0]] * 50, *[[0.6, 0.4, 0]] * 50]
    levels = np.array([*[0, 1] * 25, *[0] * 50])
    error = metrics.expected_calibration_error(levels, predicted(probabilities))
    assert error == pytest.approx((0.4 + 0.4) / 2)


def test_coverage_and_set_size_are_counted_from_the_sets() -> None:
    sets = [[1, 0, 0], [1, 1, 0], [1, 1, 1], [0, 1, 1]]
    prediction = predicted(np.full((4, 3), 1 / 3), sets)
    assert metrics.coverage(true(0, 2, 2, 1), prediction) == 3 / 4
    assert metrics.mean_set_size(true(0, 2, 2, 1), prediction) == 8 / 4


def test_area_hits_look_for_the_primary_area_among_the_most_probable() -> None:
    probabilities = np.array([[0.1, 0.9, 0.5], [0.1, 0.9, 0.5], [0.1, 0.9, 0.5], [0.2, 0.2, 0.2]])
    areas = [(1, 0), (2, 1), (0,), (0, 2)]
    assert area_hits(areas, probabilities, 1).tolist() == [True, False, False, True]
    assert area_hits(areas, probabilities, 2).tolist() == [True, True, False, True]
    assert area_hits(areas, probabilities, 3).all()


def test_selected_rows_are_those_of_all_parts() -> None:
    chosen = select(PERFECT, np.array([2, 2, 0]))
    assert chosen.levels.tolist() == [2, 2, 0]
    np.testing.assert_array_equal(chosen.probabilities, np.eye(3)[[2, 2, 0]])
    np.testing.assert_array_equal(chosen.sets, np.eye(3)[[2, 2, 0]] > 0)


def test_without_both_classes_the_top_level_has_no_measure() -> None:
    assert isnan(metrics.top_auroc(true(0, 1), certain([0, 1])))
    assert isnan(metrics.top_auroc(true(2, 2), certain([2, 2])))
    assert isnan(metrics.top_average_precision(true(0, 1), certain([0, 1])))
    assert metrics.top_average_precision(true(2, 2), certain([2, 2])) == 1


NO_ESTIMATE = {"value": None, "low": None, "high": None}


def test_a_measure_that_the_rows_cannot_give_is_none() -> None:
    assert bootstrap(lambda _: nan, 5, 20) == NO_ESTIMATE


def test_an_interval_that_no_resample_can_give_is_none_and_never_nan() -> None:
    # Only all rows together give the measure: a resample of 30 is practically never all 30.
    def measure(rows: NDArray[np.int64]) -> float:
        return 0.5 if len(set(rows.tolist())) == 30 else nan

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimate = bootstrap(measure, 30, 20)
    assert estimate == {"value": 0.5, "low": None, "high": None}


def test_resamples_that_lack_a_class_are_left_out() -> None:
    levels = true(0, 0, 0, 2)
    prediction = certain([0, 0, 0, 2])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimate = bootstrap(
            lambda rows: metrics.top_auroc(levels[rows], select(prediction, rows)), 4, 50
        )
    assert estimate == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_the_interval_is_that_of_the_mean_s_standard_error() -> None:
    sample = np.random.default_rng(0).normal(3, 2, 400)
    estimate: dict[str, Any] = bootstrap(lambda rows: float(sample[rows].mean()), 400, 2_000)
    assert estimate["value"] == pytest.approx(sample.mean(), abs=1e-4)
    assert estimate["low"] < estimate["value"] < estimate["high"]
    width = 2 * 1.96 * sample.std() / sqrt(400)
    assert estimate["high"] - estimate["low"] == pytest.approx(width, rel=0.1)


def test_the_seed_decides_about_the_interval() -> None:
    sample = np.random.default_rng(0).normal(size=50)
    first, again, other = (
        bootstrap(lambda rows: float(sample[rows].mean()), 50, 40, seed) for seed in (0, 0, 1)
    )
    assert first == again
    assert first["value"] == other["value"]
    assert first["low"] != other["low"]


def test_log_loss_is_the_mean_negative_logarithm_of_the_true_level() -> None:
    prediction = predicted([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]])
    levels = np.array([0, 1])
    assert metrics.log_loss(levels, prediction) == pytest.approx(-(log(0.5) + log(0.1)) / 2)


def test_log_loss_of_an_impossible_level_is_finite() -> None:
    assert metrics.log_loss(np.array([2]), predicted([[1.0, 0.0, 0.0]])) == pytest.approx(
        -log(1e-6)
    )


def test_the_surest_answers_are_kept() -> None:
    # Four sure and right, one unsure and wrong: only the last falls out of the surest 80%.
    prediction = predicted([[0.9, 0.1, 0.0]] * 4 + [[0.6, 0.4, 0.0]])
    levels = np.array([0, 0, 0, 0, 1])
    assert metrics.accuracy_at_80(levels, prediction) == 1.0
    assert metrics.selective_accuracy(levels, prediction).tolist() == [1.0, 1.0, 1.0, 1.0, 0.8]
    assert metrics.accuracy_at_80(np.array([1, 0, 0, 0, 1]), prediction) == 0.75


def test_an_answer_abstains_where_more_than_one_level_is_left() -> None:
    prediction = predicted([[1, 0, 0]] * 4, [[1, 0, 0], [1, 1, 0], [1, 1, 1], [0, 1, 0]])
    assert metrics.abstention_rate(true(0, 0, 0, 0), prediction) == 0.5
