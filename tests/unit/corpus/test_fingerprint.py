"""Fingerprints: the same for the same words, near for near texts, and not to be read."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.corpus.fingerprint import (
    Fingerprint,
    fingerprint,
    most_similar,
    similarity,
    words,
)
from safezone.corpus.records import Record

TOKENS = st.lists(st.text(string.ascii_lowercase, min_size=1, max_size=6), max_size=60)


def test_it_is_the_same_on_every_machine_and_version() -> None:
    """Pointer files of years ago must stay comparable; the values are those of the first one."""
    mark = fingerprint("Ash layers, as time markers: in a NEW ice core.")
    assert mark.digest == ("7922e8a710b632e36dd2d49dea8d1624cdbf8c74cb21639ba5914fd9eeaf8bfc")
    assert mark.signature[:24] == "zL0vHNbE3xjlQeAfGGdzAQPr"


@given(TOKENS, st.sampled_from([" ", "\n", ", ", " - ", ".  ", "\u2014"]))
def test_layout_case_and_punctuation_do_not_count(tokens: list[str], between: str) -> None:
    assert fingerprint(between.join(tokens).upper()) == fingerprint(" ".join(tokens))


def test_accents_in_either_encoding_and_ligatures_are_one() -> None:
    assert words("Caf\u00e9 e\ufb03cient") == words("Cafe\u0301 efficient") == ["café", "efficient"]


@given(TOKENS, TOKENS)
def test_similarity_is_symmetric_and_one_for_a_text_with_itself(
    one: list[str], other: list[str]
) -> None:
    a, b = fingerprint(" ".join(one)), fingerprint(" ".join(other))
    assert similarity(a, b) == similarity(b, a)
    assert similarity(a, a) == 1.0
    assert 0 <= similarity(a, b) <= 1


def test_similarity_estimates_the_shared_share_of_shingles() -> None:
    """Against the closed form, within four standard errors of 64 permutations."""
    tokens = [f"w{number}" for number in range(400)]
    for shared in (0, 100, 200, 300, 400):
        other = tokens[:shared] + [f"x{number}" for number in range(400 - shared)]
        both = max(0, shared - 2)
        jaccard = both / (2 * 398 - both)
        found = similarity(fingerprint(" ".join(tokens)), fingerprint(" ".join(other)))
        assert abs(found - jaccard) <= 4 * (jaccard * (1 - jaccard) / 64) ** 0.5 + 1e-9


def test_different_abstracts_share_next_to_nothing(fixture_records: list[Record]) -> None:
    marks = [fingerprint(record.abstract) for record in fixture_records]
    _, shares = most_similar(marks[:48], marks[48:])
    assert shares.max() < 0.15


def test_the_most_similar_text_is_found(fixture_records: list[Record]) -> None:
    marks = [fingerprint(record.abstract) for record in fixture_records]
    changed = [fingerprint(record.abstract + " And more.") for record in fixture_records[5:9]]
    best, shares = most_similar(changed, marks)
    assert best.tolist() == [5, 6, 7, 8]
    assert (shares > 0.8).all()


@pytest.mark.parametrize("text", ["", " ", "...", "one", "one two", "\ud800"])
def test_texts_of_no_shingle_have_one_too(text: str) -> None:
    assert similarity(fingerprint(text), fingerprint(text)) == 1.0


@pytest.mark.parametrize(
    ("digest", "signature"),
    [("", "A" * 344), ("g" * 64, "A" * 344), ("a" * 64, "AAAA"), ("a" * 64, "not base64!")],
)
def test_what_is_no_fingerprint_is_refused(digest: str, signature: str) -> None:
    with pytest.raises(ValueError, match=r"digest|signature"):
        Fingerprint(digest, signature)
