"""The guarantee against its closed form, and against the truth over many draws."""

from math import ceil, log

import numpy as np
import pytest
from scipy.stats import beta

from safezone.training.guarantee import guaranteed_threshold


@pytest.mark.parametrize(("miss_rate", "confidence"), [(0.05, 0.95), (0.1, 0.9), (0.02, 0.99)])
def test_with_no_miss_so_many_cases_are_needed_and_enough(
    miss_rate: float, confidence: float
) -> None:
    """n cases without a miss show a rate of at most a where (1 - a)^n <= 1 - confidence."""
    needed = ceil(log(1 - confidence) / log(1 - miss_rate))
    for cases, shown in ((needed - 1, False), (needed, True)):
        found = guaranteed_threshold(
            np.full(cases, 0.995), np.ones(cases, dtype=bool), miss_rate, confidence
        )
        assert (found.reaching, found.needed) == (cases, needed)
        assert (found.threshold is not None) == shown


def test_a_case_at_the_threshold_is_not_missed() -> None:
    reaches = np.ones(200, dtype=bool)
    found = guaranteed_threshold(np.full(200, 0.3), reaches, 0.05, 0.95)
    assert found.threshold == pytest.approx(0.3)


def test_cases_that_reach_nothing_play_no_part() -> None:
    generator = np.random.default_rng(2)
    probabilities = generator.random(400)
    reaches = generator.random(400) < probabilities
    alone = guaranteed_threshold(probabilities[reaches], reaches[reaches], 0.1, 0.9)
    assert guaranteed_threshold(probabilities, reaches, 0.1, 0.9) == alone
    assert alone.threshold is not None
    assert 0 < alone.threshold < 0.5


def test_where_too_many_have_no_probability_nothing_is_shown() -> None:
    probabilities = np.where(np.arange(200) < 60, 0.0, 0.9)
    found = guaranteed_threshold(probabilities, np.ones(200, dtype=bool), 0.05, 0.95)
    # At a threshold of 0 everything is flagged: that much can always be shown.
    assert found.threshold == 0.0


def test_the_true_miss_rate_is_above_the_stated_one_in_few_draws() -> None:
    """Calibrated probabilities, Beta(1/2, 1/2): P(p < t | reached) = I_t(3/2, 1/2)."""
    generator = np.random.default_rng(3)
    draws, broken, given = 120, 0, 0
    for _ in range(draws):
        probabilities = generator.beta(0.5, 0.5, 600)
        reaches = generator.random(600) < probabilities
        threshold = guaranteed_threshold(probabilities, reaches, 0.1, 0.9).threshold
        assert threshold is not None
        given += threshold > 0.05
        broken += beta.cdf(threshold, 1.5, 0.5) > 0.1
    assert given > draws / 2
    # 10% are allowed; of 120, more than 20 would come up by chance once in a hundred times.
    assert broken <= 20
