"""What a proposal may be, and what refusing one says."""

from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.assessment.types import (
    MAX_ABSTRACT_CHARACTERS,
    MAX_ID_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    InputReport,
    Proposal,
)
from safezone.errors import InvalidProposal, SafezoneError

LIMITS = {
    "abstract": MAX_ABSTRACT_CHARACTERS,
    "title": MAX_TITLE_CHARACTERS,
    "id": MAX_ID_CHARACTERS,
}
SECRET = "Projekt-Wolkenkuckucksheim"


def _refusal(**fields: Any) -> InvalidProposal:
    with pytest.raises(InvalidProposal) as caught:
        Proposal(**{"abstract": "An abstract.", **fields})
    return caught.value


def test_the_limits_are_the_documented_ones() -> None:
    assert LIMITS == {"abstract": 20_000, "title": 2_000, "id": 200}


@pytest.mark.parametrize("field", LIMITS)
def test_the_longest_is_accepted_and_one_more_is_not(field: str) -> None:
    limit = LIMITS[field]
    fields = {"abstract": "An abstract.", field: "é" * limit}
    assert getattr(Proposal(**fields), field) == "é" * limit
    error = _refusal(**{field: "é" * (limit + 1)})
    assert (error.field, error.code) == (field, "too_long")
    assert f"{limit + 1:,}" in str(error)
    assert f"{limit:,}" in str(error)


def test_characters_are_counted_not_bytes_or_halves() -> None:
    assert len(Proposal(abstract="𝔸" * MAX_ABSTRACT_CHARACTERS).abstract) == 20_000


@pytest.mark.parametrize("abstract", ["", " ", "\n\t \r\n", "\u00a0\u2003\u3000"])
def test_an_empty_abstract_is_refused(abstract: str) -> None:
    error = _refusal(abstract=abstract)
    assert (error.field, error.code) == ("abstract", "empty")


@pytest.mark.parametrize("field", LIMITS)
@pytest.mark.parametrize("value", [7, b"bytes", ["list"], {"a": 1}, 1.5, True])
def test_what_is_no_string_is_refused(field: str, value: object) -> None:
    error = _refusal(**{field: value})
    assert (error.field, error.code) == (field, "not_text")


@pytest.mark.parametrize("field", ["abstract", "title"])
def test_none_is_no_string(field: str) -> None:
    assert _refusal(**{field: None}).code == "not_text"


@pytest.mark.parametrize("field", LIMITS)
@pytest.mark.parametrize("place", ["{}text", "te{}xt", "text{}"])
@pytest.mark.parametrize("code_point", [0, 0xD800, 0xDBFF, 0xDC00, 0xDFFF], ids=hex)
def test_characters_that_no_text_has_are_refused(field: str, place: str, code_point: int) -> None:
    error = _refusal(**{field: place.format(chr(code_point))})
    assert error.field == field
    assert error.code == ("lone_surrogate" if code_point else "nul_character")


@pytest.mark.parametrize(
    "character", ["\ud7ff", "\ue000", "\U00010000", "\x01", "\u200b", "\ufeff"]
)
def test_their_neighbours_are_accepted(character: str) -> None:
    proposal = Proposal(abstract=f"a{character}", title=character, id=character)
    assert (proposal.abstract, proposal.title, proposal.id) == (
        f"a{character}",
        character,
        character,
    )


@given(st.text(min_size=1, max_size=50))
def test_any_text_is_kept_as_it_is_or_refused(text: str) -> None:
    if "\0" in text or not text.strip():
        assert _refusal(abstract=text).code == ("nul_character" if "\0" in text else "empty")
    else:
        proposal = Proposal(abstract=text, title=text, id=text)
        assert (proposal.abstract, proposal.title, proposal.id) == (text, text, text)


@pytest.mark.parametrize("field", LIMITS)
@pytest.mark.parametrize("spoiled", [f"{SECRET}\0", f"\ud800{SECRET}", SECRET * 1_000, [SECRET]])
def test_a_refusal_never_repeats_the_text(field: str, spoiled: object) -> None:
    error = _refusal(**{field: spoiled})
    told = " ".join([str(error), repr(error), error.code, error.field, *map(str, error.args)])
    assert SECRET not in told
    assert field in str(error)


def test_a_refusal_says_what_to_do() -> None:
    for fields in ({"abstract": ""}, {"title": "\0"}, {"id": "\ud800"}, {"abstract": "x" * 30_000}):
        assert "Send " in str(_refusal(**fields))
    assert isinstance(_refusal(abstract=""), SafezoneError)


def test_defaults_are_no_title_and_no_id() -> None:
    proposal = Proposal(abstract="An abstract.")
    assert (proposal.title, proposal.id) == ("", None)
    assert Proposal(abstract="An abstract.", id="").id == ""


def test_a_proposal_cannot_be_altered_past_its_checks() -> None:
    proposal = Proposal(abstract="An abstract.")
    with pytest.raises(FrozenInstanceError):
        proposal.abstract = ""  # type: ignore[misc]


def test_a_text_is_never_truncated() -> None:
    assert InputReport(language="en", characters=1, words=1, parts=1).truncated is False
