"""Drift: the index against closed forms, and how texts fade."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from safezone.telemetry.drift import (
    FEWEST_TEXTS,
    HALF_LIFE,
    TENTHS,
    FadingCounts,
    Reference,
    load_references,
    stability_index,
)

COUNTS = st.lists(st.floats(0, 1e6), min_size=2, max_size=20)
EVEN = Reference(texts=100, deciles=tuple(step / 10 for step in range(1, 10)))


@given(st.floats(0, 1e6), st.integers(2, 20))
def test_as_expected_is_zero(count: float, bins: int) -> None:
    assert stability_index([count] * bins) == pytest.approx(0, abs=1e-12)


@given(COUNTS)
def test_it_is_never_negative_nor_infinite(counts: list[float]) -> None:
    assert 0 <= stability_index(counts) + 1e-12 < math.inf


@given(COUNTS, st.randoms())
def test_it_does_not_depend_on_the_order_of_bins(counts: list[float], random: object) -> None:
    shuffled = list(counts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert stability_index(shuffled) == pytest.approx(stability_index(counts), abs=1e-12)


@pytest.mark.parametrize("share", [0.6, 0.75, 0.9])
def test_of_two_bins_it_has_a_closed_form(share: float) -> None:
    # (p − ½) · ln(p / ½) + (½ − p) · ln((1 − p) / ½) = (p − ½) · ln(p / (1 − p))
    many = 10_000_000
    found = stability_index([share * many, (1 - share) * many])
    assert found == pytest.approx((share - 0.5) * math.log(share / (1 - share)), rel=1e-5)


@given(st.lists(st.integers(0, 10_000), min_size=2, max_size=20))
def test_it_is_the_divergence_of_both_directions_in_sum(counts: list[int]) -> None:
    found = [count + 0.5 for count in counts]
    expected = [1.0] * len(counts)
    both = stats.entropy(found, expected) + stats.entropy(expected, found)
    assert stability_index(counts) == pytest.approx(both, abs=1e-9)


def test_with_the_fewest_texts_chance_rarely_lifts_it_above_a_tenth() -> None:
    random = np.random.default_rng(0)
    reference = np.sort(random.random((2000, 288)), axis=1)
    indices = []
    for drawn in reference:
        deciles = np.quantile(drawn, np.arange(1, TENTHS) / TENTHS)
        tenths = np.searchsorted(deciles, random.random(FEWEST_TEXTS), side="right")
        indices.append(stability_index(np.bincount(tenths, minlength=TENTHS).tolist()))
    assert np.mean(np.array(indices) > 0.1) < 0.05


@pytest.mark.parametrize(
    ("similarity", "tenth"), [(-1, 0), (0.05, 0), (0.1, 1), (0.15, 1), (0.9, 9), (1, 9)]
)
def test_a_similarity_falls_between_two_deciles(similarity: float, tenth: int) -> None:
    assert EVEN.tenth(similarity) == tenth


def test_earlier_texts_count_half_after_the_half_life() -> None:
    shown = [0.0] * TENTHS
    counts = FadingCounts(EVEN, shown.__setitem__)
    counts.add(0.95)
    assert shown == [0.0] * 9 + [1.0]
    for _ in range(HALF_LIFE):
        counts.add(0.05)
    assert shown[9] == pytest.approx(0.5)
    assert sum(shown) > FEWEST_TEXTS


def test_every_reference_can_be_used() -> None:
    assert load_references()
    for model, reference in load_references().items():
        assert "+" in model
        assert reference.texts > 200
        assert len(reference.deciles) == TENTHS - 1
        assert all(lower < higher for lower, higher in pairwise(reference.deciles))
        assert all(-1 < decile < 1 for decile in reference.deciles)
