"""Telling words, replaced by modest ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.audit.euphemisms import euphemisms, telling_terms, with_euphemisms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The missile flies.", "The vehicle flies."),
        ("Missiles fly; MISSILES too.", "Vehicles fly; VEHICLES too."),
        ("surveillance by drone", "observation by flyer"),
        ("A quantum radar, not a radar.", "A novel ranging, not a ranging."),
        ("many viruses", "many particles"),
        ("all vulnerabilities", "all open issues"),
        ("a focal plane array", "a camera chip"),
        ("two mine-like objects", "two noted objects"),
        ("DNA synthesis and a CRISPR screen", "sequence preparation and a editing tool screen"),
        ("military-grade", "institutional-grade"),
    ],
)
def test_terms_become_modest_words_with_capitals_and_plurals(text: str, expected: str) -> None:
    assert with_euphemisms(text) == expected


@pytest.mark.parametrize(
    "text",
    ["bombast and bombastic", "radarsat", "alaser, laserlike", "targeted", "", "x"],
)
def test_a_term_inside_of_another_word_stays(text: str) -> None:
    assert with_euphemisms(text) == text


@given(st.text(alphabet="bcdfghjk ,.-", max_size=60))
def test_a_text_without_terms_stays(text: str) -> None:
    assert with_euphemisms(text) == text
    assert telling_terms(text) == []


def test_the_longest_term_wins_and_spans_are_where_terms_stand() -> None:
    text = "An infrared focal-plane array and two lasers"
    assert [text[start:end] for start, end in telling_terms(text)] == [
        "infrared focal-plane array",
        "lasers",
    ]


def test_no_modest_word_is_a_term_itself() -> None:
    for _, modest in euphemisms().values():
        assert telling_terms(modest) == [], modest
