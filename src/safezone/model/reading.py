"""Reads texts of any length with an encoder that takes a limited number of word pieces."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from safezone.model.ports import Encoder, Floats

# How many parts go to the encoder at a time: bounds memory, and gives progress something to count.
_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Reading:
    """Document vectors, shape (n, dimension), and how many parts each document was read in."""

    vectors: Floats
    parts: tuple[int, ...]


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


def read(
    encoder: Encoder,
    documents: Sequence[Sequence[str]],
    progress: Callable[[int, int], None] | None = None,
) -> Reading:
    """Embed documents given as lists of sentences.

    A document's vector is the mean over all its word pieces, whatever the parts they were read
    in; a document without a word piece has a vector of zeros and no parts. `progress`, if given,
    is called with the number of parts read and of all parts.
    """
    flat = encoder.pieces([sentence for document in documents for sentence in document])
    parts: list[list[int]] = []
    owners: list[int] = []
    position = 0
    for owner, document in enumerate(documents):
        sentences = flat[position : position + len(document)]
        position += len(document)
        for part in pack(sentences, encoder.max_pieces):
            parts.append(part)
            owners.append(owner)

    sums = np.zeros((len(documents), encoder.info.dimension), dtype=np.float64)
    counts = np.zeros(len(documents), dtype=np.int64)
    numbers = np.bincount(np.array(owners, dtype=np.int64), minlength=len(documents))
    # Parts of like length together waste the least padding; the order does not touch the result.
    order = sorted(range(len(parts)), key=lambda i: len(parts[i]))
    for start in range(0, len(order), _CHUNK):
        chosen = order[start : start + _CHUNK]
        vectors = encoder.embed([parts[i] for i in chosen])
        for i, vector in zip(chosen, vectors, strict=True):
            sums[owners[i]] += vector.astype(np.float64) * len(parts[i])
            counts[owners[i]] += len(parts[i])
        if progress:
            progress(min(start + _CHUNK, len(order)), len(order))
    means = sums / np.maximum(counts, 1)[:, None]
    return Reading(means.astype(np.float32), tuple(int(n) for n in numbers))
