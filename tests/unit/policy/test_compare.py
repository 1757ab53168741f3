"""What changes between policies, and which of two is the stricter one."""

import datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from safezone.policy.compare import Change, differences, never_flags_less
from safezone.policy.decide import AxisFinding, decide
from safezone.policy.library import shipped_policies
from safezone.policy.profile import AbstentionRule, CareRule, FlagRule, ModeRule, Policy
from safezone.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
AXES = {axis.id: axis.level_ids for axis in TAXONOMY.axes}
AREAS = TAXONOMY.area_slugs[:3]

shares = st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75])
rules = {
    axis: st.builds(
        FlagRule, level=st.sampled_from(levels[1:]), probability=st.sampled_from([0.1, 0.5, 0.9])
    )
    for axis, levels in AXES.items()
}
flags = st.fixed_dictionaries({}, optional=rules)
care = st.builds(
    CareRule,
    areas=st.lists(st.sampled_from(AREAS), min_size=1, max_size=2, unique=True).map(tuple),
    from_probability=st.sampled_from([0.25, 0.5]),
    flag=flags.filter(bool),
    reason=st.just("Because."),
)


def policy(**changes: Any) -> Policy:
    return Policy.model_validate(
        {
            "id": "test",
            "version": "1",
            "name": "Test",
            "owner": "Tests",
            "as_of": datetime.date(2026, 1, 1),
            "flag": {},
            "abstention": AbstentionRule(review_undecided=True),
            "mode": ModeRule(
                instrumentation_elevated_from="medium", data_use_elevated_from="medium"
            ),
            **changes,
        }
    )


policies = st.builds(
    lambda flag, care, undecided: policy(
        flag=flag, care=tuple(care), abstention=AbstentionRule(review_undecided=undecided)
    ),
    flags,
    st.lists(care, max_size=2),
    st.booleans(),
)


@st.composite
def findings(draw: st.DrawFn) -> dict[str, AxisFinding]:
    out = {}
    for axis, levels in AXES.items():
        weights = draw(st.lists(st.integers(0, 10), min_size=3, max_size=3).filter(any))
        inside = levels if draw(st.booleans()) else levels[:1]
        total = sum(weights)
        out[axis] = AxisFinding(
            dict(zip(levels, (weight / total for weight in weights), strict=True)), inside
        )
    return out


@given(policies, policies, findings(), st.fixed_dictionaries(dict.fromkeys(AREAS, shares)))
def test_what_is_said_never_to_flag_less_never_does(
    one: Policy, other: Policy, found: dict[str, AxisFinding], areas: dict[str, float]
) -> None:
    flagged_by_one = decide(found, one, TAXONOMY, areas).signal == "human_review"
    flagged_by_other = decide(found, other, TAXONOMY, areas).signal == "human_review"
    if never_flags_less(one, other):
        assert flagged_by_one or not flagged_by_other


@given(policies, care, findings(), st.fixed_dictionaries(dict.fromkeys(AREAS, shares)))
def test_care_only_adds(
    base: Policy, rule: CareRule, found: dict[str, AxisFinding], areas: dict[str, float]
) -> None:
    more = base.model_copy(update={"care": (*base.care, rule)})
    assert never_flags_less(more, base)
    before = decide(found, base, TAXONOMY, areas)
    after = decide(found, more, TAXONOMY, areas)
    assert (before.signal, after.signal) != ("human_review", "no_flag")
    holds = max(areas[area] for area in rule.areas) >= rule.from_probability
    if not holds:
        assert after == before


def test_care_names_the_area_and_needs_it_to_be_probable() -> None:
    base = policy(
        care=(
            CareRule(
                areas=AREAS[:2],
                from_probability=0.5,
                flag={"data_use": FlagRule(level="medium", probability=0.3)},
                reason="Because.",
            ),
        )
    )
    found = {axis: AxisFinding({levels[0]: 1.0}, levels[:1]) for axis, levels in AXES.items()}
    found = {
        axis: AxisFinding(dict(zip(levels, (1.0, 0.0, 0.0), strict=True)), levels[:1])
        for axis, levels in AXES.items()
    }
    found["data_use"] = AxisFinding({"low": 0.6, "medium": 0.3, "high": 0.1}, ("low", "medium"))
    assert decide(found, base, TAXONOMY, {AREAS[0]: 0.4, AREAS[1]: 0.49}).signal == "no_flag"
    assert decide(found, base, TAXONOMY).signal == "no_flag"
    [reason] = decide(found, base, TAXONOMY, {AREAS[0]: 0.2, AREAS[1]: 0.5}).reasons
    assert (reason.axis, reason.area, reason.threshold) == ("data_use", AREAS[1], 0.3)
    assert AREAS[1] in reason.message


def test_every_difference_is_named_with_both_values() -> None:
    one = policy(flag={"data_use": FlagRule(level="high", miss_cost=2)})
    other = policy(
        version="2",
        flag={"data_use": FlagRule(level="medium", miss_cost=2)},
        references=("A list, 2024",),
    )
    assert differences(one, other) == [
        Change("version", "1", "2"),
        Change("flag.data_use.level", "high", "medium"),
        Change("references", None, "A list, 2024"),
    ]
    assert differences(one, one) == []


def test_the_shipped_ones_are_ordered_as_their_names_say() -> None:
    shipped = shipped_policies()
    for policy_id in shipped:
        assert never_flags_less(shipped[policy_id], shipped["open-science"])
    assert never_flags_less(shipped["precautionary"], shipped["default"])
    assert not never_flags_less(shipped["default"], shipped["precautionary"])
    assert not never_flags_less(shipped["default"], shipped["eu"])
