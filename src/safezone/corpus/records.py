"""Labelled records: one JSON object a line, checked as it is read."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from safezone.corpus.lines import parse_lines
from safezone.errors import InvalidInputFile
from safezone.taxonomy import Taxonomy

POINTERS_SUFFIX = ".pointers.jsonl"


@dataclass(frozen=True, slots=True)
class Record:
    """A labelled text.

    `levels` has one level number an axis, in the taxonomy's order; `areas` the indices of its
    areas, the primary one first. A text that is no research abstract has `levels` None: it teaches
    the model when to abstain. Records that share a `pair` were written as contrasts: much the same
    words, different labels. `sure` is how sure the reader was of the labels, 1 to 3, and `why` the
    reason for them.
    """

    id: str
    source: str
    title: str
    abstract: str
    levels: tuple[int, ...] | None
    areas: tuple[int, ...]
    pair: str | None = None
    sure: int = 3
    why: str = ""


def record_files(paths: Sequence[Path]) -> list[Path]:
    """The files, and for each folder those of its own `.jsonl` files that hold records, sorted.

    Pointer files and folders in it are left out. Raises InvalidInputFile where a folder has none.
    """
    files = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        found = [file for file in path.glob("*.jsonl") if not file.name.endswith(POINTERS_SUFFIX)]
        if not found:
            raise InvalidInputFile(f"{path} has no .jsonl file of records.")
        files += sorted(found)
    return files


def read_records(paths: Sequence[Path], taxonomy: Taxonomy) -> list[Record]:
    """All records of the files, or of the files in a folder.

    Raises InvalidInputFile, naming file, line and what is wrong.
    """
    return [
        record
        for path in record_files(paths)
        for record in parse_lines(path, lambda row: _record(row, taxonomy))
    ]


def _record(row: Mapping[str, Any], taxonomy: Taxonomy) -> Record:
    for key in ("id", "title", "abstract"):
        if not isinstance(row.get(key), str):
            raise ValueError(f"'{key}' must be a string.")
    if "labels" not in row:
        raise ValueError("'labels' is missing; give null for a text that is no research abstract.")
    if not isinstance(row.get("pair"), str | None):
        raise ValueError("'pair' must be a string or null.")
    if row.get("sure", 3) not in (1, 2, 3):
        raise ValueError("'sure' must be 1, 2 or 3.")
    labelled = row["labels"] is not None
    return Record(
        id=row["id"],
        source=str(row.get("source", "unknown")),
        title=row["title"],
        abstract=row["abstract"],
        levels=read_levels(row["labels"], taxonomy) if labelled else None,
        areas=read_areas(row.get("areas"), taxonomy) if labelled else (),
        pair=row.get("pair"),
        sure=row.get("sure", 3),
        why=str(row.get("why") or ""),
    )


def read_levels(labels: Any, taxonomy: Taxonomy) -> tuple[int, ...]:
    """Level numbers from an object of level names. Raises ValueError."""
    if not isinstance(labels, dict):
        raise ValueError("'labels' must be an object with a level for each axis, or null.")
    levels = []
    for axis in taxonomy.axes:
        if labels.get(axis.id) not in axis.level_ids:
            raise ValueError(f"label '{axis.id}' must be one of {', '.join(axis.level_ids)}.")
        levels.append(axis.level_ids.index(labels[axis.id]))
    return tuple(levels)


def read_areas(slugs: Any, taxonomy: Taxonomy) -> tuple[int, ...]:
    """Area indices from a list of slugs. Raises ValueError."""
    known = {slug: index for index, slug in enumerate(taxonomy.area_slugs)}
    if not isinstance(slugs, list) or not slugs:
        raise ValueError("'areas' must list at least one area, the primary one first.")
    if unknown := [slug for slug in slugs if not isinstance(slug, str) or slug not in known]:
        raise ValueError(f"{len(unknown)} of its areas are not in the taxonomy.")
    return tuple(known[slug] for slug in slugs)


def records_digest(records: Sequence[Record]) -> str:
    """SHA-256 over everything in the records, hexadecimal."""
    digest = hashlib.sha256()
    for record in records:
        digest.update(json.dumps(astuple(record)).encode())
    return digest.hexdigest()
