"""What must move an answer, measured on models that know it and on some that do not."""

from collections.abc import Callable

import pytest

from safezone.audit.direction import EPSILON, DirectionResult, ProbeResult, measure_direction
from safezone.audit.probes import Probe
from safezone.audit.reader import Reader
from safezone.audit.texts import Text

MakeReader = Callable[..., Reader]

# A model whose axes each know their own word.
KNOWS = {"instrumentation": {"build": 3.0}, "data_use": {"patients": 3.0}}
TEXTS = [
    Text("Frogs", "We count frogs in ponds."),  # low on both
    Text("Boats", "We build boats and build docks."),  # high in instrumentation
    Text("Care", "Patients are asked. Other patients are not."),  # high in data use
]


def probe(**fields: str) -> Probe:
    return Probe.model_validate({"id": "p", **fields})


def measured(reader: Reader, *probes: Probe, most: int = 0) -> DirectionResult:
    return measure_direction(reader, TEXTS, most, probes)


BUILDS = probe(append="We build a mast.", instrumentation="raise medium", data_use="still")
LINKS = probe(append="We link patients.", instrumentation="still", data_use="raise high")


def test_a_model_that_knows_the_axes_apart_passes(make_reader: MakeReader) -> None:
    result = measured(make_reader(KNOWS), BUILDS, LINKS)
    # A text at the top cannot be raised, and is left out.
    assert result.probes == (
        ProbeResult("p", "instrumentation", "raise medium", 2, 2, 1.0),
        ProbeResult("p", "data_use", "still", 3, 3, 1.0),
        ProbeResult("p", "instrumentation", "still", 3, 3, 1.0),
        ProbeResult("p", "data_use", "raise high", 2, 2, 1.0),
    )
    assert {(s.axis, s.probes, s.texts, s.rate) for s in result.by_axis} == {
        ("instrumentation", 2, 5, 1.0),
        ("data_use", 2, 5, 1.0),
    }
    assert [(s.axis, s.effect, s.texts) for s in result.by_effect] == [
        ("data_use", "raise", 2),
        ("data_use", "still", 3),
        ("instrumentation", "raise", 2),
        ("instrumentation", "still", 3),
    ]


def test_a_model_that_mixes_the_axes_up_is_caught(make_reader: MakeReader) -> None:
    mixed = {"instrumentation": {"build": 3.0}, "data_use": {"build": 3.0, "patients": 3.0}}
    _, still = measured(make_reader(mixed), BUILDS).probes
    # The frogs rise with the boats; the boats and the patients are at the top already.
    assert (still.texts, still.held) == (3, 2)


def test_a_model_that_does_not_see_building_is_caught(make_reader: MakeReader) -> None:
    rise, still = measured(make_reader({}), BUILDS).probes
    assert (rise.texts, rise.held, rise.rate) == (3, 0, 0.0)
    assert still.rate == 1.0


@pytest.mark.parametrize(("weight", "holds"), [(EPSILON * 0.9, 0), (EPSILON * 1.1, 3)])
def test_a_rise_counts_from_epsilon_on(make_reader: MakeReader, weight: float, holds: int) -> None:
    rise, _ = measured(make_reader({"instrumentation": {"mast": weight}}), BUILDS).probes
    assert rise.held == holds


def test_lowering_is_asked_of_texts_above_the_lowest_level(make_reader: MakeReader) -> None:
    uses = {"replace": r"\bbuild\b", "with": "use", "data_use": "not_raised"}
    lower = probe(**uses, instrumentation="lower medium")
    fall, not_raised = measured(make_reader(KNOWS), lower).probes
    assert (fall.texts, fall.held) == (1, 1)
    assert (not_raised.texts, not_raised.held) == (1, 1)
    fall, _ = measured(make_reader({"instrumentation": {"boats": 6.0}}), lower).probes
    assert (fall.texts, fall.held) == (1, 0)
    fall, not_raised = measured(make_reader({}), lower).probes
    assert (fall.texts, not_raised.texts) == (0, 1)


def test_what_may_fall_but_not_rise_is_told_from_what_must_stay(make_reader: MakeReader) -> None:
    hosted = "The data stay hosted."
    weights = {"data_use": {"patients": 3.0, "hosted": -9.0}}
    for effect, holds in (("not_raised", 3), ("still", 2)):
        only = probe(append=hosted, instrumentation="free", data_use=effect)
        [result] = measured(make_reader(weights), only).probes
        assert (result.texts, result.held) == (3, holds)


def test_one_sentence_is_held_against_another(make_reader: MakeReader) -> None:
    contrast = probe(
        append="We build it.",
        instead_of="We build and build it.",
        instrumentation="raise medium",
        data_use="free",
    )
    [result] = measured(make_reader(KNOWS), contrast).probes
    # With the other sentence all texts are at the top already: none can show a rise.
    assert (result.texts, result.rate) == (0, None)
    against_use = contrast.model_copy(update={"instead_of": "We use it."})
    [result] = measured(make_reader(KNOWS), against_use).probes
    assert (result.texts, result.held) == (2, 2)


def test_texts_are_capped(make_reader: MakeReader) -> None:
    [result, _] = measured(make_reader({}), BUILDS, most=2).probes
    assert result.texts == 2


def test_no_texts_give_no_rate(make_reader: MakeReader) -> None:
    result = measure_direction(make_reader(KNOWS), [], 5, [BUILDS])
    assert [summary.rate for summary in result.by_axis] == [None, None]
