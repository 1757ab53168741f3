"""Pointers: labels of public records whose text is not ours to keep.

A pointer names the record at its public source and carries our labels and a fingerprint, so that
whoever fetches the text can tell whether it is the one that was labelled.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safezone.corpus.fingerprint import Fingerprint, fingerprint
from safezone.corpus.lines import parse_lines
from safezone.corpus.records import read_areas, read_levels
from safezone.errors import InvalidInputFile
from safezone.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Pointer:
    """`id` is `source:identifier`, the identifier being the source's own; `labels` a level name for
    each axis; `areas` slugs, the primary one first; `year` that of the award or paper, if known.
    """

    id: str
    kind: str
    year: int | None
    labels: dict[str, str]
    areas: tuple[str, ...]
    fingerprint: Fingerprint

    @property
    def source(self) -> str:
        return self.id.partition(":")[0]

    @property
    def identifier(self) -> str:
        return self.id.partition(":")[2]


def read_pointers(path: Path, taxonomy: Taxonomy) -> list[Pointer]:
    """The pointers of a file. Raises InvalidInputFile, naming file, line and what is wrong."""
    pointers = parse_lines(path, lambda row: _pointer(row, taxonomy))
    if len({pointer.id for pointer in pointers}) < len(pointers):
        raise InvalidInputFile(f"{path} has an id twice.")
    return pointers


def _pointer(row: dict[str, Any], taxonomy: Taxonomy) -> Pointer:
    if not isinstance(row.get("id"), str) or not all(row["id"].partition(":")):
        raise ValueError("'id' must be 'source:identifier'.")
    if not isinstance(row.get("year"), int | None):
        raise ValueError("'year' must be a number or null.")
    read_levels(row.get("labels"), taxonomy)
    read_areas(row.get("areas"), taxonomy)
    if not isinstance(row.get("sha256"), str) or not isinstance(row.get("minhash"), str):
        raise ValueError("'sha256' and 'minhash' must be strings.")
    return Pointer(
        id=row["id"],
        kind=str(row.get("kind")),
        year=row.get("year"),
        labels=row["labels"],
        areas=tuple(row["areas"]),
        fingerprint=Fingerprint(row["sha256"], row["minhash"]),
    )


def make_pointers(path: Path, taxonomy: Taxonomy) -> list[Pointer]:
    """Pointers to the labelled records of a file that holds their texts.

    A record that stands in it twice gets one pointer, with the areas of the first. Raises
    InvalidInputFile where the two have different words or levels.
    """

    def point(row: dict[str, Any]) -> Pointer:
        if not isinstance(row.get("abstract"), str):
            raise ValueError("'abstract' must be a string.")
        mark = fingerprint(row["abstract"])
        return _pointer({**row, "sha256": mark.digest, "minhash": mark.signature}, taxonomy)

    pointers: dict[str, Pointer] = {}
    for pointer in parse_lines(path, point):
        first = pointers.setdefault(pointer.id, pointer)
        if (first.fingerprint, first.labels) != (pointer.fingerprint, pointer.labels):
            raise InvalidInputFile(f"{path} has an id twice, with different text or labels.")
    return list(pointers.values())


def write_pointers(path: Path, pointers: Sequence[Pointer]) -> None:
    """Write a pointer file, sorted by id, so that a change to it reads as one."""
    path.write_text("".join(_lines(pointers)), encoding="utf-8")


def _lines(pointers: Sequence[Pointer]) -> Iterable[str]:
    for pointer in sorted(pointers, key=lambda pointer: pointer.id):
        row = {
            "id": pointer.id,
            "kind": pointer.kind,
            "year": pointer.year,
            "labels": pointer.labels,
            "areas": list(pointer.areas),
            "sha256": pointer.fingerprint.digest,
            "minhash": pointer.fingerprint.signature,
        }
        yield json.dumps(row, ensure_ascii=False) + "\n"
