"""A deterministic encoder without weights, for tests and for trying out an installation.

Each word is hashed to a fixed random vector. It knows no meaning beyond the words themselves.
"""

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from safezone.model.ports import EncoderInfo, Floats

_WORD = re.compile(r"\w+|[^\w\s]")
_DIMENSION = 64


@lru_cache(maxsize=65_536)
def _vector(piece: int) -> Floats:
    return np.random.default_rng(piece).standard_normal(_DIMENSION).astype(np.float32)


class DebugEncoder:
    """The `debug` encoder: vectors of 64 numbers, parts of up to 128 words."""

    info = EncoderInfo("debug", hashlib.sha256(b"safezone debug encoder 1").hexdigest(), _DIMENSION)
    arithmetic = "float32"
    max_pieces = 128

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        return [
            [
                int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big")
                for word in _WORD.findall(text.lower())
            ]
            for text in texts
        ]

    def embed(self, parts: Sequence[Sequence[int]]) -> list[Floats]:
        return [np.stack([_vector(piece) for piece in part]) for part in parts]
