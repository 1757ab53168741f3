"""The exchange of countries and nationalities."""

import re
from random import Random

import pytest

from safezone.swaps.countries import Country, CountrySwap, countries

SEEDS = range(40)


def swap(text: str, seed: int = 0) -> str:
    return CountrySwap(Random(seed)).apply(text)[0]


def bare(name: str) -> str:
    return name.removeprefix("the ")


def country_in(text: str) -> Country:
    """The country whose usual name the whole text is, article apart."""
    (found,) = (c for c in countries() if bare(c.names[0]) == re.sub("^[Tt]he ", "", text))
    return found


def test_the_list_holds_each_name_once() -> None:
    words = [name for country in countries() for name in (*country.names, country.demonym)]
    assert len(words) == len(set(words)) > 150


def test_one_country_becomes_one_other_by_all_its_names() -> None:
    text = "in |Germany|German|the Federal Republic of Germany|Germany|Iran|Iranian"
    for seed in SEEDS:
        _, *parts = swap(text, seed).split("|")
        first, second = country_in(parts[0]), country_in(parts[4])
        assert parts == [
            *(first.names[0], first.demonym, first.names[0], first.names[0]),
            *(second.names[0], second.demonym),
        ]
        assert first != second
        assert first.names[0] != "Germany"
        assert second.names[0] != "Iran"


def test_no_country_becomes_itself() -> None:
    for country in countries():
        for seed in range(10):
            words = [*country.names, country.demonym]
            swapped = swap("; ".join(words), seed).split("; ")
            assert country_in(swapped[0]) != country
            assert not {bare(word) for word in swapped} & {bare(word) for word in words}


def test_every_draw_is_another_swap_and_a_seed_repeats_it() -> None:
    random = Random(0)
    draws = {CountrySwap(random).apply("Peru")[0] for _ in range(50)}
    assert len(draws) > 20
    assert swap("Peru and Kenya", 3) == swap("Peru and Kenya", 3)


def test_names_take_the_article_that_they_need() -> None:
    usual = {country.names[0] for country in countries()}
    for seed in SEEDS:
        parts = swap("in the Netherlands|in Peru|from the US", seed).split("|")
        for part, preposition in zip(parts, ("in ", "in ", "from "), strict=True):
            assert part.removeprefix(preposition) in usual


@pytest.mark.parametrize(
    "text", ["The Netherlands leads.", "Peru leads.", "Ice melts. Peru warms."]
)
def test_a_sentence_still_begins_with_a_capital(text: str) -> None:
    for seed in SEEDS:
        for sentence in re.split(r"(?<=\.) ", swap(text, seed)):
            assert sentence[0].isupper()


def test_demonyms_take_a_or_an() -> None:
    wrong, seen = set(), set()
    for seed in range(300):
        low, high, plain = swap("an Indian team|A Peruvian team|the Thai team", seed).split("|")
        assert plain.startswith("the ")
        for phrase in (low, high):
            article, _, demonym = phrase.removesuffix(" team").partition(" ")
            seen.add(article)
            an = demonym[0] in "AEIO" or demonym == "Uzbek"
            if article.lower() != ("an" if an else "a"):
                wrong.add(f"{article} {demonym}")
        assert low[0] == "a"
        assert high[0] == "A"
    assert seen == {"a", "an", "A", "An"}
    assert not wrong


def test_a_name_used_as_an_adjective_keeps_an_article() -> None:
    for seed in SEEDS:
        swapped = swap("joined a UK consortium", seed)
        assert re.fullmatch(r"joined an? [A-Z].* consortium", swapped), swapped


def test_a_qualified_name_takes_no_article() -> None:
    for seed in SEEDS:
        swapped = swap("northern Italy, North America and Latin America", seed)
        assert "the" not in swapped.split()


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("We work in the U.S. The ice melts.", r"We work in (.+)\. The ice melts\."),
        ("We work in the U.S.", r"We work in (.+)\."),
        ("We work with U.S. towns.", r"We work with (.+) towns\."),
    ],
)
def test_a_full_stop_that_ends_a_name_still_ends_the_sentence(text: str, pattern: str) -> None:
    for seed in SEEDS:
        found = re.fullmatch(pattern, swap(text, seed))
        assert found
        assert "U.S." not in country_in(found[1]).names


@pytest.mark.parametrize(
    "text",
    [
        "Coral in the South China Sea.",
        "Fishing in the East China Sea.",
        "Currents of the Taiwan Strait.",
        "Cranes of the Korean Peninsula and the Korean demilitarized zone.",
    ],
)
def test_contested_places_under_study_stay(text: str) -> None:
    assert CountrySwap(Random(0)).apply(text) == (text, 0)


def test_only_the_contested_place_stays() -> None:
    text, count = CountrySwap(Random(0)).apply("China and Korean teams sail the South China Sea.")
    assert count == 2
    assert text.endswith(" teams sail the South China Sea.")
    assert not text.startswith("China")


@pytest.mark.parametrize(
    "text",
    [
        "US$500 million and US$ 5",
        "We roast turkey with chile in fine china and polish the swiss knife.",
        "It tells us what moves us.",
        "Indiana, Perugia, Germanium, Omani and Chinatown are no names here.",
        "Nothing to swap.",
        "",
    ],
)
def test_words_that_are_no_names_stay(text: str) -> None:
    assert CountrySwap(Random(0)).apply(text) == (text, 0)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Peru", 1),
        ("Peru, Peru and Peruvian llamas", 3),
        ("TURKEY and Türkiye", 2),
        ("the United States of America", 1),
        ("North Korea and South Korea", 2),
        ("the People's Republic of China (PRC)", 2),
        ("funded by the U.S. and the U.K. alike", 2),
        ("New Zealand’s and South Africa's parks", 2),
    ],
)
def test_every_mention_is_counted_once(text: str, count: int) -> None:
    assert CountrySwap(Random(0)).apply(text)[1] == count


def test_a_carrier_names_other_countries() -> None:
    assert (
        CountrySwap(Random(0)).named_in("From Peru.")
        == CountrySwap(Random(0)).apply("From Peru.")[0]
    )
