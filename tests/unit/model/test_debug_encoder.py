"""The encoder without weights: deterministic, one vector a word."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.model.encoders.debug import DebugEncoder

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)


def test_its_answers_never_change() -> None:
    """Bundles of tests and of trials rely on it, whatever the process or the machine."""
    encoder = DebugEncoder()
    [pieces] = encoder.pieces(["Ice, ice."])
    assert pieces == [
        int.from_bytes(hashlib.sha256(word).digest()[:8], "big")
        for word in (b"ice", b",", b"ice", b".")
    ]
    expected = np.random.default_rng(pieces[0]).standard_normal(64).astype(np.float32)
    assert np.array_equal(encoder.embed([[pieces[0]]])[0], [expected])
    assert expected[:3].tolist() == pytest.approx([-1.065323, -0.35706, 0.627019], abs=1e-6)


@given(st.lists(texts, max_size=5))
def test_pieces_are_those_of_each_text_alone(given_texts: list[str]) -> None:
    encoder = DebugEncoder()
    assert encoder.pieces(given_texts) == [encoder.pieces([text])[0] for text in given_texts]


def test_pieces_are_never_truncated_and_ignore_case() -> None:
    encoder = DebugEncoder()
    [pieces] = encoder.pieces(["Word " * 5_000])
    assert pieces == encoder.pieces(["word"])[0] * 5_000
    assert encoder.pieces(["", "  "]) == [[], []]


@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=20), min_size=1, max_size=5))
def test_each_part_has_the_vectors_of_its_pieces_in_their_order(parts: list[list[int]]) -> None:
    encoder = DebugEncoder()
    for part, vectors in zip(parts, encoder.embed(parts), strict=True):
        assert vectors.shape == (len(part), encoder.info.dimension)
        assert vectors.dtype == np.float32
        alone = np.concatenate(encoder.embed([[piece] for piece in part]))
        np.testing.assert_array_equal(vectors, alone)


def test_different_words_have_different_vectors() -> None:
    encoder = DebugEncoder()
    [pieces] = encoder.pieces(["laser reef"])
    [[one, two]] = encoder.embed([pieces])
    assert np.abs(one - two).max() > 0.5


def test_no_parts_are_no_arrays() -> None:
    assert DebugEncoder().embed([]) == []


def test_it_says_who_it_is() -> None:
    info = DebugEncoder().info
    assert (info.name, info.dimension) == ("debug", 64)
    assert info == DebugEncoder().info
    assert len(bytes.fromhex(info.digest)) == 32
