"""Batches of texts: every text once an epoch, beside others of like length."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from safezone.training.adaptation.views import batches

SIZES = st.integers(1, 7)
MANY_LENGTHS = st.lists(st.integers(0, 400), max_size=150)


@given(MANY_LENGTHS, SIZES, st.integers(0, 9))
def test_every_text_stands_in_one_batch_and_no_batch_is_empty_or_too_large(
    lengths: list[int], size: int, seed: int
) -> None:
    made = batches(lengths, size, seed)
    assert sorted(number for batch in made for number in batch) == list(range(len(lengths)))
    assert all(1 <= len(batch) <= size for batch in made)
    # A smaller batch only where a shuffled lot of 16 batches ends.
    assert sum(len(batch) < size for batch in made) <= -(-len(lengths) // (16 * size))


@given(MANY_LENGTHS, SIZES, st.integers(0, 9))
def test_texts_of_a_batch_are_of_like_length(lengths: list[int], size: int, seed: int) -> None:
    """Of two batches of one lot, the texts of one are all at least as long as the other's."""
    few = lengths[: 16 * size]
    made = sorted(
        [sorted(few[number] for number in batch) for batch in batches(few, size, seed)],
        key=lambda of_batch: (of_batch[0], of_batch[-1]),
    )
    assert all(one[-1] <= two[0] for one, two in pairwise(made))


def test_batches_follow_from_the_seed_and_come_in_no_order_of_length() -> None:
    lengths = list(range(64))
    made = batches(lengths, 4, 1)
    assert made == batches(lengths, 4, 1)
    assert made != batches(lengths, 4, 2)
    firsts = [batch[0] for batch in made]
    assert firsts != sorted(firsts)
    assert sorted(firsts) == list(range(0, 64, 4))


def test_large_collections_are_mixed_anew_each_time() -> None:
    """Else the same texts would always be learned together."""
    lengths = [10] * 200
    together = [{frozenset(batch) for batch in batches(lengths, 4, seed)} for seed in (1, 2)]
    assert len(together[0] & together[1]) < 5
