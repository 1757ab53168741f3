"""The bundle's own encoder alone: word pieces of the raw text, in parts, averaged."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from bench.speed.peers.protocol import Reader, Text, joined, serve
from numpy.typing import NDArray

from safezone.bootstrap import load_encoder, read_bundle
from safezone.config import read_settings
from safezone.model.reading import pack


class EncoderAlone(Reader):
    def __init__(self, bundle: Path, runtime: str, threads: int) -> None:
        settings = read_settings(model=bundle, runtime=runtime, threads=threads)
        self._encoder = load_encoder(settings, read_bundle(settings))

    def read(self, texts: Sequence[Text]) -> NDArray[Any]:
        parts = self._parts(texts)
        vectors = iter(self._encoder.embed([part for of_text in parts for part in of_text]))
        return np.stack(
            [np.concatenate([next(vectors) for _ in of_text]).mean(axis=0) for of_text in parts]
        )

    def lengths(self, texts: Sequence[Text]) -> list[list[int]]:
        return [[len(part) for part in of_text] for of_text in self._parts(texts)]

    def _parts(self, texts: Sequence[Text]) -> list[list[list[int]]]:
        pieces = self._encoder.pieces([joined(text) for text in texts])
        return [list(pack([of_text], self._encoder.max_pieces)) for of_text in pieces]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--runtime", choices=("onnx", "openvino"), required=True)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    serve(lambda: EncoderAlone(asked.bundle, asked.runtime, asked.threads))
