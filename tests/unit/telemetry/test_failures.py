"""What is told of exceptions."""

from typing import Any

import pytest

import safezone.errors
from safezone.assessment import Proposal
from safezone.errors import InvalidProposal
from safezone.telemetry.failures import failure, place

CANARY = "Zirkonkanarie über dem Eis"


def test_an_exception_is_told_by_its_type_and_our_own_frames() -> None:
    with pytest.raises(InvalidProposal) as caught:
        Proposal(abstract=" ")
    told = failure(caught.value)
    assert told["error"] == "InvalidProposal"
    assert str(told["frames"]).startswith("['safezone/assessment/types.py:")


def test_its_words_and_values_are_not_told() -> None:
    def fail(text: str) -> None:
        raise ValueError(CANARY, text)

    with pytest.raises(ValueError, match="Zirkon") as caught:
        fail(CANARY)
    assert failure(caught.value) == {"error": "ValueError", "frames": []}


def test_a_group_of_one_is_told_as_that_one() -> None:
    told = failure(ExceptionGroup(CANARY, [ExceptionGroup(CANARY, [KeyError(CANARY)])]))
    assert told["error"] == "KeyError"
    told = failure(ExceptionGroup(CANARY, [KeyError(CANARY), ValueError(CANARY)]))
    assert told["error"] == "ExceptionGroup"


def test_of_many_frames_the_innermost_are_told() -> None:
    told = failure(_raised_through_own_code(20))
    assert len(told["frames"]) == 8  # type: ignore[arg-type]


def _raised_through_own_code(times: int) -> BaseException:
    """An exception whose traceback passes a file of the package so many times."""
    source = "def f(n):\n    return f(n - 1) if n else 1 / 0\n"
    space: dict[str, Any] = {}
    exec(compile(source, safezone.errors.__file__, "exec"), space)
    with pytest.raises(ZeroDivisionError) as caught:
        space["f"](times)
    return caught.value


def test_a_place_names_no_folder_of_the_machine() -> None:
    assert place("/home/someone/lib/asyncio/tasks.py", 7) == "asyncio/tasks.py:7"
