"""What changes from one policy to another."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from safezone.policy.profile import FlagRule, Flags, Policy
from safezone.taxonomy import load_taxonomy


@dataclass(frozen=True, slots=True)
class Change:
    """One key of the profiles, dotted, with both values as text; None where it is not there."""

    key: str
    before: str | None
    after: str | None


def differences(before: Policy, after: Policy) -> list[Change]:
    """Every key whose value differs, in the order of the profile."""
    old, new = (dict(_flat(policy.model_dump(mode="json"))) for policy in (before, after))
    keys = list(dict.fromkeys([*old, *new]))
    return [Change(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)]


def never_flags_less(policy: Policy, than: Policy) -> bool:
    """Whether every text that `than` sends to a person is surely sent by `policy` too.

    Judged rule by rule: True is certain; False says only that the rules do not show it.
    """
    care = all(
        _covered(axis, rule, policy.flag)
        or any(
            set(other.areas) <= set(own.areas)
            and own.from_probability <= other.from_probability
            and _covered(axis, rule, own.flag)
            for own in policy.care
        )
        for other in than.care
        for axis, rule in other.flag.items()
    )
    undecided = policy.abstention.review_undecided or not than.abstention.review_undecided
    return (
        care and undecided and all(_covered(axis, r, policy.flag) for axis, r in than.flag.items())
    )


def _covered(axis: str, rule: FlagRule, flags: Flags) -> bool:
    """Whether a rule of the axis fires wherever this one does."""
    levels = load_taxonomy().axis(axis).level_ids
    own = flags.get(axis)
    return (
        own is not None
        and levels.index(own.level) <= levels.index(rule.level)
        and own.threshold <= rule.threshold
    )


def _flat(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{key}.{number}")
    elif value not in (None, "", []):
        yield key, ", ".join(map(str, value)) if isinstance(value, list) else str(value)
