"""Writing an adapted transformer as an ONNX file with 8-bit weights."""

import logging
import warnings

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

from safezone.model.encoders.exported import (
    ATTENTION_MASK,
    DIMENSION,
    INPUT_IDS,
    MAX_PIECES,
    OUTPUT,
)

_OPSET = 20
# Smaller ones are not worth rounding.
_LEAST_ROUNDED = 100_000


class _LastLayer(nn.Module):
    def __init__(self, transformer: nn.Module) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        vectors: Tensor = self.transformer(
            input_ids=input_ids, attention_mask=attention_mask
        ).last_hidden_state
        return vectors


def export_onnx(transformer: nn.Module, dimension: int, positions: int) -> bytes:
    """The ONNX file, the same bytes for the same weights.

    `positions` is how many pieces the transformer has places for, those before and after a text
    counted. Matrices are rounded to 8 bits, one scale an output column (of embeddings: a row).
    """
    # Two tensors: one given twice would be taken for one input.
    ids = torch.zeros((2, 16), dtype=torch.int64)
    attended = torch.ones((2, 16), dtype=torch.int64)
    texts = torch.export.Dim("texts", min=1, max=4096)
    pieces = torch.export.Dim("pieces", min=2, max=positions)
    shapes = {0: texts, 1: pieces}
    transformer.set_attn_implementation("eager")  # type: ignore[operator]
    # It warns of axes that both inputs share, and of libraries that are not there.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            _LastLayer(transformer).eval(),
            (ids, attended),
            dynamo=True,
            dynamic_shapes={INPUT_IDS: shapes, ATTENTION_MASK: shapes},
            input_names=[INPUT_IDS, ATTENTION_MASK],
            output_names=[OUTPUT],
            opset_version=_OPSET,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch.onnx.export gave no program")
    model: onnx.ModelProto = program.model_proto
    _strip(model)
    _round_weights(model.graph)
    helper.set_model_props(model, {MAX_PIECES: str(positions - 2), DIMENSION: str(dimension)})
    onnx.checker.check_model(model)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def _strip(model: onnx.ModelProto) -> None:
    """Takes out where in this machine's source files each step came from."""
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.graph.value_info[:]
    model.doc_string = model.graph.doc_string = ""
    for part in (*model.graph.node, *model.graph.initializer, *model.graph.input,
                 *model.graph.output):  # fmt: skip
        del part.metadata_props[:]
        part.doc_string = ""


def _round_weights(graph: onnx.GraphProto) -> None:
    """Every large matrix becomes 8-bit integers and their scales, multiplied when it is loaded."""
    back = []
    for tensor in list(graph.initializer):
        matrix = numpy_helper.to_array(tensor)
        if matrix.ndim != 2 or matrix.size < _LEAST_ROUNDED or matrix.dtype != np.float32:
            continue
        gathered = any(n.op_type == "Gather" and n.input[0] == tensor.name for n in graph.node)
        axis = 0 if gathered else 1
        largest = np.abs(matrix).max(axis=1 - axis, keepdims=True)
        scale = np.maximum(largest / 127, 1e-12).astype(np.float32)
        rounded = np.round(matrix / scale).astype(np.int8)
        names = [f"{tensor.name}.rounded", f"{tensor.name}.scale"]
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(rounded, names[0]))
        graph.initializer.append(numpy_helper.from_array(scale.ravel(), names[1]))
        back.append(helper.make_node("DequantizeLinear", names, [tensor.name], axis=axis))
    steps = list(graph.node)
    del graph.node[:]
    graph.node.extend([*back, *steps])
