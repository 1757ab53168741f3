"""British and American spelling, one turned into the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.audit.spelling import Spelling, like, respell, word_pairs

BOTH_WAYS = [(british, american) for british, american, back in word_pairs() if back]


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("We analyse the behaviour of fibres.", "We analyze the behavior of fibers."),
        ("Modelling, labelled, optimisation", "Modeling, labeled, optimization"),
        ("COLOUR and Colour and colour", "COLOR and Color and color"),
        ("Paediatric leukaemia at the centre.", "Pediatric leukemia at the center."),
        ("A 10-kilometre harbour", "A 10-kilometer harbor"),
    ],
)
def test_a_text_is_turned_either_way(british: str, american: str) -> None:
    assert respell(british, "american") == american
    assert respell(american, "british") == british
    assert respell(british, "british") == british
    assert respell(american, "american") == american


def test_words_with_a_second_meaning_are_not_turned_back() -> None:
    assert respell("a metre of the programme", "american") == "a meter of the program"
    assert respell("a flow meter and a program", "british") == "a flow meter and a program"


@pytest.mark.parametrize("spelling", ["british", "american"])
@pytest.mark.parametrize(
    "text",
    [
        "several analyses and analysis",  # a noun in both
        "Colouration, colorimetry and epicentres",
        "parameter, diameter, precise, exercise, otherwise, promise",
        "hypotheses and syntheses",
    ],
)
def test_other_words_stay(text: str, spelling: Spelling) -> None:
    assert respell(text, spelling) == text


def test_every_pair_differs_and_no_word_has_two_spellings() -> None:
    assert all(british != american for british, american, _ in word_pairs())
    spellings = {british for british, *_ in word_pairs()}
    assert len(spellings) == len(word_pairs())
    assert len({american for _, american in BOTH_WAYS}) == len(BOTH_WAYS)
    assert not spellings & {american for _, american in BOTH_WAYS}


@given(st.lists(st.sampled_from(BOTH_WAYS), min_size=1))
def test_what_is_turned_and_turned_back_is_as_before(words: list[tuple[str, str]]) -> None:
    british, american = (" ".join(column) for column in zip(*words, strict=True))
    assert respell(british, "american") == american
    assert respell(american, "british") == british


@pytest.mark.parametrize(
    ("old", "expected"),
    [("word", "new one"), ("Word", "New one"), ("WORD", "NEW ONE"), ("W", "New one")],
)
def test_capitals_are_those_of_the_old_word(old: str, expected: str) -> None:
    assert like(old, "new one") == expected
