"""What policies would do with a funder's own cases, before they are used."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safezone.policy.decide import AxisFinding, ReasonCode, at_least, reasons_for, rules_for
from safezone.policy.profile import FlagRule, Flags, Policy
from safezone.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Findings:
    """What a policy is applied to: findings by axis, and areas by slug with their probability.

    Both are empty where the model abstained, which every policy sends to a person.
    """

    axes: Mapping[str, AxisFinding]
    areas: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of` cases, with Wilson's 95% interval of the share (Wilson, 1927).

    The interval is None where there are no cases.
    """

    count: int
    of: int
    low: float | None
    high: float | None

    @classmethod
    def over(cls, count: int, of: int) -> "Share":
        if not of:
            return cls(count, of, None, None)
        # Half a second that a start of the service need not take.
        from scipy.stats import binomtest

        interval = binomtest(count, of).proportion_ci(method="wilson")
        return cls(count, of, round(float(interval.low), 4), round(float(interval.high), 4))


@dataclass(frozen=True, slots=True)
class Simulation:
    """What one policy does with all cases.

    `flagged` go to a person; `reasons` counts why, one code at most once a case. `expected_misses`
    are, by axis, the cases expected among the others to reach a level that the policy asks for, as
    far as the probabilities are calibrated. With labels, `misses` are the cases that reach such a
    level and are not flagged, of all that reach one, and `false_alarms` those that are flagged and
    reach none, of all that are flagged; both are None without labels.
    """

    policy: str
    flagged: Share
    reasons: Mapping[str, int]
    expected_misses: Mapping[str, float]
    misses: Share | None
    false_alarms: Share | None


def simulate(
    cases: Sequence[Findings],
    policy: Policy,
    taxonomy: Taxonomy,
    labels: Sequence[Mapping[str, str]] | None = None,
) -> Simulation:
    """Apply a policy to all cases; `labels`, if given, are the true levels by axis of each."""
    codes = [_codes(case, policy, taxonomy) for case in cases]
    flagged = [bool(of_case) for of_case in codes]
    expected = dict.fromkeys((axis.id for axis in taxonomy.axes), 0.0)
    for case, is_flagged in zip(cases, flagged, strict=True):
        if not is_flagged:
            for axis_id, probability in _reach(case, policy, taxonomy).items():
                expected[axis_id] += probability
    misses = alarms = None
    if labels is not None:
        wanted = [
            _wanted(case, policy, taxonomy, levels)
            for case, levels in zip(cases, labels, strict=True)
        ]
        pairs = list(zip(flagged, wanted, strict=True))
        misses = Share.over(sum(w and not f for f, w in pairs), sum(wanted))
        alarms = Share.over(sum(f and not w for f, w in pairs), sum(flagged))
    return Simulation(
        policy=policy.reference,
        flagged=Share.over(sum(flagged), len(cases)),
        reasons=dict(sorted(Counter(code for of_case in codes for code in of_case).items())),
        expected_misses={axis: round(number, 3) for axis, number in expected.items()},
        misses=misses,
        false_alarms=alarms,
    )


def flags(case: Findings, policy: Policy, taxonomy: Taxonomy) -> bool:
    """Whether the policy sends a case to a person."""
    return bool(_codes(case, policy, taxonomy))


def scaled(policy: Policy, factor: float) -> Policy:
    """The policy with a miss counted `factor` times as dear by every rule."""

    def dearer(rules: Flags) -> Flags:
        return {
            axis: FlagRule(level=rule.level, miss_cost=factor * (1 / rule.threshold - 1))
            for axis, rule in rules.items()
            # What is always read stays so at any price.
            if rule.threshold < 1
        } | {axis: rule for axis, rule in rules.items() if rule.threshold >= 1}

    care = tuple(rule.model_copy(update={"flag": dearer(rule.flag)}) for rule in policy.care)
    return policy.model_copy(update={"flag": dearer(policy.flag), "care": care})


def fitted_to_capacity(
    cases: Sequence[Findings], policy: Policy, taxonomy: Taxonomy, capacity: int
) -> float | None:
    """The largest factor for `scaled` with which at most `capacity` cases are flagged.

    To a hundredth of a decade between 0.001 and 1,000; None where even the smallest flags more,
    because so many cases cannot be told.
    """
    low, high = -300, 300  # flagging grows with the factor, so halving finds the last that fits
    if _number(cases, scaled(policy, 10 ** (low / 100)), taxonomy) > capacity:
        return None
    while low < high:
        middle = (low + high + 1) // 2
        if _number(cases, scaled(policy, 10 ** (middle / 100)), taxonomy) <= capacity:
            low = middle
        else:
            high = middle - 1
    return float(10 ** (low / 100))


def _number(cases: Sequence[Findings], policy: Policy, taxonomy: Taxonomy) -> int:
    return sum(flags(case, policy, taxonomy) for case in cases)


def _codes(case: Findings, policy: Policy, taxonomy: Taxonomy) -> set[str]:
    if not case.axes:
        return {ReasonCode.NOT_RESEARCH_ABSTRACT.value}
    reasons = reasons_for(case.axes, policy, taxonomy, case.areas)
    return {reason.code.value for reason in reasons}


def _reach(case: Findings, policy: Policy, taxonomy: Taxonomy) -> dict[str, float]:
    """By axis with a rule, how probably the case reaches a level that the policy asks for."""
    out = {}
    for axis in taxonomy.axes:
        levels = [rule.level for rule, _ in rules_for(axis, policy, case.areas)]
        if levels and case.axes:
            lowest = min(levels, key=axis.level_ids.index)
            out[axis.id] = at_least(case.axes[axis.id], axis.level_ids, lowest)
    return out


def _wanted(case: Findings, policy: Policy, taxonomy: Taxonomy, levels: Mapping[str, str]) -> bool:
    return any(
        axis.level_ids.index(levels[axis.id]) >= axis.level_ids.index(rule.level)
        for axis in taxonomy.axes
        for rule, _ in rules_for(axis, policy, case.areas)
    )
