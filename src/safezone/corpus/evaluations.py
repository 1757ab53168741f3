"""Texts that models are measured on, so that none of them is trained on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safezone.corpus.fingerprint import Fingerprint, fingerprint
from safezone.corpus.lines import parse_lines


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A text of an evaluation; its fingerprint is enough."""

    id: str
    fingerprint: Fingerprint


def read_evaluations(paths: Sequence[Path]) -> list[Evaluation]:
    """The texts of files of records, or of pointers to them. Raises InvalidInputFile."""
    return [text for path in paths for text in parse_lines(path, _evaluation)]


def _evaluation(row: dict[str, Any]) -> Evaluation:
    if isinstance(row.get("abstract"), str):
        return Evaluation(str(row.get("id")), fingerprint(row["abstract"]))
    if isinstance(row.get("sha256"), str) and isinstance(row.get("minhash"), str):
        return Evaluation(str(row.get("id")), Fingerprint(row["sha256"], row["minhash"]))
    raise ValueError("neither a record with an 'abstract' nor a pointer with its fingerprint.")
