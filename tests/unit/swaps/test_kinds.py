"""All kinds of exchange alike, and the sentences that carry them."""

from random import Random

import pytest

from safezone.swaps.carriers import random_carrier, with_ending
from safezone.swaps.kinds import SWAPS

TEXT = "Dr. Ada Smith of the University of Toronto works in Peru."


@pytest.mark.parametrize("kind", SWAPS)
def test_each_finds_its_own_in_a_text(kind: str) -> None:
    swapped, mentions = SWAPS[kind](Random(0)).apply(TEXT)
    assert mentions == 1
    assert swapped != TEXT


@pytest.mark.parametrize("kind", SWAPS)
def test_a_carrier_is_filled_in_and_differs_from_draw_to_draw(kind: str) -> None:
    random = Random(0)
    for _ in range(10):
        carrier = random_carrier(kind, random)
        found = {SWAPS[kind](random).named_in(carrier) for _ in range(10)}
        assert len(found) > 5
        assert not [sentence for sentence in found if "{" in sentence]
        assert all(sentence.endswith(".") for sentence in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It ends.", "It ends. More."),
        ("It ends. \n", "It ends. More."),
        ("It does not end", "It does not end. More."),
        ("It ends (here).", "It ends (here). More."),
        ("", "More."),
    ],
)
def test_a_sentence_at_the_end_is_a_sentence_of_its_own(text: str, expected: str) -> None:
    assert with_ending(text, "More.") == expected
