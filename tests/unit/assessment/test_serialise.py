"""An assessment as plain data: what JSON can hold, and nothing lost but digits."""

import json
from dataclasses import fields

import pytest

from safezone.assessment import Assessment, Assessor, Proposal
from safezone.assessment.serialise import to_dict
from safezone.taxonomy import Taxonomy
from sample_texts import ENGLISH


@pytest.fixture(scope="module")
def assessments(debug_assessor: Assessor) -> list[Assessment]:
    quantum = ENGLISH.replace("soil", "quantum radar chips").replace("methane", "missiles")
    return debug_assessor.assess(
        [Proposal(ENGLISH, id="7"), Proposal(quantum), Proposal("Too short.", id="é")]
    )


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


def test_it_survives_json_unchanged(assessments: list[Assessment]) -> None:
    for assessment in assessments:
        plain = to_dict(assessment)
        assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_it_has_the_fields_of_an_assessment_in_their_order(assessments: list[Assessment]) -> None:
    names = [field.name for field in fields(Assessment)]
    assert [list(to_dict(assessment)) for assessment in assessments] == [names] * 3


def test_everything_in_it_is_of_a_plain_type(assessments: list[Assessment]) -> None:
    plain = {str, int, float, bool, type(None)}
    for assessment in assessments:
        assert {type(leaf) for leaf in _leaves(to_dict(assessment))} <= plain


def test_ids_of_signals_and_modes_are_their_values(assessments: list[Assessment]) -> None:
    assert [to_dict(assessment)["route"]["signal"] for assessment in assessments] == [
        assessment.route.signal.value for assessment in assessments
    ]
    abstained = to_dict(assessments[2])
    assert abstained["route"]["reasons"][0]["code"] == "too_short"
    assert abstained["route"]["mode"] is None
    assert (abstained["id"], abstained["abstained"]) == ("é", True)
    assert abstained["input"]["words"] == 2


def test_numbers_are_rounded_to_six_decimals(
    assessments: list[Assessment], taxonomy: Taxonomy
) -> None:
    for assessment in assessments[:2]:
        plain = to_dict(assessment)
        for axis in taxonomy.axes:
            exact = getattr(assessment, axis.id).probabilities
            assert plain[axis.id]["probabilities"] == {
                level: round(probability, 6) for level, probability in exact.items()
            }
            assert plain[axis.id]["set"] == list(getattr(assessment, axis.id).set)
    numbers = [x for x in _leaves([to_dict(a) for a in assessments]) if isinstance(x, float)]
    assert [number for number in numbers if number != round(number, 6)] == []
    exact_areas = [area.probability for area in assessments[0].areas]
    assert exact_areas != [round(probability, 6) for probability in exact_areas]


def test_the_same_assessment_gives_the_same_data(assessments: list[Assessment]) -> None:
    assert [to_dict(a) for a in assessments] == [to_dict(a) for a in assessments]
    assert to_dict(assessments[0]) != to_dict(assessments[1])
