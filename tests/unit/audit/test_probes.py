"""The probes: the audit's own are valid, and what makes no sense is refused."""

from collections import Counter

import pytest
from pydantic import ValidationError

from safezone.audit.probes import Expectation, Probe, load_probes
from safezone.audit.texts import Text, own_records
from safezone.taxonomy import Taxonomy

TEXT = Text("Build a boat", "We will build it. Nobody will BUILD a harbour")


def probe(**fields: str) -> Probe:
    given = {"id": "p", "instrumentation": "still", "data_use": "free", **fields}
    return Probe.model_validate(given)


def test_there_are_forty_probes_and_more_each_with_an_id_of_its_own() -> None:
    ids = [probe.id for probe in load_probes()]
    assert len(ids) == len(set(ids)) >= 40


def test_each_effect_is_asked_of_both_risk_axes() -> None:
    asked = Counter(
        (expectation.axis, expectation.effect)
        for probe in load_probes()
        for expectation in probe.expectations
    )
    for axis in ("instrumentation", "data_use"):
        assert asked[axis, "raise"] >= 10
        assert asked[axis, "still"] >= 10
        assert asked[axis, "not_raised"] >= 3
        assert asked[axis, "lower"] >= 2


def test_no_edit_is_there_twice() -> None:
    edits = [(probe.append, probe.instead_of, probe.replace, probe.by) for probe in load_probes()]
    assert len(set(edits)) == len(edits)


def test_every_probe_applies_to_some_of_the_own_abstracts(taxonomy: Taxonomy) -> None:
    texts = [Text(record.title, record.abstract) for record in own_records(taxonomy)]
    for probe in load_probes():
        applies = [text for text in texts if probe.edit(text) is not None]
        assert len(applies) >= 3, probe.id


def test_a_sentence_is_put_at_the_end() -> None:
    before, after = probe(append="More.").edit(TEXT) or (None, None)
    assert before == TEXT
    assert after == TEXT.with_ending("More.")


def test_a_sentence_is_held_against_another() -> None:
    before, after = probe(append="More.", instead_of="Less.").edit(TEXT) or (None, None)
    assert before == TEXT.with_ending("Less.")
    assert after == TEXT.with_ending("More.")


def test_a_word_is_replaced_wherever_it_stands_with_its_capitals() -> None:
    edit = probe(replace=r"\bbuild\b", **{"with": "buy"}).edit(TEXT)
    assert edit == (TEXT, Text("Buy a boat", "We will buy it. Nobody will BUY a harbour"))


def test_where_nothing_is_to_replace_there_is_no_edit() -> None:
    assert probe(replace="missile", **{"with": "boat"}).edit(TEXT) is None


def test_expectations_name_levels_by_number_and_skip_free_axes() -> None:
    found = probe(append="x", instrumentation="raise high", sensitivity="not_raised").expectations
    assert found == (
        Expectation(axis="sensitivity", effect="not_raised", level=None),
        Expectation(axis="instrumentation", effect="raise", level=2),
    )


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"append": "x", "replace": "y", "with": "z"},
        {"replace": "y"},
        {"append": "x", "with": "z"},
        {"replace": "y", "with": "z", "instead_of": "x"},
        {"replace": "(", "with": "z"},
        {"append": "x", "instrumentation": "free"},
        {"append": "x", "instrumentation": "raise"},
        {"append": "x", "instrumentation": "raise low"},
        {"append": "x", "instrumentation": "raise boundary"},
        {"append": "x", "instrumentation": "still high"},
        {"append": "x", "instrumentation": "falls"},
        {"append": "x", "id": "Not An Id"},
        {"append": "x", "benefit": "still"},
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        probe(**fields)
