"""Folds that keep copies of a text together."""

from random import Random

import numpy as np
import pytest

from safezone.corpus.records import Record
from safezone.errors import TrainingError
from safezone.training.folds import make_folds, near_duplicate_groups

WORDS = [f"{first}{second}" for first in "abcdefghij" for second in ("ka", "lo", "mi", "nu")]


def made_text(seed: int, words: int = 60) -> str:
    random = Random(seed)
    return " ".join(random.choice(WORDS) for _ in range(words))


def with_new_ending(text: str, share: float, seed: int = 99) -> str:
    words = text.split()
    kept = round(len(words) * (1 - share))
    return " ".join([*words[:kept], *made_text(seed, len(words) - kept).split()])


def test_copies_share_a_group_and_other_texts_do_not() -> None:
    a, b = made_text(1), made_text(2)
    groups = near_duplicate_groups([a, b, a.upper(), f"  {b}.", with_new_ending(a, 0.2)])
    assert groups[0] == groups[2] == groups[4]
    assert groups[1] == groups[3]
    assert groups[0] != groups[1]


@pytest.mark.parametrize(("share", "same"), [(0.1, True), (0.35, True), (0.65, False), (1, False)])
def test_half_of_the_shingles_make_a_near_duplicate(share: float, same: bool) -> None:
    text = made_text(3, 200)
    first, second = near_duplicate_groups([text, with_new_ending(text, share)])
    assert bool(first == second) is same


def test_a_chain_of_copies_is_one_group() -> None:
    a = made_text(4, 200)
    b = with_new_ending(a, 0.4)
    c = " ".join([*made_text(5, 80).split(), *b.split()[80:]])
    assert len(set(near_duplicate_groups([a, c]).tolist())) == 2
    assert len(set(near_duplicate_groups([a, b, c]).tolist())) == 1


def test_abstracts_on_one_subject_are_no_copies(fixture_records: list[Record]) -> None:
    groups = near_duplicate_groups([record.abstract for record in fixture_records])
    assert len(set(groups.tolist())) == len(fixture_records)


def test_every_row_is_in_one_fold_and_copies_are_in_the_same() -> None:
    texts = [made_text(seed) for seed in range(24)]
    copies = [with_new_ending(text, 0.15) for text in texts[:12]]
    strata = np.array([row % 3 for row in range(24)] + [row % 3 for row in range(12)])
    for seed in range(5):
        folds = make_folds([*texts, *copies], strata, 4, seed)
        assert set(folds.tolist()) == {0, 1, 2, 3}
        assert folds.shape == (36,)
        assert folds[:12].tolist() == folds[24:].tolist()


def test_folds_are_balanced_over_the_strata() -> None:
    strata = np.repeat([0, 1, 2], [40, 20, 10])
    folds = make_folds([made_text(seed) for seed in range(70)], strata, 5, 0)
    for fold in range(5):
        assert np.bincount(strata[folds == fold]).tolist() == [8, 4, 2]


def test_the_seed_decides() -> None:
    texts = [made_text(seed) for seed in range(30)]
    strata = np.zeros(30, dtype=np.int64)
    first, again, other = (make_folds(texts, strata, 3, seed).tolist() for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_too_few_texts_are_refused_with_the_number_that_is_needed() -> None:
    texts = [made_text(seed) for seed in range(10)]
    strata = np.zeros(10, dtype=np.int64)
    assert set(make_folds(texts, strata, 5, 0).tolist()) == set(range(5))
    with pytest.raises(TrainingError, match="9 texts are too few for 5 folds; at least 10"):
        make_folds(texts[:9], strata[:9], 5, 0)


def test_copies_do_not_make_up_for_texts_that_are_missing() -> None:
    texts = [made_text(seed) for seed in range(9)] * 3
    with pytest.raises(TrainingError, match="too few"):
        make_folds(texts, np.zeros(27, dtype=np.int64), 5, 0)
