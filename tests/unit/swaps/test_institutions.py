"""The exchange of institutions."""

import re
from random import Random

import pytest

from safezone.swaps.institutions import InstitutionSwap, institutions

LISTED = re.compile("|".join(map(re.escape, institutions())), re.IGNORECASE)


def test_an_institution_becomes_the_same_one_wherever_it_stands() -> None:
    swap = InstitutionSwap(Random(0))
    title, in_title = swap.apply("Ice at the University of Toronto")
    abstract, in_abstract = swap.apply("The University of Toronto and Stanford University melt it.")
    assert (in_title, in_abstract) == (1, 2)
    first, again, other = (name.lower() for name in LISTED.findall(f"{title} {abstract}"))
    assert first == again != other
    assert abstract[0].isupper()


@pytest.mark.parametrize(
    "text", ["We study universities.", "the University", "a university of applied arts", ""]
)
def test_words_that_name_none_stay(text: str) -> None:
    assert InstitutionSwap(Random(0)).apply(text) == (text, 0)


def test_a_carrier_names_two_that_no_other_becomes() -> None:
    swap = InstitutionSwap(Random(3))
    carrier = swap.named_in("{institution_1} | {institution_2}")
    first, second = carrier.split(" | ")
    text, _ = swap.apply("; ".join(f"University of X{letter}" for letter in "ABCDEFGH"))
    named = [first, second, *LISTED.findall(text)]
    assert len(set(named)) == len(named) == 10


def test_where_the_list_is_at_its_end_names_stay() -> None:
    many = [f"University of X{number}x" for number in range(len(institutions()) + 2)]
    text, mentions = InstitutionSwap(Random(0)).apply("; ".join(many))
    assert mentions == len(many)
    assert text.split("; ")[-2:] == many[-2:]


def test_a_seed_repeats_an_exchange() -> None:
    text = "the University of Toronto"
    draws = [InstitutionSwap(Random(seed)).apply(text)[0] for seed in range(20)]
    assert draws == [InstitutionSwap(Random(seed)).apply(text)[0] for seed in range(20)]
    assert len(set(draws)) > 5
