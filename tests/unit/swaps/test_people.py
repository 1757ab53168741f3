"""The exchange of people."""

from random import Random

import pytest

from safezone.swaps.people import PersonSwap, names

FAMILY_NAMES = {name for of_country in names() for name in of_country.family}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Led by Dr. Ada Smith.", "Ada Smith"),
        ("Led by Dr Ada Smith and others.", "Ada Smith"),
        ("Professor Émile Çelik-Öz leads.", "Émile Çelik-Öz"),
        ("PI: J. R. Okafor; students help.", "J. R. Okafor"),
        ("Principal investigator: Wei Zhang", "Wei Zhang"),
        ("Prof. O'Neill will lead.", "O'Neill"),
    ],
)
def test_a_name_with_a_title_or_a_role_becomes_another(text: str, name: str) -> None:
    for seed in range(20):
        swapped, mentions = PersonSwap(Random(seed)).apply(text)
        assert mentions == 1
        before, after = text.split(name)
        assert swapped.startswith(before)
        assert swapped.endswith(after)
        new = swapped.removeprefix(before).removesuffix(after)
        assert new != name
        assert any(new.endswith(family) for family in FAMILY_NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "A full professor. The ice melts.",
        "She became Professor. The ice melts.",
        "Dr. of physics",
        "Ada Smith has no title.",
        "principal investigator of Ice",
        "",
    ],
)
def test_words_that_name_nobody_stay(text: str) -> None:
    assert PersonSwap(Random(0)).apply(text) == (text, 0)


def test_a_person_becomes_the_same_one_wherever_it_is_named() -> None:
    swap = PersonSwap(Random(0))
    [first, _], [second, _] = swap.apply("Dr. Ada Smith"), swap.apply("Prof. Ada Smith")
    assert first.removeprefix("Dr. ") == second.removeprefix("Prof. ")
    assert swap.apply("Dr. Ada Smith and Dr. Bo Li")[1] == 2


def test_a_family_name_alone_becomes_a_family_name() -> None:
    for seed in range(20):
        swapped, _ = PersonSwap(Random(seed)).apply("Professor Smith")
        assert swapped.removeprefix("Professor ") in FAMILY_NAMES


def test_a_carrier_names_people_of_two_countries() -> None:
    of = {name: of_country.country for of_country in names() for name in of_country.family}
    for seed in range(20):
        first, second = PersonSwap(Random(seed)).named_in("{family_1}|{family_2}").split("|")
        assert of[first] != of[second]
