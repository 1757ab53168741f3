"""A policy profile: a funder's own line, as validated data."""

import datetime
import tomllib
from functools import cache
from importlib import resources
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from safezone.errors import InvalidPolicy
from safezone.taxonomy import load_taxonomy

_STRICT = ConfigDict(frozen=True, extra="forbid")


class FlagRule(BaseModel):
    """Ask for a person when `level` or a higher one is probable enough.

    `miss_cost` says how many unnecessary readings one missed case is worth (above 0).
    """

    model_config = _STRICT

    level: str
    miss_cost: float = Field(gt=0, allow_inf_nan=False)

    @property
    def threshold(self) -> float:
        """The probability from which reading costs less than not reading: 1 / (1 + miss_cost)."""
        return 1.0 / (1.0 + self.miss_cost)


class AbstentionRule(BaseModel):
    """What is done when the model cannot tell."""

    model_config = _STRICT

    review_undecided: bool


class ModeRule(BaseModel):
    """From which level on each risk axis counts as elevated."""

    model_config = _STRICT

    instrumentation_elevated_from: str
    data_use_elevated_from: str


class Policy(BaseModel):
    """A validated profile. `flag` maps an axis id to its rule; axes without a rule never flag."""

    model_config = _STRICT

    id: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str
    name: str
    as_of: datetime.date
    flag: dict[str, FlagRule]
    abstention: AbstentionRule
    mode: ModeRule

    @model_validator(mode="after")
    def _levels_exist(self) -> Self:
        levels = {axis.id: axis.level_ids[1:] for axis in load_taxonomy().axes}
        if unknown := self.flag.keys() - levels.keys():
            raise ValueError(f"no axis {sorted(unknown)}; axes are {sorted(levels)}")
        named = [(axis, rule.level) for axis, rule in self.flag.items()]
        named.append(("instrumentation", self.mode.instrumentation_elevated_from))
        named.append(("data_use", self.mode.data_use_elevated_from))
        for axis, level in named:
            if level not in levels[axis]:
                raise ValueError(f"{axis} has no level '{level}' to act on; use {levels[axis]}")
        return self


def parse_policy(text: str) -> Policy:
    """Read a profile from TOML. Raises InvalidPolicy, which lists everything that is wrong."""
    try:
        return Policy.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidPolicy(f"The policy is not valid TOML: {error}.") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc'])) or 'policy'}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)
        )
        raise InvalidPolicy(f"The policy is not valid: {problems}.") from error


@cache
def load_policy(policy_id: str = "default") -> Policy:
    """A shipped profile by its id. Raises InvalidPolicy with the ids there are."""
    folder = resources.files("safezone.policy") / "profiles"
    known = sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir())
    if policy_id not in known:
        raise InvalidPolicy(f"There is no such policy. Shipped policies: {', '.join(known)}.")
    return parse_policy((folder / f"{policy_id}.toml").read_text(encoding="utf-8"))
