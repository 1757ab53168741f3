"""What must change nothing, measured on models that are blind and on some that are not."""

from collections.abc import Callable
from typing import Any

import pytest

from safezone.audit.carriers import REWRITINGS
from safezone.audit.invariance import InvarianceResult, measure_invariance
from safezone.audit.reader import Reader
from safezone.audit.texts import Text

MakeReader = Callable[..., Reader]

TEXTS = [
    Text("Lakes of Peru", "We analyse how lakes warm in Peru and Kenya. All readings are shared."),
    Text("Old ice", "We date the layers of an old ice core by its ash."),
]


@pytest.fixture
def no_neutraliser(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_: str) -> list[Any]:
        return []

    monkeypatch.setattr("safezone.text.prepare.find_identities", nothing)
    monkeypatch.setattr("safezone.text.prepare.find_spellings", nothing)


def measured(reader: Reader, name: str, draws: int = 6) -> InvarianceResult:
    [result] = measure_invariance(reader, TEXTS, draws, 0, 0, {name: REWRITINGS[name]})
    return result


@pytest.mark.parametrize("name", ["countries", "countries_named"])
def test_a_model_behind_the_neutraliser_is_given_the_same_words(
    make_reader: MakeReader, name: str
) -> None:
    texts = 1 if name == "countries" else 2
    blind = InvarianceResult(name, texts, 6 * texts, 0, 0.0, 0, 0.0)
    # Even one that would fall for every word.
    assert measured(make_reader({"sensitivity": {"a": 1.0}}), name) == blind


@pytest.mark.usefixtures("no_neutraliser")
def test_a_country_sighted_model_is_caught(make_reader: MakeReader) -> None:
    """One to which Peru is harmless."""
    sighted = make_reader({"sensitivity": {"peru": -20.0, "lakes": 10.0}})
    result = measured(sighted, "countries")
    assert (result.texts, result.variants, result.variants_read_otherwise) == (1, 6, 6)
    assert result.level_flips == 6
    assert result.texts_with_a_flip == 1.0
    assert result.largest_change > 0.9


@pytest.mark.usefixtures("no_neutraliser")
def test_a_model_without_the_neutraliser_that_ignores_countries_passes(
    make_reader: MakeReader,
) -> None:
    result = measured(make_reader({"sensitivity": {"lakes": 1.0}}), "countries")
    assert result.variants_read_otherwise == 6
    assert (result.largest_change, result.level_flips) == (0.0, 0)


@pytest.mark.usefixtures("no_neutraliser")
@pytest.mark.parametrize(
    ("name", "word"), [("pronouns", " she "), ("currencies", "cny"), ("spelling", "analyze")]
)
def test_a_model_that_minds_the_wording_is_caught(
    make_reader: MakeReader, name: str, word: str
) -> None:
    result = measured(make_reader({"data_use": {word: 10.0}}), name, draws=9)
    assert result.level_flips > 0
    assert result.largest_change > 0.9
    assert 0 < result.texts_with_a_flip <= 1


@pytest.mark.parametrize(
    ("name", "word"), [("currencies", "cny"), ("spelling", "analyze"), ("spelling", "analyse")]
)
def test_the_neutraliser_hides_money_and_spelling(
    make_reader: MakeReader, name: str, word: str
) -> None:
    result = measured(make_reader({"data_use": {word: 10.0}}), name, draws=9)
    assert result.variants > 0
    assert (result.variants_read_otherwise, result.level_flips, result.largest_change) == (0, 0, 0)


@pytest.mark.usefixtures("no_neutraliser")
def test_a_change_too_small_for_a_flip_is_still_measured(make_reader: MakeReader) -> None:
    result = measured(make_reader({"data_use": {"analyze": 0.5}}), "spelling")
    assert result.level_flips == 0
    assert 0.01 < result.largest_change < 0.2


def test_texts_are_capped_after_those_that_do_not_apply_are_left_out(
    make_reader: MakeReader,
) -> None:
    texts = [TEXTS[1], TEXTS[1], *[TEXTS[0]] * 4]
    results = measure_invariance(make_reader({}), texts, 1, 3, 0)
    assert {result.rewriting: result.texts for result in results} == dict.fromkeys(REWRITINGS, 3)


@pytest.mark.usefixtures("no_neutraliser")
def test_a_seed_repeats_the_draws_and_another_makes_others(make_reader: MakeReader) -> None:
    reader = make_reader({"sensitivity": {"a": 0.3, "e": 0.2, "o": 0.1}})
    first, again, other = (measure_invariance(reader, TEXTS, 3, 0, seed) for seed in (0, 0, 1))
    assert first == again
    for one, two in zip(first, other, strict=True):
        drawn = one.rewriting in ("countries", "countries_named", "institutions", "names")
        assert not drawn or one.largest_change != two.largest_change


def test_no_texts_give_an_empty_result(make_reader: MakeReader) -> None:
    results = measure_invariance(make_reader({}), [], 2, 0, 0)
    assert results == [InvarianceResult(name, 0, 0, 0, 0.0, 0, 0.0) for name in REWRITINGS]
