"""Heads, calibration and the step from thresholds to levels, against brute force."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from safezone.model.heads import (
    LinearHeads,
    PlattScaling,
    level_probabilities,
    ordinal_level,
)

thresholds = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=5),
    elements=st.floats(0, 1),
)
weights = st.lists(st.integers(0, 40), min_size=2, max_size=5).filter(any)


@given(thresholds)
def test_level_probabilities_are_a_distribution_a_row(at_least: NDArray[np.float64]) -> None:
    probabilities = level_probabilities(at_least)
    assert probabilities.shape == (at_least.shape[0], at_least.shape[1] + 1)
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=0, atol=1e-12)


@given(thresholds)
def test_a_crossing_threshold_is_lowered_and_the_others_are_kept(
    at_least: NDArray[np.float64],
) -> None:
    reached = level_probabilities(at_least)[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:]
    for given_row, row in zip(at_least.tolist(), reached.tolist(), strict=True):
        expected = [min(given_row[: n + 1]) for n in range(len(given_row))]
        assert row == pytest.approx(expected, abs=1e-12)


def test_levels_of_uncrossed_thresholds_by_hand() -> None:
    at_least = np.array([[0.75, 0.25], [1.0, 1.0], [0.0, 0.0], [0.2, 0.9]])
    expected = np.array([[0.25, 0.5, 0.25], [0, 0, 1], [1, 0, 0], [0.8, 0, 0.2]])
    np.testing.assert_allclose(level_probabilities(at_least), expected, rtol=0, atol=1e-15)


def _median_by_counting(counts: list[int]) -> int:
    """In whole numbers, so that one half is exactly one half."""
    reached = [level for level in range(len(counts)) if 2 * sum(counts[level:]) >= sum(counts)]
    return max(reached)


@given(weights)
def test_the_level_named_is_the_median(counts: list[int]) -> None:
    probabilities = np.array([counts], dtype=np.float64) / sum(counts)
    assert ordinal_level(probabilities).tolist() == [_median_by_counting(counts)]


@given(weights)
def test_no_other_level_has_a_smaller_expected_distance(counts: list[int]) -> None:
    def distance(named: int) -> int:
        return sum(count * abs(level - named) for level, count in enumerate(counts))

    [named] = ordinal_level(np.array([counts], dtype=np.float64) / sum(counts)).tolist()
    assert distance(named) == min(map(distance, range(len(counts))))


@pytest.mark.parametrize(
    ("probabilities", "level"),
    [
        ([0.5, 0.5, 0.0], 1),
        ([0.5, 0.0, 0.5], 2),
        ([0.51, 0.49, 0.0], 0),
        ([0.5, 0.2, 0.3], 1),
        ([0.3, 0.1 + 0.1, 0.1 + 0.2 + 0.2], 2),  # the float sum of the last is 0.5 and a bit
        ([0.4, 0.1, 0.49999999999999994], 2),  # one half, but for a rounding error
        ([0.0, 0.0, 1.0], 2),
        ([1.0, 0.0, 0.0], 0),
    ],
)
def test_one_half_is_enough_to_reach_a_level(probabilities: list[float], level: int) -> None:
    assert ordinal_level(np.array([probabilities])).tolist() == [level]


def test_each_row_is_judged_alone() -> None:
    rows = np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0], [0.2, 0.2, 0.6]])
    assert ordinal_level(rows).tolist() == [0, 1, 2, 2]
    assert ordinal_level(np.zeros((0, 3))).tolist() == []


def some_heads(rng: np.random.Generator) -> LinearHeads:
    """Three heads on two queries, vectors of six numbers and five terms."""
    return LinearHeads(
        dense=rng.normal(size=(6, 3)).astype(np.float32),
        sparse=rng.normal(size=(5, 3)).astype(np.float32),
        query=np.array([1, 0, 1]),
        centre=rng.normal(size=3).astype(np.float32),
        baseline=rng.normal(size=3).astype(np.float32),
    )


def test_log_odds_are_the_sum_over_every_number_of_both_views() -> None:
    rng = np.random.default_rng(7)
    heads = some_heads(rng)
    vectors = rng.normal(size=(4, 2, 6)).astype(np.float32)
    terms = rng.random((4, 5)) * (rng.random((4, 5)) < 0.5)

    found = heads.log_odds(vectors, csr_matrix(terms))

    expected = [
        [
            float(heads.baseline[head])
            - float(heads.centre[head])
            + math.fsum(
                float(vectors[row, heads.query[head], i]) * float(heads.dense[i, head])
                for i in range(6)
            )
            + math.fsum(float(terms[row, j]) * float(heads.sparse[j, head]) for j in range(5))
            for head in range(3)
        ]
        for row in range(4)
    ]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert found.dtype == np.float64


def test_an_average_vector_without_terms_has_the_baseline() -> None:
    rng = np.random.default_rng(8)
    heads = some_heads(rng)
    average = rng.normal(size=(1, 2, 6)).astype(np.float32)
    centre = np.einsum("hd,dh->h", average[0, heads.query], heads.dense)
    centred = replace(heads, centre=centre.astype(np.float32))
    found = centred.log_odds(average, csr_matrix((1, 5)))
    np.testing.assert_allclose(found, [heads.baseline], rtol=0, atol=1e-6)


@given(st.integers(1, 6), st.integers(0, 2**32))
def test_contributions_of_sentences_and_the_baseline_sum_to_the_log_odds(
    sentences: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    heads = some_heads(rng)
    vectors = rng.normal(size=(sentences, 2, 6)).astype(np.float32)
    attention = rng.dirichlet(np.ones(sentences), 2).T.astype(np.float32)
    terms = rng.random((sentences, 5)) * (rng.random((sentences, 5)) < 0.5)
    contributions = heads.contributions(vectors, attention, csr_matrix(terms))
    assert contributions.shape == (sentences, 3)
    whole = heads.log_odds(
        vectors.sum(axis=0, keepdims=True), csr_matrix(terms.sum(axis=0, keepdims=True))
    )
    found = heads.baseline + contributions.sum(axis=0)
    np.testing.assert_allclose(found, whole[0], rtol=0, atol=1e-5)


def test_weights_that_come_in_64_bits_give_the_same_sums() -> None:
    rng = np.random.default_rng(10)
    heads = some_heads(rng)
    wide = replace(
        heads, **{name: getattr(heads, name).astype(np.float64) for name in ("dense", "sparse")}
    )
    vectors = rng.normal(size=(4, 2, 6)).astype(np.float32)
    terms = csr_matrix(rng.random((4, 5)))
    np.testing.assert_array_equal(wide.log_odds(vectors, terms), heads.log_odds(vectors, terms))


def test_a_sentence_without_a_piece_or_a_term_contributes_nothing() -> None:
    heads = some_heads(np.random.default_rng(9))
    nothing = np.zeros((1, 2, 6), dtype=np.float32)
    found = heads.contributions(nothing, nothing[..., 0], csr_matrix((1, 5)))
    assert found.tolist() == [[0, 0, 0]]


@given(st.floats(0.001, 20), st.floats(-10, 10), st.floats(-50, 50))
def test_platt_scaling_is_the_logistic_of_a_line(slope: float, offset: float, z: float) -> None:
    scaling = PlattScaling(np.array([slope]), np.array([offset]))
    [[probability]] = scaling.probabilities(np.array([[z]])).tolist()
    line = slope * z + offset
    expected = 1 / (1 + math.exp(-line)) if line > -700 else 0.0
    assert probability == pytest.approx(expected, rel=1e-9, abs=1e-300)
    assert 0.0 <= probability <= 1.0


def test_calibrated_log_odds_are_those_of_the_calibrated_probabilities() -> None:
    scaling = PlattScaling(np.array([1.0, 0.5]), np.array([0.0, -2.0]))
    log_odds = np.array([[0.0, 1.0], [-3.0, 8.0]])
    calibrated = scaling.calibrated(log_odds)
    np.testing.assert_allclose(calibrated, [[0.0, -1.5], [-3.0, 2.0]], rtol=0, atol=1e-12)
    odds = scaling.probabilities(log_odds) / (1 - scaling.probabilities(log_odds))
    np.testing.assert_allclose(np.log(odds), calibrated, rtol=0, atol=1e-9)


def test_platt_scaling_treats_each_head_by_its_own_pair() -> None:
    scaling = PlattScaling(np.array([1.0, 2.0]), np.array([0.0, -2.0]))
    np.testing.assert_allclose(
        scaling.probabilities(np.array([[0.0, 1.0], [math.log(3), 0.0]])),
        [[0.5, 0.5], [0.75, 1 / (1 + math.exp(2))]],
        rtol=1e-12,
    )
