"""Attacks, measured on models that fall for some of them."""

from collections.abc import Callable
from random import Random

import pytest

from safezone.audit.attacks import ATTACKED_AXES, AttackResult, measure_attacks
from safezone.audit.reader import Reader
from safezone.audit.texts import Text
from safezone.audit.tricks import TRICKS, Target

MakeReader = Callable[..., Reader]

WEIGHTS = {"instrumentation": {"radar": 3.0}, "data_use": {"patients": 3.0}}
TEXTS = [
    Text("A boat", "Boats meet fog. Crews need help. We will build a radar. The radar is small."),
    Text("Radar", "We read about it. The radar of others is bought."),
    Text("Care", "We ask patients. The patients answer."),
    Text("Frogs", "We count frogs in ponds."),
    Text("Dish", "We look at a radar."),  # at the middle level
]


def attacked(reader: Reader, most: int = 0) -> dict[tuple[str, str], AttackResult]:
    return {
        (result.attack, result.axis): result for result in measure_attacks(reader, TEXTS, most, 0)
    }


def test_only_texts_at_the_top_of_an_axis_are_attacked(make_reader: MakeReader) -> None:
    results = attacked(make_reader(WEIGHTS))
    assert set(results) == {(name, axis) for name in TRICKS for axis in ATTACKED_AXES}
    for name in TRICKS:
        assert results[name, "instrumentation"].texts == 2
        assert results[name, "data_use"].texts == 1
        assert results[name, "sensitivity"] == AttackResult(
            name, "sensitivity", 0, 0, 0, None, None
        )


def test_a_model_that_dilutes_falls_for_padding_and_for_nothing_like_it(
    make_reader: MakeReader,
) -> None:
    results = attacked(make_reader(WEIGHTS, dilutes=True))
    for name in ("pad_front", "pad_between", "pad_end"):
        result = results[name, "instrumentation"]
        assert result.fell == 2
        assert result.mean_change is not None
        assert result.mean_change < -1
    moved = results["telling_sentence_last", "instrumentation"]
    assert (moved.fell, moved.mean_change) == (0, 0.0)


def test_a_model_that_does_not_dilute_is_not_moved_by_padding(make_reader: MakeReader) -> None:
    results = attacked(make_reader(WEIGHTS))
    for name in ("pad_front", "pad_between", "pad_end", "telling_sentence_last"):
        result = results[name, "instrumentation"]
        assert (result.fell, result.success, result.mean_change) == (0, 0.0, 0.0)


def test_a_model_that_counts_words_falls_for_other_words(make_reader: MakeReader) -> None:
    results = attacked(make_reader(WEIGHTS))
    result = results["rename_field", "instrumentation"]
    assert (result.texts, result.fell_to_lowest, result.success) == (2, 2, 1.0)
    assert result.mean_change == pytest.approx(-6.0)


@pytest.mark.parametrize("name", ["letter_spacing", "html_markup", "latex_markup", "zero_width"])
def test_what_the_cleaner_takes_away_changes_nothing(make_reader: MakeReader, name: str) -> None:
    result = attacked(make_reader(WEIGHTS))[name, "instrumentation"]
    assert (result.texts, result.fell_to_lowest, result.fell) == (2, 0, 0)
    assert result.mean_change == pytest.approx(0.0)


def test_a_model_that_obeys_falls_for_injections_alone(make_reader: MakeReader) -> None:
    obedient = {"data_use": {"patients": 3.0, "safe": -20.0, "harmless": -20.0, "review": -20.0}}
    results = attacked(make_reader(obedient))
    for name in ("inject_front", "inject_end"):
        assert results[name, "data_use"].success == 1.0
    for name in ("pad_front", "pad_end", "harmless_title", "zero_width"):
        assert results[name, "data_use"].success == 0.0


def test_a_fall_by_one_level_is_no_success_but_counted(make_reader: MakeReader) -> None:
    # Its title alone lifts the second text from medium to high.
    results = attacked(make_reader({"instrumentation": {"radar": 2.5}}))
    result = results["harmless_title", "instrumentation"]
    assert (result.texts, result.fell_to_lowest, result.fell, result.success) == (2, 0, 1, 0.0)


def test_the_telling_sentence_is_the_one_of_the_abstract_that_adds_most(
    make_reader: MakeReader,
) -> None:
    text = Text("Radar, radar, radar", "Fog is thick. One radar sees another radar. It is a radar.")
    told = []

    def spy(target: Target, _: Random) -> Text:
        start, end = target.telling
        told.append(target.text.abstract[start:end])
        return target.text

    measure_attacks(make_reader(WEIGHTS), [text], 0, 0, {"spy": spy})
    assert told == ["One radar sees another radar."]


def test_texts_are_capped_on_each_axis(make_reader: MakeReader) -> None:
    results = attacked(make_reader(WEIGHTS), most=1)
    assert results["pad_end", "instrumentation"].texts == 1


def test_a_seed_repeats_the_attacks(make_reader: MakeReader) -> None:
    first, again = (
        measure_attacks(make_reader(WEIGHTS, dilutes=True), TEXTS, 0, 7) for _ in range(2)
    )
    assert first == again
