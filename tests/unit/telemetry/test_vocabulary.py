"""What is permitted, and that nothing else is."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.telemetry.vocabulary import EVENTS, FIELDS, MESSAGES, permitted, slug

CANARY = "Zirkonkanarie über dem Eis"
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.lists(st.text()),
    st.dictionaries(st.text(), st.integers()),
    st.builds(object),
)
LINES = st.dictionaries(st.one_of(st.text(), st.sampled_from(list(FIELDS))), VALUES)


@given(LINES)
def test_only_listed_fields_are_kept_and_the_others_are_counted(line: dict[str, Any]) -> None:
    line.pop("dropped_fields", None)
    kept = permitted(line)
    dropped = kept.pop("dropped_fields", 0)
    assert set(kept) <= set(FIELDS)
    assert all(kept[name] is line[name] for name in kept)
    assert dropped == sum(value is not None for value in line.values()) - len(kept)


@given(LINES)
def test_what_is_kept_is_strict_json_on_one_line(line: dict[str, Any]) -> None:
    written = json.dumps(permitted(line), allow_nan=False)
    assert "\n" not in written


@given(LINES)
def test_what_was_permitted_once_is_permitted_again(line: dict[str, Any]) -> None:
    once = permitted(line)
    assert permitted(once) == once


@given(st.text())
def test_words_with_a_space_between_have_no_way_in(text: str) -> None:
    words = f"{text} {CANARY}"
    for name in FIELDS:
        for value in (words, [words], {words: words}, (words,), words.encode(errors="replace")):
            assert permitted({name: value}) == {"dropped_fields": 1}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 10**400, 1e300])
def test_numbers_have_to_be_of_a_reasonable_size(value: float) -> None:
    assert permitted({"seconds": value}) == {"dropped_fields": 1}


def test_a_field_that_is_none_says_nothing() -> None:
    assert permitted({"problem": None, "abstract": None}) == {}


@given(st.text())
def test_a_slug_is_an_id_or_other(text: str) -> None:
    assert slug(text) == "other" or (slug(text) == text and text.isascii() and " " not in text)


def test_events_are_ids() -> None:
    assert all(slug(event) == event for event in EVENTS)


@pytest.mark.parametrize(
    "message",
    [
        "Uvicorn running on http://127.0.0.1:8000 (Press CTRL+C to quit) " + CANARY,
        "Uvicorn running on http://" + CANARY + ":80 (Press CTRL+C to quit)",
        "Application startup complete.\n" + CANARY,
        "[Errno 98] " + CANARY,
        "Traceback (most recent call last):\nValueError: " + CANARY,
    ],
)
def test_a_message_is_known_as_a_whole_or_not_at_all(message: str) -> None:
    assert not any(known.fullmatch(message) for known in MESSAGES.values())
