"""An encoder that a bundle carries as a file, whatever runs it: without PyTorch.

The file is ONNX with 8-bit weights. Each part of a text is run by itself on one core, as many parts
at a time as there are threads: nothing that is read beside it can touch a text's vectors, nothing
is padded to the length of another, and cores do not wait for each other.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import joblib
import numpy as np
from numpy.typing import NDArray

from safezone.errors import EncoderUnavailable
from safezone.model.digests import sha256
from safezone.model.encoders.tokenizer import PieceTokenizer
from safezone.model.ports import EncoderInfo, Floats

# Names inside the file, given to it by safezone.training.adaptation.export.
INPUT_IDS, ATTENTION_MASK, OUTPUT = "input_ids", "attention_mask", "pieces"
MAX_PIECES, DIMENSION = "max_pieces", "dimension"


class Limits(NamedTuple):
    """What the file says of itself: pieces of a part at most, and the length of a vector."""

    max_pieces: int
    dimension: int


class ExportedEncoder(ABC):
    """Word-piece vectors of a transformer on the CPU.

    `model` is the ONNX file and `tokenizer` a tokenizer.json of a BERT vocabulary, both as bytes.
    `threads` says how many parts of one call are read at a time (None: one a core that this process
    may use), `calls` how many calls may come at a time. Raises EncoderUnavailable.

    Encoders of the same file have the same `info`, whatever runs them: their vectors agree within
    what `arithmetic` names.
    """

    arithmetic: str

    def __init__(
        self, model: bytes, tokenizer: bytes, threads: int | None = None, calls: int = 1
    ) -> None:
        threads = threads or int(joblib.cpu_count())
        self._at_once = threads * calls
        try:
            self.max_pieces, dimension = self._load(model)
        # Whatever the libraries make of damaged bytes, they make it in many kinds of exception.
        except Exception as error:
            raise EncoderUnavailable(
                f"The encoder in the bundle cannot be loaded ({type(error).__name__})."
            ) from error
        self._tokenizer = PieceTokenizer(tokenizer)
        self._pool = ThreadPoolExecutor(threads, "encoder") if threads > 1 else None
        # Named for the format of the file, not for what runs it.
        self.info = EncoderInfo(
            f"onnx/{self.max_pieces}-pieces/{sha256(tokenizer)[:8]}", sha256(model), dimension
        )

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        return self._tokenizer.pieces(texts)

    def embed(self, parts: Sequence[Sequence[int]]) -> list[Floats]:
        if self._pool is None or len(parts) < 2:
            return [self._embed(part) for part in parts]
        return list(self._pool.map(self._embed, parts))

    def _embed(self, part: Sequence[int]) -> Floats:
        return self._run(np.array([self._tokenizer.first, *part, self._tokenizer.last]))[1:-1]

    @abstractmethod
    def _load(self, model: bytes) -> Limits:
        """Make the model ready to be run `_at_once` times at once. Raises anything."""

    @abstractmethod
    def _run(self, ids: NDArray[np.int64]) -> Floats:
        """The vectors of word pieces, shape (pieces, dimension)."""
