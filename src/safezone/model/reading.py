"""Reads texts of any length with an encoder that takes a limited number of word pieces."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from safezone.model.ports import Encoder, Floats

# How many documents are held at a time: bounds memory, and gives progress something to count.
_CHUNK = 64


@dataclass(frozen=True, slots=True)
class Reading:
    """One document as read: what each of its sentences adds to its vectors.

    A document has one vector a query: the mean of its word pieces' vectors, weighted by their
    attention to that query (the softmax of their dot products with it, over the whole document; a
    query of zeros gives the plain mean). `vectors`, shape (sentences, queries, dimension), are the
    sentences' shares of these sums and `attention`, shape (sentences, queries), their shares of the
    weights, which sum to 1, or to 0 for a document without a word piece. `parts` says in how many
    parts it was read.
    """

    vectors: Floats
    attention: Floats
    parts: int


def pack(sentences: Sequence[list[int]], limit: int) -> Iterator[list[int]]:
    """Join whole sentences into parts of at most `limit` pieces; cut only a longer sentence."""
    part: list[int] = []
    for sentence in sentences:
        if part and len(part) + len(sentence) > limit:
            yield part
            part = []
        for start in range(0, len(sentence), limit):
            piece = sentence[start : start + limit]
            if part and len(part) + len(piece) > limit:
                yield part
                part = []
            part = part + piece
    if part:
        yield part


def pool(pieces: Floats, sentences: Sequence[int], queries: Floats) -> tuple[Floats, Floats]:
    """The `vectors` and `attention` of a Reading.

    `pieces` has shape (n, dimension) and holds the sentences' pieces one after the other,
    `sentences` how many each has, `queries` shape (queries, dimension).
    """
    weights = softmax(pieces @ queries.T, axis=0)
    ends = np.cumsum(sentences).tolist()
    spans = [slice(end - size, end) for end, size in zip(ends, sentences, strict=True)]
    vectors = np.stack([weights[span].T @ pieces[span] for span in spans])
    return vectors, np.stack([weights[span].sum(axis=0) for span in spans])


def read(
    encoder: Encoder,
    documents: Sequence[Sequence[str]],
    queries: Floats,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[tuple[int, Reading]]:
    """Each document, given as a list of sentences, with its number; in no particular order.

    `progress`, if given, is called with the number of documents read and of all documents.
    """
    flat = encoder.pieces([sentence for document in documents for sentence in document])
    of_sentences = iter(flat)
    pieces = [[next(of_sentences) for _ in document] for document in documents]
    # Documents of like length together waste the least padding; the order touches no result.
    order = sorted(range(len(documents)), key=lambda i: sum(map(len, pieces[i])))
    for start in range(0, len(order), _CHUNK):
        chosen = order[start : start + _CHUNK]
        parts = {i: list(pack(pieces[i], encoder.max_pieces)) for i in chosen}
        vectors = iter(encoder.embed([part for i in chosen for part in parts[i]]))
        for i in chosen:
            of_parts = [next(vectors) for _ in parts[i]]
            sizes = [len(sentence) for sentence in pieces[i]]
            yield i, _reading(of_parts, sizes, queries)
        if progress:
            progress(min(start + _CHUNK, len(order)), len(order))


def _reading(parts: Sequence[Floats], sentences: Sequence[int], queries: Floats) -> Reading:
    if not parts:
        shape = (len(sentences), *queries.shape)
        return Reading(np.zeros(shape, np.float32), np.zeros(shape[:2], np.float32), 0)
    return Reading(*pool(np.concatenate(parts), sentences, queries), parts=len(parts))


def document_vectors(
    encoder: Encoder,
    documents: Sequence[Sequence[str]],
    queries: Floats,
    progress: Callable[[int, int], None] | None = None,
) -> Floats:
    """The documents' vectors, shape (documents, queries, dimension), in their order."""
    out = np.zeros((len(documents), *queries.shape), dtype=np.float32)
    for i, reading in read(encoder, documents, queries, progress):
        out[i] = reading.vectors.sum(axis=0)
    return out
