"""The whole product: `Assessor.assess`, from raw text to evidence and route."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.speed import stages
from bench.speed.peers.protocol import Reader, Text, Vector, serve

from safezone import Proposal, load_assessor
from safezone.assessment import Assessment
from safezone.assessment.reading import Answer
from safezone.config import read_settings
from safezone.model.reading import pack


class Product(Reader):
    def __init__(self, bundle: Path, runtime: str, threads: int) -> None:
        settings = read_settings(model=bundle, runtime=runtime, threads=threads)
        self._assessor = load_assessor(settings)
        self._encoder = self._assessor.model.encoder

    def read(self, texts: Sequence[Text]) -> list[Assessment]:
        return self._assessor.assess(_proposals(texts))

    def vectors(self, texts: Sequence[Text]) -> list[Vector | None]:
        """What precedents are looked up by; None where it abstains."""
        return [
            answer.vector.tolist() if isinstance(answer := reading.answer, Answer) else None
            for reading in self._assessor.read(_proposals(texts))
        ]

    def lengths(self, texts: Sequence[Text]) -> list[list[int]]:
        lengths: list[list[int]] = []
        for reading in self._assessor.read(_proposals(texts)):
            pieces = self._encoder.pieces([sentence.text for sentence in reading.text.sentences])
            parts = pack(pieces, self._encoder.max_pieces) if reading.report.parts else []
            lengths.append([len(part) for part in parts])
        return lengths

    def answers(self, texts: Sequence[Text]) -> list[dict[str, Any] | None]:
        """The level's number and all probabilities, by axis; None where it abstains."""
        return [
            {
                axis: (level, list(answer.findings[axis].probabilities.values()))
                for axis, level in answer.levels.items()
            }
            if isinstance(answer := reading.answer, Answer)
            else None
            for reading in self._assessor.read(_proposals(texts))
        ]

    def stages(self, texts: Sequence[Text], rounds: int) -> dict[str, Any]:
        """See `stages.stage_seconds`; one text at a time, to the bytes of the API's answer."""
        proposals = _proposals(texts)

        def assess() -> None:
            for proposal in proposals:
                stages.json_of(self._assessor.assess([proposal])[0])

        seconds, missing = stages.stage_seconds(assess, rounds)
        arithmetic = self._encoder.arithmetic
        return {"seconds": seconds, "missing": missing, "arithmetic": arithmetic}


def _proposals(texts: Sequence[Text]) -> list[Proposal]:
    return [Proposal(abstract, title) for title, abstract in texts]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--runtime", choices=("auto", "onnx", "openvino"), required=True)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    serve(lambda: Product(asked.bundle, asked.runtime, asked.threads))
