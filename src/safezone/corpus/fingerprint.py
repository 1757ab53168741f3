"""Fingerprints: enough to know a text again, too little to read it.

A fingerprint is an exact digest of a text's normalised words, and a MinHash signature of its word
shingles, from which the similarity of two texts can be estimated when one of them is not there.
"""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from datasketch import MinHash
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+")
_SHINGLE_WORDS = 3
_PERMUTATIONS = 64
_SEED = 1
# Named, because other schemes give other signatures for the same text.
_SCHEME = "affine32"
_STORED = np.dtype("<u4")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`digest`: SHA-256 of the normalised words, hexadecimal; `signature`: 64 MinHash values of
    32 bits, base64.
    """

    digest: str
    signature: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-f]{64}", self.digest):
            raise ValueError("the digest is no SHA-256 in hexadecimal.")
        if len(_bytes(self.signature)) != _PERMUTATIONS * _STORED.itemsize:
            raise ValueError(f"the signature does not hold {_PERMUTATIONS} values.")

    @property
    def values(self) -> NDArray[np.uint32]:
        return np.frombuffer(_bytes(self.signature), dtype=_STORED)


def _bytes(signature: str) -> bytes:
    try:
        return base64.b64decode(signature, validate=True)
    except ValueError as error:
        raise ValueError("the signature is not base64.") from error


def words(text: str) -> list[str]:
    """The words of a text without case, accents' encoding, markup characters or punctuation."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def fingerprint(text: str) -> Fingerprint:
    """The fingerprint of a text: the same for texts that differ in layout and punctuation only."""
    tokens = words(text)
    sketch = MinHash(num_perm=_PERMUTATIONS, seed=_SEED, scheme=_SCHEME)
    # A text shorter than a shingle is its own one shingle.
    starts = range(max(1, len(tokens) - _SHINGLE_WORDS + 1))
    sketch.update_batch(
        {" ".join(tokens[at : at + _SHINGLE_WORDS]).encode("utf-8", "replace") for at in starts}
    )
    return Fingerprint(
        digest=hashlib.sha256(" ".join(tokens).encode("utf-8", "replace")).hexdigest(),
        signature=base64.b64encode(sketch.hashvalues.astype(_STORED).tobytes()).decode("ascii"),
    )


def similarity(one: Fingerprint, other: Fingerprint) -> float:
    """The estimated Jaccard similarity of two texts' sets of word shingles, 0 to 1.

    The share of equal MinHash values (Broder, 1997); its standard error is at most 1/16.
    """
    return float((one.values == other.values).mean())


def most_similar(
    texts: Sequence[Fingerprint], others: Sequence[Fingerprint]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """For each text the index of the most similar other one, and that similarity.

    `others` must not be empty.
    """
    against = np.stack([other.values for other in others])
    best = np.empty(len(texts), dtype=np.int64)
    found = np.empty(len(texts))
    for row, text in enumerate(texts):
        shares = (against == text.values).mean(axis=1)
        best[row] = shares.argmax()
        found[row] = shares[best[row]]
    return best, found
