"""How fast one core multiplies matrices here: what an encoder's arithmetic is held against."""

import argparse
import sys
import time
from collections.abc import Callable
from importlib import import_module

import numpy as np
from bench.speed.peers.protocol import serve

sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

_ROWS, _INNER, _COLUMNS = 512, 384, 1536
_FLOPS = 2 * _ROWS * _INNER * _COLUMNS


class Peak:
    """Multiplies the activations of a full part with the weights of its largest layer."""

    def __init__(self) -> None:
        self._multiply: dict[str, Callable[[], object] | None] = {"float32": _floats()}
        try:
            self._multiply["int8"] = _integers()
        except ImportError:
            self._multiply["int8"] = None

    def rates(self, seconds: float) -> dict[str, float | None]:
        """Operations a second by arithmetic, at best; None where it cannot be measured."""
        return {
            name: multiply and _FLOPS / _fastest(multiply, seconds)
            for name, multiply in self._multiply.items()
        }


def _fastest(call: Callable[[], object], seconds: float) -> float:
    """Seconds of the fastest of the calls that can be made in so many seconds."""
    until, fastest = time.perf_counter() + seconds, float("inf")
    while (began := time.perf_counter()) < until:
        call()
        fastest = min(fastest, time.perf_counter() - began)
    return fastest


def _floats() -> Callable[[], object]:
    generator = np.random.default_rng(0)
    x = generator.normal(size=(_ROWS, _INNER)).astype(np.float32)
    weights = generator.normal(size=(_INNER, _COLUMNS)).astype(np.float32)
    product = np.empty((_ROWS, _COLUMNS), np.float32)
    return lambda: np.matmul(x, weights, out=product)


def _integers() -> Callable[[], object]:
    """The same product of 8-bit integers by OpenVINO, summed up in 32 bits and given as floats."""
    openvino, ops = import_module("openvino"), import_module("openvino.opset13")
    generator = np.random.default_rng(0)
    given = ops.parameter([_ROWS, _INNER], np.float32)
    least, most, levels = np.float32(-4), np.float32(4 * 127 / 128), 256
    rounded = ops.fake_quantize(given, least, most, least, most, levels)
    integers = generator.integers(-127, 128, (_COLUMNS, _INNER)).astype(np.int8)
    scale = np.float32(1 / 128)
    weights = ops.multiply(ops.convert(ops.constant(integers), np.float32), scale)
    product = ops.matmul(rounded, weights, False, True)
    options = {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "ENABLE_CPU_PINNING": False}
    model = openvino.Core().compile_model(openvino.Model([product], [given]), "CPU", options)
    request = model.create_infer_request()
    x = generator.normal(size=(_ROWS, _INNER)).astype(np.float32)
    request.set_input_tensor(openvino.Tensor(x))
    infer: Callable[[], object] = request.infer
    return infer


if __name__ == "__main__":
    argparse.ArgumentParser().parse_args()
    serve(Peak)
