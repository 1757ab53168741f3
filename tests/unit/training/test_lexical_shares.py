"""How much the words may say beside the encoder: as much as helps on rows that neither had seen."""

import numpy as np
import pytest
from scipy.special import expit

from safezone.model.heads import Doubles
from safezone.training.adapted import lexical_shares
from safezone.training.targets import Targets

ROWS = 300


def _simulated(seed: int, *strengths: float) -> tuple[Targets, list[Doubles]]:
    """Labels of three heads, and for each strength log-odds that tell that much of them."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 2, (ROWS, 3))
    targets = Targets(rng.random((ROWS, 3)) < expit(truth), np.ones((ROWS, 3), dtype=bool))
    return targets, [of * truth + rng.normal(0, 1.5, (ROWS, 3)) for of in strengths]


ONE_QUERY = np.zeros(3, dtype=np.int64)


@pytest.mark.parametrize("seed", range(4))
def test_where_words_are_noise_they_have_no_share(seed: int) -> None:
    targets, [encoder, words] = _simulated(seed, 1.0, 0.0)
    assert lexical_shares(encoder, 10 * words, targets, ONE_QUERY).tolist() == [0, 0, 0]


@pytest.mark.parametrize("seed", range(4))
def test_where_words_help_they_have_a_share_and_more_the_more_they_help(seed: int) -> None:
    targets, [encoder, some, much] = _simulated(seed, 1.0, 0.5, 3.0)
    little = lexical_shares(encoder, some, targets, ONE_QUERY)[0]
    assert 0 < little <= lexical_shares(encoder, much, targets, ONE_QUERY)[0]
    assert lexical_shares(encoder, much, targets, ONE_QUERY)[0] == 1.0


def test_the_heads_of_a_query_share_one_choice_and_another_query_makes_its_own() -> None:
    targets, [encoder, noise, words] = _simulated(0, 1.0, 0.0, 2.0)
    mixed = np.hstack([words[:, :2], 10 * noise[:, 2:]])
    first, second, third = lexical_shares(encoder, mixed, targets, np.array([1, 1, 0]))
    assert first == second > 0
    assert third == 0


def test_rows_that_a_head_does_not_use_have_no_part_in_the_choice() -> None:
    targets, [encoder, words] = _simulated(0, 1.0, 1.0)
    targets.used[200:] = False
    choice = lexical_shares(encoder, words, targets, ONE_QUERY)
    misled = words.copy()
    misled[200:] = np.where(targets.reached[200:], -9.0, 9.0)
    assert lexical_shares(encoder, misled, targets, ONE_QUERY).tolist() == choice.tolist()
    targets.used[200:] = True
    assert lexical_shares(encoder, misled, targets, ONE_QUERY).tolist() != choice.tolist()
