"""What a team can do to go on at a lower risk: the catalogue, and what of it fits a project."""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Annotated, Literal, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from safezone.taxonomy import load_taxonomy

# The modes of `decide.CollaborationMode`, as text: `decide` may name safeguards one day.
Mode = Literal["open", "hosted_data", "shared_data", "managed"]
Risk = Literal["topic", "instrumentation", "data_use"]

AXIS_OF_RISK: dict[Risk, str] = {
    "topic": "sensitivity",
    "instrumentation": "instrumentation",
    "data_use": "data_use",
}
# What each mode stands for by itself: where a level just misses, its axis counts as elevated.
_RISKS_OF_MODE: dict[Mode, frozenset[Risk]] = {
    "open": frozenset(),
    "hosted_data": frozenset({"data_use"}),
    "shared_data": frozenset({"instrumentation"}),
    "managed": frozenset({"instrumentation", "data_use"}),
}
_Text = Annotated[str, StringConstraints(strict=True, pattern=r"\S")]


@dataclass(frozen=True, slots=True)
class Safeguard:
    """One practice; the head of `data/safeguards.toml` says what each field means."""

    id: str
    name: str
    text: str
    lowers: tuple[Risk, ...]
    modes: tuple[Mode, ...]
    rank: int
    source: str
    certain: bool
    areas: tuple[str, ...] = ()
    areas_only: bool = False
    levels: tuple[tuple[str, str], ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A safeguard that fits, and `why`: one sentence with the levels, mode or area it fits."""

    safeguard: Safeguard
    why: str


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    name: _Text
    text: _Text
    lowers: tuple[Risk, ...] = Field(min_length=1)
    modes: tuple[Mode, ...] = Field(min_length=1)
    rank: int = Field(strict=True, ge=1)
    source: _Text
    certain: StrictBool
    areas: tuple[str, ...] = ()
    areas_only: StrictBool = False
    levels: dict[str, str] = Field(default_factory=dict)
    note: _Text | None = None

    @field_validator("source")
    @classmethod
    def _dated(cls, source: str) -> str:
        if not re.search(r"\b(19|20)\d\d\b", source):
            raise ValueError("a source names its year")
        return source

    @field_validator("lowers", "modes", "areas")
    @classmethod
    def _once_each(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if repeated := _repeated(names):
            raise ValueError(f"named twice: {', '.join(repeated)}")
        return names

    @field_validator("areas")
    @classmethod
    def _areas_exist(cls, areas: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(areas) - set(load_taxonomy().area_slugs):
            raise ValueError(f"no such area: {', '.join(sorted(unknown))}")
        return areas

    @field_validator("levels")
    @classmethod
    def _levels_exist(cls, levels: dict[str, str]) -> dict[str, str]:
        if problems := _level_problems(levels):
            raise ValueError("; ".join(problems))
        if idle := [axis for axis, level in levels.items() if _height(axis, level) == 0]:
            raise ValueError(f"the lowest level is always reached: {', '.join(idle)}")
        return levels

    @model_validator(mode="after")
    def _areas_named(self) -> Self:
        if self.areas_only and not self.areas:
            raise ValueError("'areas_only' needs 'areas'")
        return self


class _Catalogue(BaseModel):
    model_config = ConfigDict(extra="forbid")

    safeguard: tuple[_Entry, ...]


@cache
def load_safeguards() -> tuple[Safeguard, ...]:
    """The catalogue that ships with the package, in its order. Raises ValueError."""
    file = resources.files("safezone.policy") / "data" / "safeguards.toml"
    return parse_safeguards(file.read_text(encoding="utf-8"))


def parse_safeguards(text: str) -> tuple[Safeguard, ...]:
    """Read a catalogue from TOML. Raises ValueError, which lists everything that is wrong."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"The safeguards are not valid TOML: {error}.") from error
    problems, safeguards = _double_problems(raw), []
    try:
        entries = _Catalogue.model_validate(raw).safeguard
    except ValidationError as error:
        problems += [
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)
        ]
    else:
        for entry in entries:
            fields = {name: getattr(entry, name) for name in _Entry.model_fields}
            safeguards.append(Safeguard(**fields | {"levels": tuple(entry.levels.items())}))
        problems += _gaps(safeguards)
    if problems:
        raise ValueError(f"The safeguards are not valid: {'; '.join(problems)}.")
    return tuple(safeguards)


def suggest(
    mode: str, levels: Mapping[str, str], areas: Sequence[str], most: int = 5
) -> tuple[Suggestion, ...]:
    """The safeguards that fit a project best, at most `most`, the first to be thought of first.

    `levels` holds the level of every axis, `areas` the project's areas, the primary one first.
    Every risk that is above its lowest level, or that the mode stands for, is lowered by one of
    them; where there is none, nothing is suggested. Raises ValueError for an unknown mode, axis,
    level or area, for an axis without a level, and for a `most` below 1.
    """
    _check(mode, levels, areas, most)
    heights = {axis: _height(axis, level) for axis, level in levels.items()}
    needed = {risk for risk, axis in AXIS_OF_RISK.items() if heights[axis] > 0}
    needed |= next(risks for name, risks in _RISKS_OF_MODE.items() if name == mode)
    fitting = [
        safeguard
        for safeguard in load_safeguards()
        if mode in safeguard.modes
        and needed & set(safeguard.lowers)
        and all(heights[axis] >= _height(axis, level) for axis, level in safeguard.levels)
        and (not safeguard.areas_only or set(areas) & set(safeguard.areas))
    ]
    fitting.sort(key=lambda one: (one.rank, _distance(one, areas), one.id))
    chosen = fitting[:most]
    if _left(needed, chosen):
        # One that lowers all risks always fits (see `_gaps`), so the last place can be given up.
        left = _left(needed, chosen[:-1])
        chosen[-1] = next(one for one in fitting if left <= set(one.lowers))
    return tuple(Suggestion(one, _why(one, mode, levels, areas)) for one in chosen)


def _distance(safeguard: Safeguard, areas: Sequence[str]) -> int:
    """0 where it is apt for the primary area, 1 for another one, 2 for none."""
    if areas and areas[0] in safeguard.areas:
        return 0
    return 1 if set(areas) & set(safeguard.areas) else 2


def _left(needed: set[Risk], chosen: Sequence[Safeguard]) -> set[Risk]:
    return needed.difference(*(safeguard.lowers for safeguard in chosen))


def _why(safeguard: Safeguard, mode: str, levels: Mapping[str, str], areas: Sequence[str]) -> str:
    """The levels that it lowers, in the order of the axes, or else the mode; then an area."""
    lowered = {AXIS_OF_RISK[risk] for risk in safeguard.lowers}
    parts = [
        f"{axis.name} is '{levels[axis.id]}'"
        for axis in load_taxonomy().axes
        if axis.id in lowered and _height(axis.id, levels[axis.id]) > 0
    ] or [f"The collaboration mode is '{mode}'"]
    shared = [a for a in load_taxonomy().areas if a.slug in areas and a.slug in safeguard.areas]
    if shared:
        # The primary area, or else the first of the taxonomy: the order of others says nothing.
        area = next((area for area in shared if area.slug == areas[0]), shared[0])
        parts.append(f"the work is in {area.name}")
    parts[1:] = [part[0].lower() + part[1:] for part in parts[1:]]
    return f"{' and '.join(filter(None, [', '.join(parts[:-1]), parts[-1]]))}."


def _check(mode: str, levels: Mapping[str, str], areas: Sequence[str], most: int) -> None:
    problems = _level_problems(levels)
    if mode not in get_args(Mode):
        problems.append(f"no mode '{mode}'; modes are {', '.join(get_args(Mode))}")
    if missing := [axis for axis in _axes() if axis not in levels]:
        problems.append(f"no level is given for {', '.join(missing)}")
    if unknown := sorted(set(areas) - set(load_taxonomy().area_slugs)):
        problems.append(f"no such area: {', '.join(unknown)}")
    if most < 1:
        problems.append(f"'most' is {most}, and must be 1 or more")
    if problems:
        raise ValueError(f"Nothing can be suggested: {'; '.join(problems)}.")


@cache
def _axes() -> Mapping[str, tuple[str, ...]]:
    """The levels of every axis, made once: a batch asks for them at every text."""
    return {axis.id: axis.level_ids for axis in load_taxonomy().axes}


def _height(axis: str, level: str) -> int:
    return _axes()[axis].index(level)


def _level_problems(levels: Mapping[str, str]) -> list[str]:
    axes = _axes()
    return [
        f"no axis '{axis}'; axes are {', '.join(axes)}"
        if axis not in axes
        else f"{axis} has no level '{level}'; use {', '.join(axes[axis])}"
        for axis, level in levels.items()
        if axis not in axes or level not in axes[axis]
    ]


def _repeated(names: Sequence[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _double_problems(raw: Mapping[str, object]) -> list[str]:
    """Ids and names that stand twice, seen before the types are known to be right."""
    entries = raw.get("safeguard")
    tables = [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    return [
        f"two safeguards have the {field} '{value}'"
        for field in ("id", "name")
        for value in _repeated([str(table[field]) for table in tables if field in table])
    ]


def _gaps(safeguards: Sequence[Safeguard]) -> list[str]:
    """Where `suggest` could not keep its promise, whatever the levels and areas."""
    problems: list[str] = []
    for mode in get_args(Mode):
        always = [s for s in safeguards if mode in s.modes and not s.levels and not s.areas_only]
        if not any(len(safeguard.lowers) == len(get_args(Risk)) for safeguard in always):
            problems.append(f"in mode '{mode}' none without conditions lowers every risk")
        problems += [
            f"in mode '{mode}' fewer than two without conditions lower {risk}"
            for risk in get_args(Risk)
            if sum(risk in safeguard.lowers for safeguard in always) < 2
        ]
    return problems
