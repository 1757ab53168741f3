"""The taxonomy's types and its loader; the content stands in `data/*.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources


@dataclass(frozen=True, slots=True)
class Level:
    """One step of an axis. `id` is stable; levels are ordered from harmless to serious."""

    id: str
    meaning: str


@dataclass(frozen=True)
class Axis:
    """One question asked of a proposal, answered by exactly one of three ordered levels."""

    id: str
    name: str
    question: str
    levels: tuple[Level, ...]

    @cached_property
    def level_ids(self) -> tuple[str, ...]:
        return tuple(level.id for level in self.levels)


@dataclass(frozen=True, slots=True)
class Area:
    """One of the research areas; `slug` is the stable id."""

    slug: str
    name: str
    scope: str


@dataclass(frozen=True)
class Taxonomy:
    """Everything an assessment can say, in the order in which it is always said."""

    version: str
    axes: tuple[Axis, ...]
    areas: tuple[Area, ...]

    def axis(self, axis_id: str) -> Axis:
        """The axis of that id; KeyError when there is none."""
        return self._by_id[axis_id]

    @cached_property
    def _by_id(self) -> dict[str, Axis]:
        return {axis.id: axis for axis in self.axes}

    @cached_property
    def area_slugs(self) -> tuple[str, ...]:
        return tuple(area.slug for area in self.areas)


@cache
def load_taxonomy() -> Taxonomy:
    """The taxonomy that ships with the package."""
    data = resources.files("safezone.taxonomy") / "data"
    axes = tomllib.loads((data / "axes.toml").read_text(encoding="utf-8"))
    areas = tomllib.loads((data / "areas.toml").read_text(encoding="utf-8"))
    return Taxonomy(
        version=axes["version"],
        axes=tuple(
            Axis(
                id=axis["id"],
                name=axis["name"],
                question=axis["question"],
                levels=tuple(Level(**level) for level in axis["levels"]),
            )
            for axis in axes["axis"]
        ),
        areas=tuple(Area(**area) for area in areas["area"]),
    )
