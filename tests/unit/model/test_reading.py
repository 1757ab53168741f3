"""Long texts are read whole, in parts that change nothing."""

from collections.abc import Iterator, Sequence
from itertools import count, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from safezone.model.encoders.debug import DebugEncoder
from safezone.model.ports import Encoder, Floats
from safezone.model.reading import Reading, document_vectors, pack, pool, read

lengths = st.lists(st.integers(0, 30), max_size=12)
words = st.sampled_from(["ice", "laser", "qubit", "soil", "reef", "of", "the", ",", "."])
sentences = st.lists(words, max_size=90).map(" ".join)
documents = st.lists(st.lists(sentences, max_size=4), min_size=1, max_size=5)
# A plain mean, and two that attend to some words more than to others.
QUERIES = np.random.default_rng(3).normal(0, [[0.0], [0.2], [0.5]], (3, 64)).astype(np.float32)


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


def _readings(
    encoder: Encoder, texts: Sequence[Sequence[str]], queries: Floats = QUERIES
) -> list[Reading]:
    """In the order of the documents."""
    by_number = dict(read(encoder, texts, queries))
    return [by_number[number] for number in range(len(texts))]


def _assert_same(one: Sequence[Reading], two: Sequence[Reading], tolerance: float = 1e-6) -> None:
    for first, second in zip(one, two, strict=True):
        np.testing.assert_allclose(first.vectors, second.vectors, rtol=0, atol=tolerance)
        np.testing.assert_allclose(first.attention, second.attention, rtol=0, atol=tolerance)
        assert first.parts == second.parts


def _by_definition(document: Sequence[str], encoder: Encoder, queries: Floats) -> Reading:
    """Piece by piece, each embedded alone, in 64-bit floats."""
    pieces = encoder.pieces(document)
    shape = (len(document), len(queries))
    vectors, attention = np.zeros((*shape, encoder.info.dimension)), np.zeros(shape)
    for number, query in enumerate(queries.astype(np.float64)):
        total = 0.0
        for row, sentence in enumerate(pieces):
            for piece in sentence:
                [[vector]] = encoder.embed([[piece]])
                weight = np.exp(vector.astype(np.float64) @ query)
                vectors[row, number] += weight * vector
                attention[row, number] += weight
                total += weight
        if total:
            vectors[:, number] /= total
            attention[:, number] /= total
    parts = len(list(pack(pieces, encoder.max_pieces)))
    return Reading(vectors.astype(np.float32), attention.astype(np.float32), parts)


@given(documents)
def test_a_sentences_share_is_that_of_its_pieces_weighted_by_attention(
    texts: list[list[str]],
) -> None:
    encoder = DebugEncoder()
    found = _readings(encoder, texts)
    _assert_same(found, [_by_definition(text, encoder, QUERIES) for text in texts], 2e-5)
    assert {array.dtype for r in found for array in (r.vectors, r.attention)} <= {
        np.dtype(np.float32)
    }


@given(documents)
def test_attention_sums_to_one_over_a_document_that_has_a_piece(texts: list[list[str]]) -> None:
    encoder = DebugEncoder()
    for text, reading in zip(texts, _readings(encoder, texts), strict=True):
        assert reading.attention.shape == (len(text), len(QUERIES))
        assert (reading.attention >= 0).all()
        expected = 1.0 if any(encoder.pieces(text)) else 0.0
        np.testing.assert_allclose(reading.attention.sum(axis=0), expected, rtol=0, atol=1e-5)


def test_a_query_of_zeros_gives_the_plain_mean() -> None:
    encoder, text = DebugEncoder(), ["ice laser qubit", "", "soil"]
    [pieces] = encoder.pieces([" ".join(text)])
    [vectors] = encoder.embed([pieces])
    [reading] = _readings(encoder, [text], QUERIES[:1])
    np.testing.assert_allclose(reading.vectors.sum(axis=0)[0], vectors.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(reading.attention[:, 0], [0.75, 0, 0.25], atol=1e-6)


def test_a_word_that_a_query_asks_for_takes_most_of_its_attention() -> None:
    encoder, text = DebugEncoder(), ["the reef of soil", "laser"]
    [[laser]] = encoder.embed(encoder.pieces(["laser"]))
    [reading] = _readings(encoder, [text], np.stack([np.zeros_like(laser), laser]))
    assert reading.attention[1].tolist() == pytest.approx([0.2, 1.0], abs=1e-3)
    np.testing.assert_allclose(reading.vectors[1, 1], laser, atol=1e-2)


sizes_and_pieces = st.lists(st.integers(0, 4), min_size=1, max_size=5).flatmap(
    lambda sizes: st.tuples(
        st.just(sizes), arrays(np.float32, (sum(sizes), 3), elements=st.floats(-4, 4, width=32))
    )
)


@given(sizes_and_pieces.filter(lambda drawn: sum(drawn[0]) > 0), st.floats(-1e4, 1e4, width=32))
def test_pooling_stays_finite_however_large_the_scores_are(
    drawn: tuple[list[int], Floats], scale: float
) -> None:
    sizes, pieces = drawn
    queries = np.full((2, 3), scale, dtype=np.float32)
    vectors, attention = pool(pieces, sizes, queries)
    assert (vectors.shape, attention.shape) == ((len(sizes), 2, 3), (len(sizes), 2))
    np.testing.assert_allclose(attention.sum(axis=0), 1.0, rtol=0, atol=1e-5)
    # A weighted mean lies between the least and the largest.
    document = vectors.sum(axis=0)
    assert (document >= pieces.min(axis=0) - 1e-4).all()
    assert (document <= pieces.max(axis=0) + 1e-4).all()


@given(documents)
def test_document_vectors_are_the_sums_over_sentences_in_the_order_given(
    texts: list[list[str]],
) -> None:
    found = document_vectors(DebugEncoder(), texts, QUERIES)
    assert found.shape == (len(texts), *QUERIES.shape)
    assert found.dtype == np.float32
    for vectors, reading in zip(found, _readings(DebugEncoder(), texts), strict=True):
        np.testing.assert_allclose(vectors, reading.vectors.sum(axis=0), rtol=0, atol=1e-6)


@given(st.data())
def test_the_order_of_documents_does_not_matter(data: st.DataObject) -> None:
    texts = data.draw(documents)
    order = data.draw(st.permutations(range(len(texts))))
    straight = _readings(DebugEncoder(), texts)
    shuffled = _readings(DebugEncoder(), [texts[i] for i in order])
    _assert_same(shuffled, [straight[i] for i in order])


@given(documents)
def test_a_document_alone_reads_as_it_does_among_others(texts: list[list[str]]) -> None:
    alone = [_readings(DebugEncoder(), [text])[0] for text in texts]
    _assert_same(alone, _readings(DebugEncoder(), texts))


def _texts() -> Iterator[list[str]]:
    for length in (5, 300, 0, 129, 700, 40):
        yield [f"word{i} of {length}" for i in range(length)]


@pytest.mark.parametrize("chunk", [1, 2, 4, 7])
def test_how_many_documents_are_held_at_a_time_does_not_matter(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = _readings(DebugEncoder(), list(_texts()))
    assert [reading.parts for reading in usual] == [1, 8, 0, 4, 17, 1]
    monkeypatch.setattr("safezone.model.reading._CHUNK", chunk)
    seen: list[tuple[int, int]] = []
    chunked = dict(
        read(DebugEncoder(), list(_texts()), QUERIES, lambda *counts: seen.append(counts))
    )
    _assert_same([chunked[number] for number in range(6)], usual)
    assert seen == [(min(done, 6), 6) for done in range(chunk, 6 + chunk, chunk)]


def test_nothing_to_read_is_zeros_and_no_parts() -> None:
    nothing, blank = _readings(DebugEncoder(), [[], ["", " "]])
    assert (nothing.parts, blank.parts) == (0, 0)
    assert (nothing.vectors.shape, blank.vectors.shape) == ((0, 3, 64), (2, 3, 64))
    assert (nothing.attention.shape, blank.attention.shape) == ((0, 3), (2, 3))
    assert not blank.vectors.any()
    assert not blank.attention.any()
    assert _readings(DebugEncoder(), []) == []
    assert document_vectors(DebugEncoder(), [], QUERIES).shape == (0, 3, 64)
    assert not document_vectors(DebugEncoder(), [[]], QUERIES).any()
