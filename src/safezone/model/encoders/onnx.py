"""The encoder of a bundle by ONNX Runtime, in 32-bit floats: what every machine computes alike."""

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from safezone.model.encoders.exported import (
    ATTENTION_MASK,
    DIMENSION,
    INPUT_IDS,
    MAX_PIECES,
    OUTPUT,
    ExportedEncoder,
    Limits,
)
from safezone.model.ports import Floats


class OnnxEncoder(ExportedEncoder):
    """See ExportedEncoder."""

    arithmetic = "float32"

    def _load(self, model: bytes) -> Limits:
        options = onnxruntime.SessionOptions()
        # A run has its caller's thread to itself, and none of the library's own.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.use_deterministic_compute = True
        # Weights become floats again once, at loading; else the arithmetic would be in integers.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        self._session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )
        known = self._session.get_modelmeta().custom_metadata_map
        return Limits(int(known[MAX_PIECES]), int(known[DIMENSION]))

    def _run(self, ids: NDArray[np.int64]) -> Floats:
        inputs = {INPUT_IDS: ids[np.newaxis], ATTENTION_MASK: np.ones((1, len(ids)), np.int64)}
        vectors: Floats = self._session.run([OUTPUT], inputs)[0][0]
        return vectors
