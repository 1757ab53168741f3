"""Faithfulness of evidence, measured on a model whose evidence is true and on one that blames."""

from collections.abc import Callable

import pytest

from safezone.audit.faithfulness import AxisFaithfulness, measure_faithfulness
from safezone.audit.reader import Reader
from safezone.audit.texts import Text

MakeReader = Callable[..., Reader]

WEIGHTS = {"instrumentation": {"radar": 9.0, "boat": 0.1}}
TEXTS = [
    Text("A boat", f"Fog is {adjective}. We will build a radar. Tests are made in a boat.")
    for adjective in ("thick", "thin", "white", "grey", "cold", "wet", "slow", "rare", "low")
]


def on_instrumentation(
    reader: Reader, texts: list[Text] = TEXTS, most: int = 0, by: str = "contribution"
) -> AxisFaithfulness:
    axes = measure_faithfulness(reader, texts, most, 0).axes
    [result] = [axis for axis in axes if (axis.by, axis.axis) == (by, "instrumentation")]
    return result


def test_true_evidence_hurts_more_than_any_other_sentence(make_reader: MakeReader) -> None:
    reader = make_reader(WEIGHTS)
    result = on_instrumentation(reader)
    assert (result.cases, result.telling_hurts_more, result.rate) == (9, 9, 1.0)
    assert result.mean_fall_telling == pytest.approx(9.0)
    assert result.mean_fall_random == pytest.approx(0.1, abs=0.1)
    assert measure_faithfulness(reader, TEXTS, 0, 0).largest_gap < 1e-12


def test_evidence_that_blames_another_sentence_is_caught(make_reader: MakeReader) -> None:
    """Read by itself, the true one says most even so."""
    blaming = make_reader({"instrumentation": {"radar": 9.0}}, blames=True)
    result = on_instrumentation(blaming)
    assert (result.cases, result.rate, result.mean_fall_telling) == (9, 0.0, 0.0)
    alone = on_instrumentation(blaming, by="alone")
    assert (alone.cases, alone.rate) == (9, 1.0)


def test_only_confident_texts_above_the_lowest_level_are_cases(make_reader: MakeReader) -> None:
    texts = [
        Text("Frogs", "We count frogs. They sit in ponds."),  # at the lowest level
        Text("", "We will build a radar."),  # one sentence only
        Text("A tool", "A gadget is made. It is small."),  # P(high) is a little over one half
        TEXTS[0],
    ]
    reader = make_reader({"instrumentation": {"radar": 9.0, "gadget": 4.2}})
    assert on_instrumentation(reader, texts).cases == 1


def test_cases_are_capped(make_reader: MakeReader) -> None:
    assert on_instrumentation(make_reader(WEIGHTS), most=2).cases == 2


def test_axes_without_cases_have_no_rate(make_reader: MakeReader) -> None:
    result = measure_faithfulness(make_reader(WEIGHTS), TEXTS, 0, 0)
    assert AxisFaithfulness("alone", "data_use", 0, 0, None, None, None) in result.axes


def test_contributions_that_do_not_add_up_are_caught(make_reader: MakeReader) -> None:
    reader = make_reader(WEIGHTS)
    [answer] = reader.answers([TEXTS[0].prepared()])
    answer.explanation.contributions[0] += 0.5
    assert measure_faithfulness(reader, TEXTS[:1], 0, 0).largest_gap == pytest.approx(0.5)


def test_no_texts_give_an_empty_result(make_reader: MakeReader) -> None:
    result = measure_faithfulness(make_reader(WEIGHTS), [], 0, 0)
    assert (result.texts, result.largest_gap) == (0, 0.0)
    assert {axis.cases for axis in result.axes} == {0}
