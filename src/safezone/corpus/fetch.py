"""Rebuilding public records from their sources, checked against their pointers."""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from safezone.corpus.fingerprint import Fingerprint, fingerprint, similarity
from safezone.corpus.lines import parse_line
from safezone.corpus.pointers import Pointer
from safezone.corpus.sources import FetchedText, Source, Wanted
from safezone.corpus.web import Web
from safezone.errors import InvalidInputFile, SourceUnavailable

# Above it, the differences are those of layout and boilerplate; 3-word shingles of two unrelated
# texts share next to nothing.
CLOSE = 0.7


class Verdict(StrEnum):
    """What became of a pointer.

    `same`: the words that were labelled; `close`: the same text with something reformatted, added
    or cut; `different`: another text under that id, which is not kept; `gone`: not at the source,
    or without an abstract there.
    """

    SAME = "same"
    CLOSE = "close"
    DIFFERENT = "different"
    GONE = "gone"


_KEPT = (Verdict.SAME, Verdict.CLOSE)


@dataclass
class Fetched:
    """`verdicts` by id of a pointer; `failed`: why a source could not be asked to the end. Pointers
    that have no verdict were not asked for, or not answered yet.
    """

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def ids(self, verdict: Verdict) -> list[str]:
        return sorted(name for name, found in self.verdicts.items() if found is verdict)


def compare(text: str, expected: Fingerprint) -> Verdict:
    """`same`, `close` or `different`."""
    mark = fingerprint(text)
    if mark.digest == expected.digest:
        return Verdict.SAME
    return Verdict.CLOSE if similarity(mark, expected) >= CLOSE else Verdict.DIFFERENT


def fetch_records(
    pointers: Sequence[Pointer],
    sources: Mapping[str, Source],
    out: Path,
    *,
    only: Collection[str] | None = None,
    endpoints: Mapping[str, str] | None = None,
    make_web: Callable[[float], Web] = Web,
    progress: Callable[[int, int], None] | None = None,
) -> Fetched:
    """Fetch what the pointers name and append it to `out` as labelled records.

    `only` names the sources to ask; default: all that the pointers name. What stands in `out`
    already is checked and not asked for again, so a run that was cut short is continued by the
    next. One source that fails does not stop the others. Raises InvalidInputFile where `out` holds
    anything but records of these pointers; it is not touched then.
    """
    by_id = {pointer.id: pointer for pointer in pointers}
    result = Fetched(_resume(out, by_id))
    missing: dict[str, list[Pointer]] = defaultdict(list)
    for pointer in pointers:
        if pointer.id not in result.verdicts and (only is None or pointer.source in only):
            missing[pointer.source].append(pointer)
    out.parent.mkdir(parents=True, exist_ok=True)
    for name, wanted in missing.items():
        if name not in sources:
            result.failed[name] = f"'{name}' is no source that can be fetched."
            continue
        source = sources[name]
        url = (endpoints or {}).get(name, source.url).rstrip("/")
        asked = [Wanted(pointer.identifier, pointer.year) for pointer in wanted]
        try:
            for texts in source.fetch(make_web(source.pause), url, asked):
                found = [(by_id[f"{name}:{text.identifier}"], text) for text in texts]
                _keep(found, out, result.verdicts)
                if progress:
                    progress(len(result.verdicts), len(pointers))
            gone = (pointer.id for pointer in wanted if pointer.id not in result.verdicts)
            result.verdicts.update(dict.fromkeys(gone, Verdict.GONE))
        except SourceUnavailable as error:
            result.failed[name] = str(error)
    return result


def _keep(
    texts: Sequence[tuple[Pointer, FetchedText]], out: Path, verdicts: dict[str, Verdict]
) -> None:
    """Append what fits its pointer. Where a source has two texts of one number, one fits."""
    with out.open("a", encoding="utf-8") as lines:
        for pointer, text in texts:
            if not text.abstract or verdicts.get(pointer.id) in _KEPT:
                continue
            verdicts[pointer.id] = compare(text.abstract, pointer.fingerprint)
            if verdicts[pointer.id] in _KEPT:
                lines.write(json.dumps(_row(text, pointer), ensure_ascii=False) + "\n")
        lines.flush()
        os.fsync(lines.fileno())


def _row(text: FetchedText, pointer: Pointer) -> dict[str, Any]:
    return {
        "id": pointer.id,
        "source": pointer.source,
        "kind": pointer.kind,
        "year": pointer.year,
        "title": text.title,
        "abstract": text.abstract,
        "labels": pointer.labels,
        "areas": list(pointer.areas),
    }


def _resume(out: Path, by_id: Mapping[str, Pointer]) -> dict[str, Verdict]:
    """Verdicts on the records in `out`. Half a line at its end, of a run that was cut short, goes:
    but only when all the lines before it are ours.
    """
    if not out.exists():
        return {}
    content = out.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    verdicts = {}
    try:
        for row in map(parse_line, whole.splitlines()):
            pointer = by_id[str(row.get("id"))]
            verdicts[pointer.id] = compare(str(row.get("abstract")), pointer.fingerprint)
    except (ValueError, KeyError):
        verdicts = {}
    if content and not verdicts:
        raise InvalidInputFile(
            f"{out} holds more than records of these pointers. Name a new file for --out."
        )
    os.truncate(out, len(whole))
    return verdicts
