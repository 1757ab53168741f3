"""Labelled records: one JSON object a line, checked as it is read."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safezone.errors import InvalidInputFile
from safezone.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Record:
    """A labelled text.

    `levels` has one level number an axis, in the taxonomy's order; `areas` the indices of its
    areas, the primary one first. A text that is no research abstract has `levels` None: it teaches
    the model when to abstain.
    """

    id: str
    source: str
    title: str
    abstract: str
    levels: tuple[int, ...] | None
    areas: tuple[int, ...]


def read_records(paths: Sequence[Path], taxonomy: Taxonomy) -> list[Record]:
    """All records of the files. Raises InvalidInputFile, naming file, line and what is wrong."""
    return [record for path in paths for record in _read_file(path, taxonomy)]


def _read_file(path: Path, taxonomy: Taxonomy) -> Iterator[Record]:
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    try:
                        yield _record(_parsed(line), taxonomy)
                    except ValueError as error:
                        raise InvalidInputFile(f"{path}, line {number}: {error}") from error
    except OSError as error:
        raise InvalidInputFile(f"{path} cannot be read: {error.strerror}.") from error


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8 text.") from error
    except (ValueError, RecursionError) as error:
        raise ValueError("not valid JSON.") from error


def _record(row: Any, taxonomy: Taxonomy) -> Record:
    if not isinstance(row, dict):
        raise ValueError("a record must be a JSON object.")
    for key in ("id", "title", "abstract"):
        if not isinstance(row.get(key), str):
            raise ValueError(f"'{key}' must be a string.")
    if "labels" not in row:
        raise ValueError("'labels' is missing; give null for a text that is no research abstract.")
    labels = row["labels"]
    return Record(
        id=row["id"],
        source=str(row.get("source", "unknown")),
        title=row["title"],
        abstract=row["abstract"],
        levels=None if labels is None else _levels(labels, taxonomy),
        areas=() if labels is None else _areas(row.get("areas"), taxonomy),
    )


def _levels(labels: Any, taxonomy: Taxonomy) -> tuple[int, ...]:
    if not isinstance(labels, dict):
        raise ValueError("'labels' must be an object with a level for each axis, or null.")
    levels = []
    for axis in taxonomy.axes:
        if labels.get(axis.id) not in axis.level_ids:
            raise ValueError(f"label '{axis.id}' must be one of {', '.join(axis.level_ids)}.")
        levels.append(axis.level_ids.index(labels[axis.id]))
    return tuple(levels)


def _areas(slugs: Any, taxonomy: Taxonomy) -> tuple[int, ...]:
    known = {slug: index for index, slug in enumerate(taxonomy.area_slugs)}
    if not isinstance(slugs, list) or not slugs:
        raise ValueError("'areas' must list at least one area, the primary one first.")
    if unknown := [slug for slug in slugs if not isinstance(slug, str) or slug not in known]:
        raise ValueError(f"{len(unknown)} of its areas are not in the taxonomy.")
    return tuple(known[slug] for slug in slugs)


def records_digest(records: Sequence[Record]) -> str:
    """SHA-256 over everything in the records that training sees, hexadecimal."""
    digest = hashlib.sha256()
    for record in records:
        digest.update(
            json.dumps(
                [record.id, record.title, record.abstract, record.levels, record.areas]
            ).encode()
        )
    return digest.hexdigest()
