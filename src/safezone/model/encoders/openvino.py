"""The encoder of a bundle by OpenVINO, on processors that multiply 8-bit integers fast.

The weights stay in the 8 bits of the file. Activations are rounded to 8 bits on the way into each
matrix product, 64 numbers at a time with a scale of their own, so that a piece's vector depends on
nothing but its text. Everything else is computed in 32-bit floats.
"""

import sys
from queue import SimpleQueue
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

# Importing OpenVINO reports the import to its makers where that package is there. Nothing leaves
# this machine: without it, OpenVINO takes its own stand-in that does nothing.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

import openvino  # noqa: E402
from openvino import properties  # noqa: E402

from safezone.model.encoders.exported import (  # noqa: E402
    ATTENTION_MASK,
    DIMENSION,
    INPUT_IDS,
    MAX_PIECES,
    OUTPUT,
    ExportedEncoder,
    Limits,
)
from safezone.model.ports import Floats  # noqa: E402

if TYPE_CHECKING:
    from openvino import InferRequest

# How many activations share a scale: with fewer it is no more exact, with more not much faster.
_GROUP = 64
# Lengths are filled up to a multiple of this: each new length costs some 10 ms once, and memory.
_STEP = 16


class OpenVinoEncoder(ExportedEncoder):
    """See ExportedEncoder."""

    arithmetic = "int8"

    def _load(self, model: bytes) -> Limits:
        core = openvino.Core()
        network = core.read_model(model)
        compiled = core.compile_model(
            network,
            "CPU",
            {
                properties.num_streams: self._at_once,
                properties.inference_num_threads: self._at_once,
                # Several processes would pin themselves to the same cores.
                properties.hint.enable_cpu_pinning: False,
                properties.hint.inference_precision: openvino.Type.f32,
                properties.hint.dynamic_quantization_group_size: _GROUP,
            },
        )
        self._idle: SimpleQueue[InferRequest] = SimpleQueue()
        for _ in range(self._at_once):
            self._idle.put(compiled.create_infer_request())
        maximum, dimension = (
            int(network.get_rt_info(["framework", name]).value) for name in (MAX_PIECES, DIMENSION)
        )
        return Limits(maximum, dimension)

    def _run(self, ids: NDArray[np.int64]) -> Floats:
        width = min(-(-len(ids) // _STEP) * _STEP, self.max_pieces + 2)
        # Any piece can fill up what is not attended to.
        filled = np.pad(ids, (0, width - len(ids)), mode="edge")[np.newaxis]
        attended = (np.arange(width) < len(ids)).astype(np.int64)[np.newaxis]
        request = self._idle.get()
        try:
            request.infer({INPUT_IDS: filled, ATTENTION_MASK: attended})
            # The request's own memory is used again.
            vectors: Floats = request.get_tensor(OUTPUT).data[0, : len(ids)].copy()
            return vectors
        finally:
            self._idle.put(request)
