"""Prediction sets: MAPIE's, then enlarged; and the coverage they state."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from mapie.classification import SplitConformalClassifier
from numpy.typing import NDArray
from scipy.stats import betabinom
from sklearn.base import BaseEstimator, ClassifierMixin

from safezone.model.conformal import prediction_sets
from safezone.model.heads import ordinal_level
from safezone.training.calibrate import conformal_quantile

Rows = NDArray[np.float64]

rows_of_three = arrays(np.float64, (4, 3), elements=st.floats(0.001, 1)).map(
    lambda weights: weights / weights.sum(axis=1, keepdims=True)
)


class _Known(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A classifier whose features are its probabilities."""

    classes_ = np.arange(3)

    def fit(self, x: Rows, y: NDArray[np.int64]) -> "_Known":
        return self

    def predict_proba(self, x: Rows) -> Rows:
        return x

    def predict(self, x: Rows) -> NDArray[np.int64]:
        return np.asarray(x.argmax(axis=1))

    def __sklearn_is_fitted__(self) -> bool:
        return True


def _drawn(rows: int, seed: int) -> tuple[Rows, NDArray[np.int64]]:
    """Probabilities of three levels, and levels drawn from exactly these."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet([0.8, 0.5, 0.7], size=rows)
    levels = (rng.random((rows, 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
    return probabilities, levels


def _enlarged(inside: list[bool], level: int) -> list[bool]:
    """The smallest run of levels that holds every level inside and the one named."""
    held = [n for n, is_in in enumerate(inside) if is_in] + [level]
    return [min(held) <= n <= max(held) for n in range(len(inside))]


@pytest.mark.parametrize("coverage", [0.6, 0.8, 0.9, 0.95])
@pytest.mark.parametrize("seed", [1, 2])
def test_sets_are_those_of_mapie_then_enlarged(coverage: float, seed: int) -> None:
    known, levels = _drawn(300, seed)
    fresh, _ = _drawn(2_000, seed + 100)
    reference = SplitConformalClassifier(
        _Known(), confidence_level=coverage, conformity_score="lac", prefit=True
    ).conformalize(known, levels)
    of_mapie = reference.predict_set(fresh)[1][:, :, 0]

    found = prediction_sets(fresh, conformal_quantile(known, levels, coverage))

    named = ordinal_level(fresh).tolist()
    expected = [_enlarged(*pair) for pair in zip(of_mapie.tolist(), named, strict=True)]
    assert found.tolist() == expected
    assert found[of_mapie].all()
    assert (found != of_mapie).any(), "neither enlargement was put to the test"


@given(rows_of_three, st.floats(0, 1))
def test_a_set_is_a_run_of_levels_that_holds_the_one_named(
    probabilities: Rows, quantile: float
) -> None:
    sets = prediction_sets(probabilities, quantile)
    for row, inside in enumerate(sets.tolist()):
        assert inside[ordinal_level(probabilities)[row]]
        assert inside == _enlarged(inside, inside.index(True))
        for level, probability in enumerate(probabilities[row]):
            assert inside[level] or 1.0 - probability > quantile


@given(rows_of_three, st.floats(0, 1), st.floats(0, 1))
def test_a_larger_quantile_never_excludes_more(probabilities: Rows, one: float, two: float) -> None:
    smaller = prediction_sets(probabilities, min(one, two))
    larger = prediction_sets(probabilities, max(one, two))
    assert larger[smaller].all()


@given(rows_of_three)
def test_the_extremes_exclude_nothing_or_all_but_the_level_named(probabilities: Rows) -> None:
    assert prediction_sets(probabilities, 1.0).all()
    alone = prediction_sets(probabilities, 0.0)
    assert alone.sum(axis=1).tolist() == [1] * len(probabilities)
    assert alone.argmax(axis=1).tolist() == ordinal_level(probabilities).tolist()


@pytest.mark.parametrize(
    ("probabilities", "quantile", "inside"),
    [
        ([0.5, 0.02, 0.48], 0.55, [True, True, True]),  # the level between two is filled in
        ([0.48, 0.04, 0.48], 0.2, [False, True, False]),  # only the median, which is added
        ([0.4, 0.2, 0.4], 0.6, [True, True, True]),  # exactly at the quantile is inside
        ([0.7, 0.2, 0.1], 0.75, [True, False, False]),
        ([0.1, 0.3, 0.6], 0.75, [False, True, True]),
    ],
)
def test_sets_by_hand(probabilities: list[float], quantile: float, inside: list[bool]) -> None:
    assert prediction_sets(np.array([probabilities]), quantile).tolist() == [inside]


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("seed", range(5))
def test_coverage_is_the_stated_one_on_exchangeable_data(coverage: float, seed: int) -> None:
    """For continuous scores the number of covered rows is beta-binomial, whatever the data."""
    calibrating, fresh_rows = 400, 4_000
    known, levels = _drawn(calibrating, 10 * seed)
    fresh, true = _drawn(fresh_rows, 10 * seed + 1)
    quantile = conformal_quantile(known, levels, coverage)

    at_true = fresh[np.arange(fresh_rows), true]
    covered = int((1.0 - at_true <= quantile).sum())
    rank = int(np.ceil((calibrating + 1) * coverage))
    law = betabinom(fresh_rows, rank, calibrating + 1 - rank)
    assert law.ppf(0.0005) <= covered <= law.ppf(0.9995)

    sets = prediction_sets(fresh, quantile)
    assert sets[np.arange(fresh_rows), true].sum() >= covered
    assert sets.mean() < 1.0, "sets that exclude nothing cover everything"


def test_too_few_rows_to_exclude_anything_exclude_nothing() -> None:
    known, levels = _drawn(5, 3)
    assert conformal_quantile(known, levels, 0.9) == 1.0


def test_a_text_too_many_changes_no_other_set() -> None:
    probabilities, _ = _drawn(20, 5)
    together = prediction_sets(probabilities, 0.6)
    alone = [prediction_sets(probabilities[[n]], 0.6)[0].tolist() for n in range(20)]
    assert together.tolist() == alone
    assert prediction_sets(np.zeros((0, 3)), 0.6).shape == (0, 3)
