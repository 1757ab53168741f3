"""Platt scaling and conformal quantiles, against truths that are known in closed form."""

from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import betabinom
from sklearn.metrics import log_loss

from safezone.model.heads import Doubles
from safezone.model.predictor import AxisPrediction
from safezone.training.calibrate import (
    conformal_quantile,
    cross_fitted_probabilities,
    fit_platt,
    log_losses,
)
from safezone.training.metrics import expected_calibration_error
from safezone.training.targets import Targets


def taught(reached: NDArray[np.bool_]) -> Targets:
    """Targets of which every row teaches every head."""
    return Targets(reached, np.ones_like(reached))


def simulated(
    rows: int, slope: float, offset: float, seed: int = 0
) -> tuple[Doubles, NDArray[np.bool_]]:
    """Log-odds of one head, and labels whose true log-odds are slope * log_odds + offset."""
    generator = np.random.default_rng(seed)
    log_odds = generator.normal(0, 2, (rows, 1))
    return log_odds, generator.random((rows, 1)) < expit(slope * log_odds + offset)


def test_a_known_slope_and_offset_are_found() -> None:
    truths = [(0.6, -0.4), (1.0, 0.0), (2.0, 1.5)]
    heads = [simulated(40_000, *truth, seed=seed) for seed, truth in enumerate(truths)]
    log_odds, reached = (np.hstack(columns) for columns in zip(*heads, strict=True))
    found = fit_platt(log_odds, taught(reached))
    # Standard errors are 0.03 or less.
    np.testing.assert_allclose(found.slope, [0.6, 1.0, 2.0], atol=0.1)
    np.testing.assert_allclose(found.offset, [-0.4, 0.0, 1.5], atol=0.1)


def test_two_distinct_scores_have_a_solution_in_closed_form() -> None:
    # Of 40 rows at log-odds +1 30 are positive, of 60 at -1 12 are: 42 and 58 in all.
    log_odds = np.repeat([[1.0], [-1.0]], [40, 60], axis=0)
    reached = np.array([*[True] * 30, *[False] * 10, *[True] * 12, *[False] * 48])[:, None]
    found = fit_platt(log_odds, taught(reached))
    yes, no = 43 / 44, 1 / 60  # Platt's targets
    above, below = logit((30 * yes + 10 * no) / 40), logit((12 * yes + 48 * no) / 60)
    assert found.slope[0] == pytest.approx((above - below) / 2, abs=1e-3)
    assert found.offset[0] == pytest.approx((above + below) / 2, abs=1e-3)


def test_the_slope_is_positive_even_when_the_labels_are_inverted() -> None:
    log_odds, reached = simulated(2_000, -1.0, 0.0)
    found = fit_platt(log_odds, taught(reached))
    assert 0 < found.slope[0] < 0.01
    probabilities = found.probabilities(np.array([[-3.0], [0.0], [3.0]]))[:, 0]
    assert list(probabilities) == sorted(set(probabilities))


@pytest.mark.parametrize("label", [True, False])
@pytest.mark.parametrize("rows", [1, 200])
def test_constant_labels_give_probabilities_short_of_certainty(label: bool, rows: int) -> None:
    log_odds, _ = simulated(rows, 1.0, 0.0)
    found = fit_platt(log_odds, taught(np.full((rows, 1), label)))
    expected = (rows + 1) / (rows + 2) if label else 1 / (rows + 2)
    probabilities = found.probabilities(log_odds)
    assert np.isfinite(found.slope).all()
    assert ((probabilities > 0) & (probabilities < 1)).all()
    assert probabilities.mean() == pytest.approx(expected, abs=0.01)


def test_rows_that_do_not_teach_a_head_have_no_part_in_it() -> None:
    log_odds, reached = simulated(300, 1.0, 0.0)
    used = np.arange(300)[:, None] < 200
    whole = fit_platt(log_odds, Targets(reached, used))
    alone = fit_platt(log_odds[:200], taught(reached[:200]))
    other = fit_platt(log_odds, Targets(reached ^ ~used, used))
    np.testing.assert_array_equal(whole.slope, alone.slope)
    np.testing.assert_array_equal(whole.offset, other.offset)
    assert not np.array_equal(whole.slope, fit_platt(log_odds, taught(reached)).slope)


def test_huge_log_odds_do_not_overflow() -> None:
    log_odds = np.array([[-1e4], [1e4], [5e3], [-5e3]])
    found = fit_platt(log_odds, taught(log_odds > 0))
    assert np.isfinite([found.slope, found.offset]).all()


def test_the_log_loss_is_that_of_scikit_learn_over_the_rows_used() -> None:
    heads = [simulated(400, 1.5, 0.3, seed=seed) for seed in range(3)]
    log_odds, reached = (np.hstack(columns) for columns in zip(*heads, strict=True))
    used = np.ones_like(reached)
    used[100:, 1] = False
    found = log_losses(log_odds, Targets(reached, used))
    expected = [
        log_loss(reached[used[:, head], head], expit(log_odds[used[:, head], head]))
        for head in range(3)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    other = log_losses(log_odds, Targets(reached ^ ~used, used))
    np.testing.assert_array_equal(other, found)


def test_the_log_loss_of_huge_log_odds_is_their_size() -> None:
    log_odds = np.array([[1e4], [-1e4]])
    found = log_losses(log_odds, taught(np.array([[True], [True]])))
    assert found.tolist() == [5e3]


def _calibration_error(probabilities: Doubles, reached: NDArray[np.bool_]) -> float:
    both = np.hstack([1 - probabilities, probabilities])
    prediction = AxisPrediction(both, both.argmax(axis=1), both > 0)
    return expected_calibration_error(reached[:, 0].astype(np.int64), prediction)


def test_overconfident_log_odds_become_calibrated() -> None:
    # Log-odds three times too large: the true slope is a third.
    log_odds, reached = simulated(6_000, 1 / 3, 0.2)
    fitting, fresh = slice(0, 3_000), slice(3_000, None)
    found = fit_platt(log_odds[fitting], taught(reached[fitting]))
    before = _calibration_error(expit(log_odds[fresh]), reached[fresh])
    after = _calibration_error(found.probabilities(log_odds[fresh]), reached[fresh])
    assert before > 0.1
    assert after < 0.04


def test_cross_fitting_never_uses_the_row_s_own_fold() -> None:
    log_odds, reached = simulated(300, 1.0, 0.0)
    folds = np.arange(300) % 3
    before = cross_fitted_probabilities(log_odds, taught(reached), folds)
    for fold in range(3):
        own = folds == fold
        changed = reached ^ own[:, None]
        after = cross_fitted_probabilities(log_odds, taught(changed), folds)
        np.testing.assert_array_equal(after[own], before[own])
        assert (after[~own] != before[~own]).all()


def test_cross_fitting_is_fitting_on_the_other_folds() -> None:
    log_odds, reached = simulated(200, 1.0, 0.0)
    folds = np.arange(200) // 100
    crossed = cross_fitted_probabilities(log_odds, taught(reached), folds)
    second = fit_platt(log_odds[:100], taught(reached[:100]))
    np.testing.assert_array_equal(crossed[100:], second.probabilities(log_odds[100:]))


def scores_as_probabilities(scores: Doubles) -> tuple[Doubles, NDArray[np.int64]]:
    """Two levels of which the first is true and has probability 1 - score."""
    return np.stack([1 - scores, scores], axis=1), np.zeros(len(scores), dtype=np.int64)


def by_hand(scores: Doubles, coverage: str) -> float:
    """The ceil((n + 1) * coverage)-th smallest score, in exact arithmetic; 1 beyond the last."""
    rank = ceil((len(scores) + 1) * Fraction(coverage))
    return float(np.sort(scores)[rank - 1]) if rank <= len(scores) else 1.0


@pytest.mark.parametrize("coverage", ["0.5", "0.8", "0.9", "0.95", "0.99"])
def test_the_quantile_is_the_order_statistic_that_split_conformal_asks_for(coverage: str) -> None:
    enough = ceil(Fraction(coverage) / (1 - Fraction(coverage)))
    for rows in range(enough, enough + 120):
        scores = np.random.default_rng(rows).permutation(rows) / rows
        found = conformal_quantile(*scores_as_probabilities(scores), float(coverage))
        assert found == pytest.approx(by_hand(scores, coverage), abs=1e-12)


@pytest.mark.parametrize("percent", range(50, 100))
def test_rounding_never_takes_a_lower_rank_and_at_most_the_next(percent: int) -> None:
    coverage = f"{percent / 100}"
    enough = ceil(Fraction(coverage) / (1 - Fraction(coverage)))
    for rows in (enough - 1, enough, enough + 1, 199, 999):
        scores = np.arange(1, rows + 1) / (rows + 1)
        found = conformal_quantile(*scores_as_probabilities(scores), float(coverage))
        exact = by_hand(scores, coverage)
        assert exact - 1e-12 <= found <= exact + 1 / (rows + 1) + 1e-12


@pytest.mark.parametrize(("rows", "coverage"), [(1, "0.9"), (5, "0.9"), (8, "0.9"), (96, "0.99")])
def test_too_few_rows_exclude_nothing(rows: int, coverage: str) -> None:
    scores = np.linspace(0.1, 0.9, rows)
    assert by_hand(scores, coverage) == 1.0
    assert conformal_quantile(*scores_as_probabilities(scores), float(coverage)) == 1.0


@pytest.mark.parametrize("coverage", [0.8, 0.9])
def test_simulated_coverage_is_the_stated_one(coverage: float) -> None:
    # The probabilities are wrong on purpose: coverage must hold whatever the model.
    generator = np.random.default_rng(4)
    rows, fresh = 199, 4_000
    truth = generator.dirichlet([1, 1, 1], rows + fresh)
    levels = np.array([generator.choice(3, p=row) for row in truth])
    believed = truth**2 / (truth**2).sum(axis=1, keepdims=True)
    quantile = conformal_quantile(believed[:rows], levels[:rows], coverage)
    scores = 1 - believed[np.arange(rows, rows + fresh), levels[rows:]]
    covered = int((scores <= quantile).sum())
    # Given the calibration rows, coverage is Beta(rank, rows + 1 - rank) distributed.
    rank = ceil((rows + 1) * coverage)
    low, high = betabinom.interval(0.999, fresh, rank, rows + 1 - rank)
    assert low <= covered <= high
