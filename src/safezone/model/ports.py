"""What the model needs from the outside: an encoder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EncoderInfo:
    """Which encoder made an embedding. Two encoders are the same if and only if these are equal.

    `name` is the implementation's id, `digest` the SHA-256 of its weights (hexadecimal), and
    `dimension` the length of its vectors.
    """

    name: str
    digest: str
    dimension: int


class Encoder(Protocol):
    """Turns word pieces into one vector, the mean over the pieces, per part of a text."""

    @property
    def info(self) -> EncoderInfo: ...

    @property
    def max_pieces(self) -> int:
        """How many word pieces one part may have, special pieces not counted."""
        ...

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The word-piece ids of each text, never truncated, without special pieces."""
        ...

    def embed(self, parts: Sequence[Sequence[int]]) -> Floats:
        """Mean word-piece vectors, shape (len(parts), dimension), in the order of the parts.

        Every part has between 1 and `max_pieces` pieces. A vector does not depend on the other
        parts of the call by more than 1e-5.
        """
        ...
