"""What the document promises is what the program answers, member by member."""

import dataclasses
import typing
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from safezone.api.schemas.assessment import AssessmentBody, InvarianceBody
from safezone.api.schemas.comparison import ComparisonBody
from safezone.api.schemas.jobs import JobBody
from safezone.assessment.comparison import Comparison
from safezone.assessment.receipt import SwapReceipt
from safezone.assessment.types import Assessment
from safezone.store.job_types import Job


def parts(annotation: Any) -> Iterator[Any]:
    """The classes that an annotation is made of."""
    if typing.get_origin(annotation) is typing.Literal:
        return
    arguments = typing.get_args(annotation)
    if isinstance(annotation, type) and not arguments:
        yield annotation
    for argument in arguments:
        yield from parts(argument)


def inner(annotation: Any, kind: type | None) -> Any:
    """The one class of ours in an annotation."""
    ours = [
        one
        for one in parts(annotation)
        if (dataclasses.is_dataclass(one) if kind is None else issubclass(one, kind))
    ]
    return ours[0] if ours else None


# What only some answers have, and what is nobody's business.
OPTIONAL: dict[type, set[str]] = {AssessmentBody: {"invariance"}}
UNTOLD: dict[type, set[str]] = {Job: {"owner"}}


@pytest.mark.parametrize(
    ("body", "answered"),
    [
        (AssessmentBody, Assessment),
        (InvarianceBody, SwapReceipt),
        (ComparisonBody, Comparison),
        (JobBody, Job),
    ],
)
def test_bodies_have_the_members_of_what_is_answered(
    body: type[BaseModel], answered: type[Any]
) -> None:
    compared = 0
    waiting: list[tuple[type[BaseModel], type[Any]]] = [(body, answered)]
    while waiting:
        model, plain = waiting.pop()
        hints = typing.get_type_hints(plain)
        members = set(model.model_fields) - OPTIONAL.get(model, set())
        told = {field.name for field in dataclasses.fields(plain)} - UNTOLD.get(plain, set())
        assert members == told, model.__name__
        compared += 1
        for name in members:
            one, other = (
                inner(model.model_fields[name].annotation, BaseModel),
                inner(hints[name], None),
            )
            assert (one is None) == (other is None), f"{model.__name__}.{name}"
            if one is not None:
                waiting.append((one, other))
    assert compared > 1


def test_the_comparison_would_be_seen_to_fail() -> None:
    @dataclasses.dataclass
    class Answered:
        one: int

    class Body(BaseModel):
        two: int

    with pytest.raises(AssertionError):
        test_bodies_have_the_members_of_what_is_answered(Body, Answered)
