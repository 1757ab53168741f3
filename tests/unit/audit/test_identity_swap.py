"""The audit of country-blindness: the swap itself, and what it measures."""

import re
from random import Random

import pytest

from safezone.assessment import Assessor
from safezone.audit.identity_swap import (
    Country,
    Swap,
    SwapReport,
    countries,
    measure_swaps,
)
from safezone.text.identities import Identity

SEEDS = range(40)


def swap(text: str, seed: int = 0) -> str:
    return Swap(Random(seed)).apply(text)[0]


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
    draws = {Swap(random).apply("Peru")[0] for _ in range(50)}
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
    assert Swap(Random(0)).apply(text) == (text, 0)


def test_only_the_contested_place_stays() -> None:
    text, count = Swap(Random(0)).apply("China and Korean teams sail the South China Sea.")
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
    assert Swap(Random(0)).apply(text) == (text, 0)


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
    assert Swap(Random(0)).apply(text)[1] == count


TEXTS = [
    (
        "Lakes of Peru",
        "We will measure how lakes warm in Peru and in Kenya. A Peruvian team and a German "
        "laboratory share all readings, and students from Kenya are trained in the analysis of "
        "sediments. The results help towns to plan their use of water over the coming decades.",
    ),
    (
        "Old ice",
        "We date the layers of an old ice core by the ash that eruptions left in it. All data and "
        "programs will be published, and two students will learn to work with an ice laboratory.",
    ),
]


def test_a_model_behind_the_neutraliser_is_not_moved(debug_assessor: Assessor) -> None:
    calls: list[tuple[int, int]] = []
    report = measure_swaps(
        debug_assessor.model, TEXTS, draws=5, progress=lambda done, of: calls.append((done, of))
    )
    # Peru and Peruvian three times, Kenya twice, German once; five draws.
    assert report == SwapReport(
        draws=5,
        texts=1,
        mentions=30,
        texts_read_otherwise=0,
        largest_change=0.0,
        level_flips=0,
    )
    assert calls == [(n, 5) for n in range(1, 6)]


def test_without_the_neutraliser_the_audit_sees_what_moves(
    debug_assessor: Assessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(_: str) -> list[Identity]:
        return []

    monkeypatch.setattr("safezone.text.prepare.find_identities", nothing)
    report = measure_swaps(debug_assessor.model, TEXTS, draws=5)
    assert report.texts_read_otherwise == 5  # the text without a name is read as before
    assert 0 < report.largest_change <= 1
    assert report == measure_swaps(debug_assessor.model, TEXTS, draws=5, seed=0)
    assert report != measure_swaps(debug_assessor.model, TEXTS, draws=5, seed=1)


def test_an_empty_line_in_a_title_is_no_change(debug_assessor: Assessor) -> None:
    texts = [("Old ice\n\nand its layers", TEXTS[1][1])]
    report = measure_swaps(debug_assessor.model, texts, draws=1)
    assert report == SwapReport(1, 0, 0, 0, 0.0, 0)


def test_no_texts_give_an_empty_report(debug_assessor: Assessor) -> None:
    assert measure_swaps(debug_assessor.model, [], draws=2) == SwapReport(2, 0, 0, 0, 0.0, 0)
