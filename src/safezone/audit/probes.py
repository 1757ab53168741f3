"""Probes: edits of a text, and what each must do to the answer. The content stands in TOML."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from safezone.audit.spelling import like
from safezone.audit.texts import Text, data_text
from safezone.taxonomy import load_taxonomy

Effect = Literal["raise", "lower", "still", "not_raised"]
_RISK_AXES = ("instrumentation", "data_use")


class Expectation(BaseModel):
    """What must happen on an axis: `raise` and `lower` are of reaching `level`, from 1 on."""

    model_config = ConfigDict(frozen=True)

    axis: str
    effect: Effect
    level: int | None


class Probe(BaseModel):
    """One edit, with the axes' effects as they stand in the file; see `data/probes.toml`.

    Either `append`, with or without `instead_of`, or `replace` with `with`. Both risk axes have an
    effect, if only 'free'. Raises pydantic's ValidationError.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    append: str | None = None
    instead_of: str | None = None
    replace: str | None = None
    by: str | None = Field(default=None, alias="with")
    sensitivity: str = "free"
    instrumentation: str
    data_use: str

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.append is None) == (self.replace is None):
            raise ValueError("give either 'append' or 'replace'")
        if (self.replace is None) != (self.by is None):
            raise ValueError("'replace' and 'with' go together")
        if self.instead_of is not None and self.append is None:
            raise ValueError("'instead_of' goes with 'append'")
        try:
            re.compile(self.replace or "")
        except re.error as error:
            raise ValueError(f"'replace' is no regular expression: {error}") from error
        if not self.expectations:
            raise ValueError("nothing is expected on any axis")
        return self

    @property
    def expectations(self) -> tuple[Expectation, ...]:
        """Those on axes where the codebook is not silent. Raises ValueError."""
        return tuple(
            _expectation(axis, effect)
            for axis in ("sensitivity", *_RISK_AXES)
            if (effect := getattr(self, axis)) != "free"
        )

    def edit(self, text: Text) -> tuple[Text, Text] | None:
        """The text to compare with, and the edited one; None where there is nothing to edit."""
        if self.append is not None:
            before = text if self.instead_of is None else text.with_ending(self.instead_of)
            return before, text.with_ending(self.append)
        pattern, new = re.compile(self.replace or "", re.IGNORECASE), self.by or ""
        edited = Text(*(pattern.sub(lambda old: like(old[0], new), field) for field in text))
        return None if edited == text else (text, edited)


def _expectation(axis_id: str, effect: str) -> Expectation:
    name, _, level = effect.partition(" ")
    levels = load_taxonomy().axis(axis_id).level_ids
    if name in ("raise", "lower"):
        if level not in levels[1:]:
            raise ValueError(f"{axis_id}: '{effect}' needs a level out of {levels[1:]}")
        return Expectation(axis=axis_id, effect=name, level=levels.index(level))
    if name not in ("still", "not_raised") or level:
        raise ValueError(f"{axis_id}: there is no effect '{effect}'")
    return Expectation(axis=axis_id, effect=name, level=None)


@cache
def load_probes() -> tuple[Probe, ...]:
    """The audit's own probes."""
    rows: list[Mapping[str, str]] = tomllib.loads(data_text("probes.toml"))["probe"]
    return tuple(Probe.model_validate(row) for row in rows)
