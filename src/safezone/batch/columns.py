"""Which columns of a file are the id, the title and the abstract.

No other column is read, on purpose: where a proposal comes from has no place in an assessment.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safezone.errors import InvalidInputFile

# By priority: of two columns that could be meant, the one with the earlier name is taken, and of
# two with the same name the first.
WELL_KNOWN_NAMES: Mapping[str, tuple[str, ...]] = {
    "abstract": (
        "abstract",
        "project abstract",
        "proposal abstract",
        "award abstract",
        "public abstract",
        "scientific abstract",
        "technical abstract",
        "abstract text",
        "abstract narration",
        "abstract en",
        "english abstract",
        "summary",
        "project summary",
        "proposal summary",
        "scientific summary",
        "public summary",
        "lay summary",
        "objective",
        "objectives",
        "description",
        "project description",
    ),
    "title": (
        "title",
        "project title",
        "proposal title",
        "award title",
        "grant title",
        "application title",
        "study title",
        "title en",
        "english title",
    ),
    "id": (
        "id",
        "proposal id",
        "application id",
        "award id",
        "project id",
        "grant id",
        "record id",
        "proposal number",
        "application number",
        "award number",
        "project number",
        "grant number",
        "proposal reference",
        "application reference",
        "project reference",
        "grant reference",
        "reference",
        "reference number",
        "identifier",
        "number",
    ),
}


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """Names of the columns to read, whatever their case, spaces and punctuation.

    A name that is None or empty is looked for among WELL_KNOWN_NAMES. Raises InvalidInputFile for
    two names that are the same.
    """

    id: str | None = None
    title: str | None = None
    abstract: str | None = None

    def __post_init__(self) -> None:
        names = [_plain(name) for name in self.named().values()]
        if len(set(names)) < len(names):
            raise InvalidInputFile(
                "The same column is named twice. Name different columns for id, title and abstract."
            )

    def named(self) -> dict[str, str]:
        """The fields that a column is named for, with its name."""
        names = {"id": self.id, "title": self.title, "abstract": self.abstract}
        return {field: name for field, name in names.items() if name}


@dataclass(frozen=True, slots=True)
class Column:
    """A column that was found: its place, from 0, and the name it was looked for by.

    The name is the caller's or a well-known one, never a cell of the file.
    """

    index: int
    name: str


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that are read."""

    abstract: Column
    title: Column | None
    id: Column | None


def choose_columns(header: Sequence[object], choice: ColumnChoice) -> Columns | None:
    """The columns of a header; None where a named one or one for the abstract is not in it."""
    places: dict[str, int] = {}
    for index, cell in enumerate(header):
        places.setdefault(_plain(str(cell)), index)
    found = {
        field: Column(places[_plain(name)], name)
        for field, name in choice.named().items()
        if _plain(name) in places
    }
    if found.keys() != choice.named().keys():
        return None
    taken = {column.index for column in found.values()}
    for field in WELL_KNOWN_NAMES.keys() - found.keys():
        for name in WELL_KNOWN_NAMES[field]:
            if _plain(name) in places and places[_plain(name)] not in taken:
                found[field] = Column(places[_plain(name)], name)
                break
    if "abstract" not in found:
        return None
    return Columns(found["abstract"], found.get("title"), found.get("id"))


def no_such_columns(choice: ColumnChoice) -> InvalidInputFile:
    """The error for a file in which the columns are not found."""
    named = list(choice.named())
    if named:
        return InvalidInputFile(
            f"The file has no header with the columns named for {' and '.join(named)}"
            f"{'' if 'abstract' in named else ' and a column for the abstract'}. Give the names as "
            "they stand in the file."
        )
    names = ", ".join(f"'{name}'" for name in WELL_KNOWN_NAMES["abstract"])
    return InvalidInputFile(
        "The file has no header with a column for the abstract. Say which column it is, or name it "
        f"one of: {names}."
    )


def _plain(name: str) -> str:
    """A name without what people write differently: case, spaces, underscores, a byte order mark.

    '\ufeffAward_Number' and 'award number' are 'awardnumber'.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum())
