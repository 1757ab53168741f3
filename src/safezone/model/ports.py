"""What the model needs from the outside: an encoder."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EncoderInfo:
    """Which encoder made an embedding: heads fit the encoder that they were trained on, and no
    other. Two encoders are the same if and only if these are equal.

    `name` is the implementation's id, `digest` the SHA-256 of its weights (hexadecimal), and
    `dimension` the length of its vectors.
    """

    name: str
    digest: str
    dimension: int


class Encoder(Protocol):
    """Turns the word pieces of a part of a text into one vector a piece."""

    @property
    def info(self) -> EncoderInfo: ...

    @property
    def arithmetic(self) -> str:
        """What its matrix products are computed in, such as `float32`.

        Encoders of equal `info` may differ in it. Their vectors are then alike, not equal.
        """
        ...

    @property
    def max_pieces(self) -> int:
        """How many word pieces one part may have, special pieces not counted."""
        ...

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The word-piece ids of each text, never truncated, without special pieces."""
        ...

    def embed(self, parts: Sequence[Sequence[int]]) -> list[Floats]:
        """The vectors of each part's pieces, shape (pieces, dimension), in the order of the parts.

        Every part has between 1 and `max_pieces` pieces. A vector does not depend on the other
        parts of the call by more than 1e-5, and with an encoder of a bundle not at all.
        """
        ...
