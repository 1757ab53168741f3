"""Static embeddings that model2vec distils from a sentence-transformers folder: no transformer.

With --save, they are distilled from --folder; without, --folder holds what was saved.
"""

import argparse
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from bench.speed.peers.protocol import Reader, Text, joined, serve
from model2vec import StaticModel  # type: ignore[import-not-found]
from numpy.typing import NDArray

_DIMENSIONS = 256  # the library's default


class Static(Reader):
    def __init__(self, folder: Path) -> None:
        self._model = StaticModel.from_pretrained(str(folder), max_length=None)

    def read(self, texts: Sequence[Text]) -> NDArray[Any]:
        return np.asarray(self._model.encode([joined(text) for text in texts]))

    def lengths(self, texts: Sequence[Text]) -> list[list[int]]:
        pieces = self._model.tokenize([joined(text) for text in texts])
        return [[len(of_text)] for of_text in pieces]


def _distil(folder: Path, to: Path) -> None:
    # Only here: it imports torch, which reading has no need of.
    distill = import_module("model2vec.distill").distill
    distill(str(folder), device="cpu", pca_dims=_DIMENSIONS).save_pretrained(str(to))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)  # it has no use for a second
    parser.add_argument("--save", type=Path)
    asked = parser.parse_args()
    if asked.save:
        _distil(asked.folder, asked.save)
    else:
        serve(lambda: Static(asked.folder))
