"""The runtime encoder: an adapted transformer as an ONNX file, without PyTorch.

The file holds 8-bit weights; they are turned back into 32-bit floats when it is loaded, so that the
arithmetic is that of floats: a text's vectors do not depend on what else is read with it.
"""

from collections.abc import Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from safezone.errors import EncoderUnavailable
from safezone.model.digests import sha256
from safezone.model.encoders.tokenizer import PieceTokenizer
from safezone.model.ports import EncoderInfo, Floats

# Names inside the file, given to it by safezone.training.export.
INPUT_IDS, ATTENTION_MASK, OUTPUT = "input_ids", "attention_mask", "pieces"
MAX_PIECES, DIMENSION = "max_pieces", "dimension"
_BATCH = 16


class OnnxEncoder:
    """Word-piece vectors of a transformer, by ONNX Runtime on the CPU.

    `model` is the ONNX file and `tokenizer` a tokenizer.json of a BERT vocabulary, both as bytes.
    `threads` bounds the threads (None: the library's choice). Raises EncoderUnavailable.
    """

    def __init__(self, model: bytes, tokenizer: bytes, threads: int | None = None) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        options.use_deterministic_compute = True
        # Weights become floats again once, at loading; else the arithmetic would be in integers.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        try:
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
            known = self._session.get_modelmeta().custom_metadata_map
            self.max_pieces = int(known[MAX_PIECES])
            dimension = int(known[DIMENSION])
        # Whatever the libraries make of damaged bytes, they make it in many kinds of exception.
        except Exception as error:
            raise EncoderUnavailable(
                f"The encoder in the bundle cannot be loaded ({type(error).__name__})."
            ) from error
        self._tokenizer = PieceTokenizer(tokenizer)
        self.info = EncoderInfo(
            f"onnx/{self.max_pieces}-pieces/{sha256(tokenizer)[:8]}", sha256(model), dimension
        )

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        return self._tokenizer.pieces(texts)

    def embed(self, parts: Sequence[Sequence[int]]) -> list[Floats]:
        return [
            vectors
            for start in range(0, len(parts), _BATCH)
            for vectors in self._embed_batch(parts[start : start + _BATCH])
        ]

    def _embed_batch(self, batch: Sequence[Sequence[int]]) -> list[Floats]:
        tokens = self._tokenizer
        width = max(len(part) for part in batch) + 2
        ids: NDArray[np.int64] = np.full((len(batch), width), tokens.padding)
        attended = np.zeros_like(ids)
        for row, part in enumerate(batch):
            ids[row, : len(part) + 2] = np.array([tokens.first, *part, tokens.last])
            attended[row, : len(part) + 2] = 1
        (vectors,) = self._session.run([OUTPUT], {INPUT_IDS: ids, ATTENTION_MASK: attended})
        return [vectors[row, 1 : len(part) + 1] for row, part in enumerate(batch)]
