"""Rewritings that say the same of a project in other words."""

import re

import pytest

from safezone.audit.carriers import REWRITINGS
from safezone.audit.texts import Text, seeded
from safezone.swaps.institutions import institutions

TEXT = Text(
    "Colours of lakes",
    "We will analyse how lakes change in Peru. The University of Toronto keeps the samples, and "
    "Stanford University the tables; students of the University of Toronto count the algae.",
)
PLAIN = Text("Old ice", "We date the layers of an old ice core by its ash.")


def variants(name: str, text: Text = TEXT, draws: int = 5, seed: int = 0) -> list[Text]:
    return REWRITINGS[name](text, seeded(seed), draws)


@pytest.mark.parametrize("name", REWRITINGS)
def test_a_seed_repeats_the_variants(name: str) -> None:
    assert variants(name) == variants(name)


@pytest.mark.parametrize(
    "name", ["countries_named", "institutions", "names", "pronouns", "currencies"]
)
def test_a_carrier_is_one_more_sentence_that_differs(name: str) -> None:
    found = variants(name, PLAIN)
    assert len(set(found)) == len(found) >= 3
    for text in found:
        assert text.title == PLAIN.title
        assert text.abstract.startswith(f"{PLAIN.abstract} ")
        assert "{" not in text.abstract
        assert len(text.abstract.split()) > len(PLAIN.abstract.split()) + 2


def test_countries_in_a_text_are_exchanged_and_the_text_itself_comes_first() -> None:
    first, *others = variants("countries")
    assert first == TEXT
    assert len(others) == 5
    assert all("Peru" not in text.abstract for text in others)


@pytest.mark.parametrize("name", ["countries", "spelling"])
def test_a_text_with_nothing_to_rewrite_has_no_variants(name: str) -> None:
    assert variants(name, PLAIN) == []


def test_an_institution_becomes_the_same_one_wherever_it_stands() -> None:
    listed = "|".join(map(re.escape, institutions()))
    for text in variants("institutions"):
        found = re.findall(listed, text.abstract, re.IGNORECASE)
        toronto, stanford, again, *_ = found
        assert toronto.lower() == again.lower() != stanford.lower()
        assert len({name.lower() for name in found}) == len(found) - 1


def test_pronouns_are_he_she_and_they() -> None:
    found = variants("pronouns", PLAIN)
    assert len(found) == 3
    for text, pronoun in zip(found, ("he", "she", "they"), strict=True):
        assert re.search(rf"\b{pronoun}\b", text.abstract)


def test_spellings_are_british_and_american() -> None:
    british, american = variants("spelling")
    assert british == TEXT
    assert american.title == "Colors of lakes"
    assert "analyze" in american.abstract
