"""A policy profile: a funder's own line, as validated data."""

import datetime
import tomllib
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from safezone.errors import InvalidPolicy
from safezone.taxonomy import load_taxonomy

_STRICT = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
Probability = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


class FlagRule(BaseModel):
    """Ask for a person when `level` or a higher one is probable enough.

    Either the probability is stated, or what a miss costs, from which it follows.
    """

    model_config = _STRICT

    level: str
    """The level, or a higher one, that a person should see."""
    miss_cost: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """How many unnecessary readings one missed case is worth."""
    probability: Probability | None = None
    """The calibrated probability from which a person is asked."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.miss_cost is None) == (self.probability is None):
            raise ValueError("give either miss_cost or probability")
        return self

    @property
    def threshold(self) -> float:
        """The probability from which a person is asked.

        With a cost, reading costs less than not reading from 1 / (1 + miss_cost) on (Elkan, 2001).
        """
        if self.probability is not None:
            return self.probability
        return 1.0 / (1.0 + (self.miss_cost or 0.0))


Flags = dict[str, FlagRule]


class CareRule(BaseModel):
    """Further rules for areas of special care. They add to the others and never weaken them."""

    model_config = _STRICT

    areas: tuple[str, ...] = Field(min_length=1)
    """Slugs of research areas."""
    from_probability: Probability = 0.5
    """How probable one of them must be for the rules to hold."""
    flag: Flags = Field(min_length=1)
    """By axis, the rules that hold there."""
    reason: str = Field(min_length=1)
    """Why these areas need care, for the officer who has to defend it."""


class AbstentionRule(BaseModel):
    """What is done when the model cannot tell."""

    model_config = _STRICT

    review_undecided: bool
    """Whether a person is asked where no level of a flagged axis can be excluded."""


class ModeRule(BaseModel):
    """From which level on each risk axis counts as elevated."""

    model_config = _STRICT

    instrumentation_elevated_from: str
    data_use_elevated_from: str


class SafeguardRule(BaseModel):
    """What is suggested beside the collaboration mode."""

    model_config = _STRICT

    most: int = Field(default=5, ge=2, le=8)
    """At most so many."""


class Texts(BaseModel):
    """What the funder says beside an answer, in its own words."""

    model_config = _STRICT

    researcher: str = ""
    officer: str = ""


class Policy(BaseModel):
    """A validated profile. `flag` maps an axis id to its rule; axes without a rule never flag."""

    model_config = _STRICT

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")
    version: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$")
    name: str
    owner: str = Field(min_length=1)
    """Who answers for the policy."""
    as_of: datetime.date
    references: tuple[str, ...] = ()
    """What it rests on: laws, lists, guidance, with their dates."""
    flag: Flags
    care: tuple[CareRule, ...] = ()
    abstention: AbstentionRule
    mode: ModeRule
    safeguards: SafeguardRule = SafeguardRule()
    texts: Texts = Texts()

    @property
    def reference(self) -> str:
        """Id and version, as an answer names the policy that made it."""
        return f"{self.id}@{self.version}"

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        problems = [
            *_problems_of_flags("flag", self.flag),
            *(
                problem
                for number, rule in enumerate(self.care)
                for problem in _problems_of_flags(f"care.{number}.flag", rule.flag)
            ),
            *_problems_of_mode(self.mode),
            *_problems_of_areas(self.care),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _levels() -> dict[str, tuple[str, ...]]:
    """Of each axis, the levels above the lowest."""
    return {axis.id: axis.level_ids[1:] for axis in load_taxonomy().axes}


def _problems_of_flags(where: str, flags: Flags) -> list[str]:
    levels = _levels()
    problems = []
    for axis, rule in flags.items():
        if axis not in levels:
            problems.append(f"{where} has no axis '{axis}'; axes are {', '.join(levels)}")
        elif rule.level not in levels[axis]:
            problems.append(_no_level(f"{where}.{axis}", rule.level, levels[axis]))
    return problems


def _problems_of_mode(mode: ModeRule) -> list[str]:
    levels = _levels()
    named = {
        "instrumentation": mode.instrumentation_elevated_from,
        "data_use": mode.data_use_elevated_from,
    }
    return [
        _no_level(f"mode.{axis}_elevated_from", level, levels[axis])
        for axis, level in named.items()
        if level not in levels[axis]
    ]


def _no_level(where: str, level: str, known: tuple[str, ...]) -> str:
    return f"{where} has no level '{level}' to act on; use {' or '.join(known)}"


def _problems_of_areas(care: tuple[CareRule, ...]) -> list[str]:
    known = set(load_taxonomy().area_slugs)
    return [
        f"care.{number}.areas has no area '{slug}'; 'GET /v1/taxonomy' lists them"
        for number, rule in enumerate(care)
        for slug in rule.areas
        if slug not in known
    ]


def parse_policy(text: str) -> Policy:
    """Read a profile from TOML. Raises InvalidPolicy, which lists everything that is wrong."""
    try:
        return Policy.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidPolicy(f"The policy is not valid TOML: {error}.") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc'])) or 'policy'}: {problem['msg']}"
            + (f" (keys here: {', '.join(_keys_at(problem['loc'][:-1]))})" if unknown else "")
            for problem in error.errors(include_url=False, include_input=False)
            for unknown in [problem["type"] == "extra_forbidden"]
        )
        raise InvalidPolicy(f"The policy is not valid: {problems}.") from error


def _keys_at(place: tuple[int | str, ...]) -> list[str]:
    """The keys that are known at a place in a profile."""
    model: Any = Policy
    for step in place:
        if step == "care":
            model = CareRule
        elif step == "flag":
            model = FlagRule
        elif isinstance(step, str) and step in model.model_fields:
            model = model.model_fields[step].annotation
    return list(model.model_fields)
