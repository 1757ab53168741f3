"""An assessment as one row: the same columns for all, and nothing in them that is not plain."""

import json
import re

import pytest

from safezone.assessment import Assessment, Assessor, Proposal
from safezone.assessment.flat import FLAT_COLUMNS, FLAT_MEANINGS, flat, flat_problem
from safezone.assessment.serialise import to_dict
from safezone.taxonomy import Taxonomy
from sample_texts import ENGLISH


@pytest.fixture(scope="module")
def assessments(debug_assessor: Assessor) -> list[Assessment]:
    quantum = ENGLISH.replace("soil", "quantum radar chips").replace("methane", "missiles")
    return debug_assessor.assess(
        [Proposal(ENGLISH, id="7"), Proposal(quantum), Proposal("Too short.", id="é")]
    )


def test_every_row_has_the_same_columns_in_the_same_order(assessments: list[Assessment]) -> None:
    rows = [flat(assessment) for assessment in assessments]
    rows += [flat_problem("7", "empty", "The abstract is empty.")]
    assert [tuple(row) for row in rows] == [FLAT_COLUMNS] * 4


def test_values_are_plain(assessments: list[Assessment]) -> None:
    for assessment in assessments:
        row = flat(assessment)
        assert {type(value) for value in row.values()} <= {str, int, float, bool, type(None)}
        assert json.loads(json.dumps(row, allow_nan=False)) == row


def test_names_keep_to_the_rule_of_redcap() -> None:
    for name in FLAT_COLUMNS:
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)
        assert len(name) <= 26, name


def test_every_column_has_a_meaning_in_a_sentence() -> None:
    assert tuple(FLAT_MEANINGS) == FLAT_COLUMNS
    assert all(meaning.endswith(".") for meaning in FLAT_MEANINGS.values())


def test_a_stored_answer_gives_the_same_row(assessments: list[Assessment]) -> None:
    for assessment in assessments:
        stored = json.loads(json.dumps(to_dict(assessment)))
        assert flat(stored) == flat(assessment)
        del stored["evidence"], stored["precedents"]
        assert flat(stored) == flat(assessment)


def test_it_says_what_the_assessment_says(
    assessments: list[Assessment], taxonomy: Taxonomy
) -> None:
    for assessment in assessments[:2]:
        row, plain = flat(assessment), to_dict(assessment)
        for axis in taxonomy.axes:
            assert row[axis.id] == plain[axis.id]["level"]
            assert row[f"{axis.id}_set"] == ";".join(plain[axis.id]["set"])
            for level in axis.level_ids:
                assert row[f"{axis.id}_p_{level}"] == plain[axis.id]["probabilities"][level]
        for place, area in enumerate(assessment.areas, 1):
            assert row[f"area_{place}"] == area.slug
        assert row["area_3_probability"] == plain["areas"][2]["probability"]
        assert (row["id"], row["abstained"]) == (assessment.id, False)
        assert (row["signal"], row["mode"]) == (plain["route"]["signal"], plain["route"]["mode"])
        assert row["words"] == assessment.input.words
        assert row["weights_sha256"] == assessment.provenance.weights_sha256
        assert row["problem"] is None


def test_lists_are_joined(assessments: list[Assessment]) -> None:
    plain = to_dict(assessments[1])
    plain["route"]["reasons"] = [
        {"code": "level_probable", "message": "One."},
        {"code": "axis_undecided", "message": "Two."},
    ]
    plain["route"]["safeguards"] = [{"name": "A"}, {"name": "B"}]
    plain["list_pointers"] = [{"list": "L", "name": "first"}, {"list": "M", "name": "second"}]
    row = flat(plain)
    assert row["reason_codes"] == "level_probable;axis_undecided"
    assert row["reasons"] == "One. Two."
    assert row["safeguards"] == "A; B"
    assert row["list_pointers"] == "L: first; M: second"


def test_no_area_of_an_assessment_is_lost(assessments: list[Assessment]) -> None:
    places = [name for name in FLAT_COLUMNS if re.fullmatch(r"area_\d+", name)]
    assert len(assessments[0].areas) == len(places)


def test_an_abstention_says_why_and_excludes_no_level(
    assessments: list[Assessment], taxonomy: Taxonomy
) -> None:
    row = flat(assessments[2])
    assert row["abstained"] is True
    assert (row["signal"], row["mode"]) == ("human_review", None)
    assert row["reason_codes"] == "too_short"
    for axis in taxonomy.axes:
        assert row[axis.id] is None
        assert row[f"{axis.id}_set"] == ";".join(axis.level_ids)
    assert row["area_1"] is None


def test_a_problem_is_the_id_and_the_problem_alone() -> None:
    row = flat_problem("7", "empty", "The abstract is empty.")
    given = {name: value for name, value in row.items() if value is not None}
    assert given == {"id": "7", "problem": "empty", "problem_detail": "The abstract is empty."}
