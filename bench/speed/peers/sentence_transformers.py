"""`SentenceTransformer.encode` as it comes: batches of 32, sorted by length, cut at `--cut`.

With --save, a folder is written that --backend loads without converting anything.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from bench.speed.peers.protocol import Reader, Text, joined, serve
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

# Importing OpenVINO would report the import to its makers.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]


class SentenceTransformers(Reader):
    def __init__(self, folder: Path, backend: str, threads: int, cut: int | None) -> None:
        torch.set_num_threads(threads)
        self._model = _load(folder, backend, _options(backend, threads))
        self._model.max_seq_length = cut or self._model.max_seq_length

    def read(self, texts: Sequence[Text]) -> NDArray[Any]:
        found: NDArray[Any] = self._model.encode(
            [joined(text) for text in texts], batch_size=32, show_progress_bar=False
        )
        return found

    def lengths(self, texts: Sequence[Text]) -> list[list[int]]:
        # With the two special pieces, which the cut counts and a length does not.
        masks = (self._model.preprocess([joined(text)])["attention_mask"] for text in texts)
        return [[int(mask.sum()) - 2] for mask in masks]


def _load(folder: Path, backend: Any, options: dict[str, Any]) -> SentenceTransformer:
    return SentenceTransformer(
        str(folder), device="cpu", backend=backend, local_files_only=True, model_kwargs=options
    )


def _options(backend: str, threads: int) -> dict[str, Any]:
    if backend == "onnx":
        options = import_module("onnxruntime").SessionOptions()
        options.intra_op_num_threads = threads
        return {"provider": "CPUExecutionProvider", "session_options": options}
    if backend == "openvino":
        return {"ov_config": {"INFERENCE_NUM_THREADS": threads}}
    return {}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--backend", default="torch")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cut", type=int)
    parser.add_argument("--save", type=Path)
    asked = parser.parse_args()
    if asked.save:
        _load(asked.folder, asked.backend, {"export": True}).save_pretrained(str(asked.save))
    else:
        serve(lambda: SentenceTransformers(asked.folder, asked.backend, asked.threads, asked.cut))
