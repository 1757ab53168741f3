"""The crosswalk's files as validated rows; what they mean stands in `crosswalk`."""

import datetime
import tomllib
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Jurisdiction = Literal["US", "UK", "EU", "CA", "AU", "CN", "multilateral", "NGO"]
ListKind = Literal[
    "export-control", "screening", "priority", "data-rule", "research-oversight", "monitor"
]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class EntryRow(_Row):
    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$")
    name: str = Field(min_length=1)
    certain: bool
    most_sensitive: bool = False
    note: str | None = Field(default=None, min_length=1)


class ListRow(_Row):
    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    name: str = Field(min_length=1)
    issuer: str = Field(min_length=1)
    jurisdiction: Jurisdiction
    kind: ListKind
    version: str = Field(min_length=1)
    as_of: datetime.date
    certain: bool
    note: str | None = Field(default=None, min_length=1)
    entries: list[EntryRow] = Field(min_length=1)


class AreaRow(_Row):
    slug: str
    entries: list[str]
    perhaps: list[str]


class PhraseRow(_Row):
    spellings: list[str] = Field(min_length=1)
    entries: list[str] = Field(min_length=1)
    certain: bool


AnyRow = TypeVar("AnyRow", bound=_Row)


class Reading:
    """Reads the two files and gathers everything that is wrong, so that it is all said at once."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        # Ids of rows that were refused: what refers to them is not reported as unknown as well.
        self._refused: set[object] = set()

    def table(self, file: str, text: str, keys: Sequence[str]) -> dict[str, Any]:
        """The file's content, None for a key that is not there."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.problems.append(f"{file} is not valid TOML: {error}")
            return dict.fromkeys(keys)
        self.problems += [f"{file}: unknown key '{key}'" for key in data if key not in keys]
        self.problems += [f"{file}: '{key}' is missing" for key in keys if key not in data]
        return {key: data.get(key) for key in keys}

    def rows(self, kind: str, found: object, model: type[AnyRow]) -> list[AnyRow] | None:
        """The rows that are valid; None where there is no such table."""
        if found is None:
            return None
        if not isinstance(found, list):
            self.problems.append(f"'{kind}' must be an array of tables")
            return None
        good = []
        for number, row in enumerate(found, 1):
            try:
                good.append(model.model_validate(row))
            except ValidationError as error:
                if isinstance(row, dict):
                    self._refused |= {str(row.get("id")), str(row.get("slug"))}
                self.problems += [
                    f"{kind} {number}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}"
                    for problem in error.errors(include_url=False, include_input=False)
                ]
        return good

    def once(self, what: str, names: Sequence[str]) -> None:
        """Each name may occur once."""
        twice = [name for name, count in Counter(names).items() if count > 1]
        self.problems += [f"{what} '{name}' stands there twice" for name in twice]

    def known(self, where: str, keys: Sequence[str], entries: Collection[str]) -> None:
        """Each key must be that of an entry, and may occur once."""
        self.once(f"{where}: entry", keys)
        self.problems += [
            f"{where}: there is no entry '{key}'"
            for key in keys
            if key not in entries and key.partition(":")[0] not in self._refused
        ]

    def areas(self, slugs: Sequence[str], expected: Sequence[str]) -> None:
        """There must be one line for each area, and no other."""
        self.once("area", slugs)
        self.problems += [f"there is no area '{slug}'" for slug in slugs if slug not in expected]
        missing = [slug for slug in expected if slug not in slugs and slug not in self._refused]
        self.problems += [f"area '{slug}' has no line" for slug in missing]

    def finish(self) -> None:
        """Raises ValueError if anything was wrong, with all of it."""
        if self.problems:
            raise ValueError(f"The crosswalk is not valid: {'; '.join(self.problems)}.")
