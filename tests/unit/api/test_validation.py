"""Pydantic's errors in our words: places by JSON Pointer, and nothing of what was sent."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from safezone.api.problems import ProblemItem
from safezone.api.schemas.requests import BatchBody, ComparisonRequest, ProposalBody
from safezone.api.validation import invalid_items

WORD = "xylophonequasar"


def items(model: type[BaseModel], value: object) -> list[ProblemItem]:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(value)
    found: list[Any] = refused.value.errors()
    return invalid_items([{**one, "loc": ("body", *one["loc"])} for one in found], model)


@pytest.mark.parametrize(
    ("model", "value", "pointer", "code", "says"),
    [
        (ProposalBody, {}, "/abstract", "missing", "'abstract' is required"),
        (ProposalBody, {"abstract": 1}, "/abstract", "string_type", "must be a string"),
        (ProposalBody, {"abstract": "a" * 20_001}, "/abstract", "string_too_long", "20,000"),
        (ProposalBody, [WORD], "", "not_an_object", "id, title, abstract, policy"),
        (ProposalBody, {"abstract": "a", WORD: 1}, "", "unknown_member", "id, title"),
        (BatchBody, {"proposals": []}, "/proposals", "too_short", "at least 1 item"),
        (BatchBody, {"proposals": [1] * 65}, "/proposals", "too_long", "at most 64 items"),
        (
            ComparisonRequest,
            {"before": WORD, "after": {"abstract": "a"}},
            "/before",
            "model_type",
            "object",
        ),
        (
            ComparisonRequest,
            {"before": {"abstract": "a", WORD: 1}, "after": {"abstract": "a"}},
            "/before",
            "unknown_member",
            "title, abstract",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_to_do(
    model: type[BaseModel], value: object, pointer: str, code: str, says: str
) -> None:
    [item] = items(model, value)
    assert (item.pointer, item.code) == (pointer, code)
    assert says in item.detail
    assert WORD not in item.model_dump_json()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just(WORD),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([WORD, "abstract", "before", "title"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(model=st.sampled_from([ProposalBody, BatchBody, ComparisonRequest]), value=anything)
def test_nothing_of_what_was_sent_is_repeated(model: type[BaseModel], value: object) -> None:
    try:
        model.model_validate(value)
    except ValidationError:
        for item in items(model, value):
            assert WORD not in item.model_dump_json()
            assert item.detail


def test_a_parameter_at_fault_is_named_without_its_value() -> None:
    found = {
        "type": "string_pattern_mismatch",
        "loc": ("query", "include"),
        "ctx": {"pattern": "x"},
    }
    [item] = invalid_items([found, found], ProposalBody)
    assert item.pointer == ""
    assert "'include'" in item.detail
