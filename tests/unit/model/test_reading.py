"""Long texts are read whole, in parts that change nothing."""

from collections.abc import Iterator, Sequence
from itertools import count, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.model.encoders.debug import DebugEncoder
from safezone.model.ports import Encoder, Floats
from safezone.model.reading import pack, read

lengths = st.lists(st.integers(0, 30), max_size=12)
words = st.sampled_from(["ice", "laser", "qubit", "soil", "reef", "of", "the", ",", "."])
sentences = st.lists(words, max_size=90).map(" ".join)
documents = st.lists(st.lists(sentences, max_size=4), min_size=1, max_size=5)


def _numbered(sizes: Sequence[int]) -> list[list[int]]:
    """Sentences of these lengths, in which no piece occurs twice."""
    numbers = count()
    return [[next(numbers) for _ in range(size)] for size in sizes]


@given(lengths, st.integers(1, 20))
def test_packing_keeps_every_piece_in_order(sizes: list[int], limit: int) -> None:
    parts = list(pack(_numbered(sizes), limit))
    assert [piece for part in parts for piece in part] == list(range(sum(sizes)))


@given(lengths, st.integers(1, 20))
def test_no_part_is_empty_or_over_the_limit(sizes: list[int], limit: int) -> None:
    assert [p for p in pack(_numbered(sizes), limit) if not 1 <= len(p) <= limit] == []


@given(lengths, st.integers(1, 20))
def test_a_sentence_that_fits_is_never_cut(sizes: list[int], limit: int) -> None:
    parts = [set(part) for part in pack(_numbered(sizes), limit)]
    for sentence in _numbered(sizes):
        if len(sentence) <= limit:
            assert sum(1 for part in parts if part & set(sentence)) <= 1


@given(lengths, st.integers(1, 20))
def test_a_part_ends_only_where_the_next_sentence_does_not_fit(
    sizes: list[int], limit: int
) -> None:
    sentences = _numbered([min(size, limit) for size in sizes])
    length_from = {sentence[0]: len(sentence) for sentence in sentences if sentence}
    parts = list(pack(sentences, limit))
    for part, following in pairwise(parts):
        assert len(part) + length_from[following[0]] > limit


@pytest.mark.parametrize(
    ("sizes", "limit", "expected"),
    [
        ([], 5, []),
        ([0, 0], 5, []),
        ([2, 3], 5, [5]),
        ([2, 4], 5, [2, 4]),
        ([12], 5, [5, 5, 2]),
        ([1, 12, 3], 5, [1, 5, 5, 5]),  # the rest of a cut sentence shares with the next
    ],
)
def test_packing_by_hand(sizes: list[int], limit: int, expected: list[int]) -> None:
    assert [len(part) for part in pack(_numbered(sizes), limit)] == expected


def _vector_of(document: Sequence[str], encoder: Encoder) -> Floats:
    """The mean over pieces, each embedded alone."""
    pieces = [piece for sentence in encoder.pieces(document) for piece in sentence]
    if not pieces:
        return np.zeros(encoder.info.dimension, dtype=np.float32)
    mean: Floats = encoder.embed([[piece] for piece in pieces]).astype(np.float64).mean(axis=0)
    return mean


@given(documents)
def test_a_documents_vector_is_the_mean_over_all_its_pieces(texts: list[list[str]]) -> None:
    encoder = DebugEncoder()
    reading = read(encoder, texts)
    expected = [_vector_of(document, encoder) for document in texts]
    np.testing.assert_allclose(reading.vectors, expected, rtol=0, atol=1e-5)
    assert reading.vectors.dtype == np.float32


@given(documents)
def test_parts_are_counted(texts: list[list[str]]) -> None:
    encoder = DebugEncoder()
    expected = [len(list(pack(encoder.pieces(text), encoder.max_pieces))) for text in texts]
    assert read(encoder, texts).parts == tuple(expected)


@given(st.data())
def test_the_order_of_documents_does_not_matter(data: st.DataObject) -> None:
    texts = data.draw(documents)
    order = data.draw(st.permutations(range(len(texts))))
    straight = read(DebugEncoder(), texts)
    shuffled = read(DebugEncoder(), [texts[i] for i in order])
    np.testing.assert_allclose(shuffled.vectors, straight.vectors[list(order)], rtol=0, atol=1e-6)
    assert shuffled.parts == tuple(straight.parts[i] for i in order)


@given(documents)
def test_a_document_alone_reads_as_it_does_among_others(texts: list[list[str]]) -> None:
    together = read(DebugEncoder(), texts)
    alone = np.concatenate([read(DebugEncoder(), [text]).vectors for text in texts])
    np.testing.assert_allclose(alone, together.vectors, rtol=0, atol=1e-6)


def _texts() -> Iterator[list[str]]:
    for length in (5, 300, 0, 129, 700, 40):
        yield [f"word{i} of {length}" for i in range(length)]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
def test_how_many_parts_go_to_the_encoder_at_a_time_does_not_matter(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = read(DebugEncoder(), list(_texts()))
    monkeypatch.setattr("safezone.model.reading._CHUNK", chunk)
    seen: list[tuple[int, int]] = []
    chunked = read(DebugEncoder(), list(_texts()), lambda done, total: seen.append((done, total)))
    np.testing.assert_allclose(chunked.vectors, usual.vectors, rtol=0, atol=1e-6)
    assert chunked.parts == usual.parts

    total = sum(usual.parts)
    assert seen == [(min(done, total), total) for done in range(chunk, total + chunk, chunk)]


def test_nothing_to_read_is_zeros_and_no_parts() -> None:
    reading = read(DebugEncoder(), [[], ["", " "]])
    assert reading.parts == (0, 0)
    assert not reading.vectors.any()
    assert read(DebugEncoder(), []).vectors.shape == (0, 64)
