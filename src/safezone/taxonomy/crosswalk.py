"""From areas and topic phrases to entries of public lists that may be worth looking at.

A pointer is a prompt for a reader, never a finding: whether a list applies depends on parameters
and circumstances that no abstract states. The content stands in `data/lists.toml` and
`data/crosswalk.toml`.
"""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from safezone.taxonomy.crosswalk_rows import (
    AreaRow,
    Jurisdiction,
    ListKind,
    ListRow,
    PhraseRow,
    Reading,
)
from safezone.taxonomy.types import load_taxonomy


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One heading of a list; `certain` is False where its wording or standing was not checked."""

    list_id: str
    id: str
    name: str
    certain: bool
    most_sensitive: bool = False
    note: str | None = None

    @property
    def key(self) -> str:
        """The id of the list and of the entry, as in "us-cet-2024:16"."""
        return f"{self.list_id}:{self.id}"


@dataclass(frozen=True, slots=True)
class PublicList:
    """A published list in one version; `kind` says what a listing means."""

    id: str
    name: str
    issuer: str
    jurisdiction: Jurisdiction
    kind: ListKind
    version: str
    as_of: datetime.date
    certain: bool
    note: str | None
    entries: tuple[ListEntry, ...]


@dataclass(frozen=True, slots=True)
class Pointer:
    """An entry that may be worth looking at.

    `because` is the area's slug or the phrase as the data spell it, and `sentence` the index of
    the first sentence with that phrase, None for an area. `certain` is False where the list, the
    entry or the way from the text to it is in doubt.
    """

    entry: ListEntry
    because: str
    by: Literal["area", "phrase"]
    sentence: int | None
    certain: bool


@dataclass(frozen=True, slots=True)
class _Target:
    """What one area or spelling points to: keys, each with whether that is certain."""

    because: str
    keys: Mapping[str, bool]


class Crosswalk:
    """The lists, and the ways from areas and phrases to their entries. Not to be altered."""

    def __init__(
        self,
        version: str,
        lists: Sequence[PublicList],
        areas: Mapping[str, Mapping[str, bool]],
        phrases: Mapping[tuple[str, ...], _Target],
    ) -> None:
        self.version = version
        self.lists = tuple(lists)
        self._areas = areas
        self._phrases = phrases
        # By the word that phrases begin with, how many words the longest of them has.
        self._longest: dict[str, int] = {}
        for words in phrases:
            self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))
        self._lists = {one.id: one for one in self.lists}
        # In the order of the lists, which is the order in which pointers are given.
        self._entries = {entry.key: entry for one in self.lists for entry in one.entries}

    def public_list(self, list_id: str) -> PublicList:
        """The list of that id; KeyError when there is none."""
        return self._lists[list_id]

    def entry(self, key: str) -> ListEntry:
        """The entry of that key; KeyError when there is none."""
        return self._entries[key]

    def of_area(self, slug: str) -> tuple[Pointer, ...]:
        """What an area points to, in the order of the lists; KeyError for an unknown area."""
        keys = self._areas[slug]
        return tuple(
            self._pointer(key, slug, "area", None, keys[key])
            for key in self._entries
            if key in keys
        )

    def pointers(self, areas: Sequence[str], sentences: Sequence[str]) -> tuple[Pointer, ...]:
        """Entries suggested by the areas and by phrases in the sentences, each once.

        A phrase says more than an area, so it is given as the reason where both point to an entry:
        the one of the first sentence and there, if several, a certain and then a longer one. The
        order is that of the lists. Raises KeyError for an unknown area.
        """
        found: dict[str, Pointer] = {}
        for number, sentence in enumerate(sentences):
            hits = sorted(self._hits(sentence), key=lambda hit: (-len(hit[0]), hit[0]))
            for certain in (True, False):
                for _, target in hits:
                    for key, sure in target.keys.items():
                        if sure is certain and key not in found:
                            found[key] = self._pointer(
                                key, target.because, "phrase", number, certain
                            )
        # Each area in the taxonomy's order, so that the caller's order cannot matter.
        unknown = set(areas) - self._areas.keys()
        if unknown:
            raise KeyError(min(unknown))
        by_area = [
            pointer for slug in self._areas if slug in areas for pointer in self.of_area(slug)
        ]
        for pointer in sorted(by_area, key=lambda pointer: not pointer.certain):
            found.setdefault(pointer.entry.key, pointer)
        return tuple(found[key] for key in self._entries if key in found)

    def _pointer(
        self,
        key: str,
        because: str,
        by: Literal["area", "phrase"],
        sentence: int | None,
        certain: bool,
    ) -> Pointer:
        entry = self._entries[key]
        sure = certain and entry.certain and self._lists[entry.list_id].certain
        return Pointer(entry, because, by, sentence, sure)

    def _hits(self, sentence: str) -> Iterator[tuple[tuple[str, ...], _Target]]:
        # Every run of up to as many words as the longest phrase has is looked up: linear time.
        for words in _runs(sentence):
            for start, word in enumerate(words):
                # Where the word is a phrase by itself, it may have an 's' at its end.
                longest = self._longest.get(word) or int(word[:-1] in self._longest)
                for end in range(start + 1, min(start + longest, len(words)) + 1):
                    for form in _forms(words[start:end]):
                        if form in self._phrases:
                            yield form, self._phrases[form]


_WORD = re.compile(r"\w+")
_RUN = re.compile(r"\w+(?:(?:\s+|[-\u2010\u2011\u2013])\w+)*")


def _runs(text: str) -> list[tuple[str, ...]]:
    """The words of a text, in runs of those that only a hyphen or white space keeps apart."""
    return [tuple(map(str.casefold, _WORD.findall(run))) for run in _RUN.findall(text)]


def _forms(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The words as they are and, if the last ends in 's', without that."""
    last = words[-1]
    return [words, (*words[:-1], last[:-1])] if last.endswith("s") and last != "s" else [words]


def parse_crosswalk(lists: str, crosswalk: str, area_slugs: Sequence[str]) -> Crosswalk:
    """The crosswalk of two TOML texts, for exactly these areas.

    Raises ValueError, which lists everything that is wrong.
    """
    reading = Reading()
    found = reading.table("lists", lists, ["list"])
    lines = reading.table("crosswalk", crosswalk, ["version", "area", "phrase"])
    version = lines["version"]
    if version is not None and not (isinstance(version, str) and version):
        reading.problems.append("'version' must be a text")

    list_rows = reading.rows("list", found["list"], ListRow)
    public = [_public_list(row) for row in list_rows or ()]
    reading.once("list", [one.id for one in public])
    for one in public:
        reading.once(f"list {one.id}: entry", [entry.id for entry in one.entries])
    entries = {entry.key for one in public for entry in one.entries}

    area_rows = reading.rows("area", lines["area"], AreaRow)
    phrase_rows = reading.rows("phrase", lines["phrase"], PhraseRow)
    if area_rows is not None:
        reading.areas([row.slug for row in area_rows], area_slugs)
    phrases: dict[tuple[str, ...], _Target] = {}
    for phrase in phrase_rows or ():
        for spelling in phrase.spellings:
            _add(phrases, spelling, phrase, reading)
    # Without lists every key would be unknown, which is not what is wrong.
    if list_rows is not None:
        for row in area_rows or ():
            reading.known(f"area '{row.slug}'", [*row.entries, *row.perhaps], entries)
        for phrase in phrase_rows or ():
            reading.known(f"phrase '{phrase.spellings[0]}'", phrase.entries, entries)
    reading.finish()

    return Crosswalk(
        version,
        public,
        {
            row.slug: dict.fromkeys(row.entries, True) | dict.fromkeys(row.perhaps, False)
            # In the taxonomy's order, whatever the order of the file.
            for row in sorted(area_rows or (), key=lambda row: area_slugs.index(row.slug))
        },
        phrases,
    )


def _public_list(row: ListRow) -> PublicList:
    entries = tuple(ListEntry(list_id=row.id, **entry.model_dump()) for entry in row.entries)
    return PublicList(**{**row.model_dump(), "entries": entries})


def _add(
    phrases: dict[tuple[str, ...], _Target], spelling: str, row: PhraseRow, reading: Reading
) -> None:
    runs = _runs(spelling)
    if len(runs) != 1:
        reading.problems.append(f"phrase '{spelling}' must be words with spaces or hyphens between")
        return
    # Two phrases are one where they differ in case, hyphens or a plural 's' only.
    words = runs[0]
    alike = (*_forms(words), (*words[:-1], f"{words[-1]}s"))
    if any(form in phrases for form in alike):
        reading.problems.append(f"phrase '{spelling}' stands there twice")
    phrases[words] = _Target(spelling, dict.fromkeys(row.entries, row.certain))


@cache
def load_crosswalk() -> Crosswalk:
    """The crosswalk that ships with the package. Raises ValueError with all that is wrong in it."""
    data = resources.files("safezone.taxonomy") / "data"
    return parse_crosswalk(
        (data / "lists.toml").read_text(encoding="utf-8"),
        (data / "crosswalk.toml").read_text(encoding="utf-8"),
        load_taxonomy().area_slugs,
    )
