"""The decision, rule by rule and in general."""

import datetime
import re
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.policy.decide import (
    MODE_MEANINGS,
    AxisFinding,
    CollaborationMode,
    ReasonCode,
    Signal,
    abstained_route,
    decide,
    likely_areas,
)
from safezone.policy.library import find_policy
from safezone.policy.profile import AbstentionRule, FlagRule, ModeRule, Policy, SafeguardRule
from safezone.taxonomy import Taxonomy, load_taxonomy

AXES = {axis.id: axis.level_ids for axis in load_taxonomy().axes}
VERDICTS = re.compile(r"\b(reject|clear|ban|compli|approv|forbid|illegal)", re.IGNORECASE)


def _finding(axis_id: str, probabilities: Sequence[float], inside: str = "100") -> AxisFinding:
    levels = AXES[axis_id]
    chosen = [level for level, bit in zip(levels, inside, strict=True) if bit == "1"]
    return AxisFinding(dict(zip(levels, probabilities, strict=True)), chosen)


def _findings(**given_axes: Sequence[float]) -> dict[str, AxisFinding]:
    """Every axis surely at its lowest level, but for those given."""
    return {axis: _finding(axis, given_axes.get(axis, (1.0, 0.0, 0.0))) for axis in AXES}


def _policy(flag: Mapping[str, FlagRule], *, review_undecided: bool = True) -> Policy:
    return Policy(
        id="test",
        version="1",
        name="Test",
        owner="Tests",
        as_of=datetime.date(2026, 1, 1),
        flag=dict(flag),
        abstention=AbstentionRule(review_undecided=review_undecided),
        mode=ModeRule(instrumentation_elevated_from="medium", data_use_elevated_from="medium"),
    )


def _distribution(weights: Sequence[int]) -> list[float]:
    return [weight / sum(weights) for weight in weights]


weights = st.lists(st.integers(0, 20), min_size=3, max_size=3).filter(any)
bits = st.sampled_from(["100", "010", "001", "110", "011", "111"])
findings = st.fixed_dictionaries(
    {
        axis: st.builds(
            lambda axis, w, b: _finding(axis, _distribution(w), b), st.just(axis), weights, bits
        )
        for axis in AXES
    }
)
costs = st.floats(0.05, 100)
policies = st.builds(
    lambda ranks, prices, undecided: _policy(
        {
            axis: FlagRule(level=AXES[axis][rank], miss_cost=price)
            for axis, rank, price in zip(AXES, ranks, prices, strict=True)
            if rank
        },
        review_undecided=undecided,
    ),
    st.lists(st.integers(0, 2), min_size=4, max_size=4),
    st.lists(costs, min_size=4, max_size=4),
    st.booleans(),
)


def test_there_is_no_third_signal() -> None:
    assert {signal.value for signal in Signal} == {"no_flag", "human_review"}


def test_a_harmless_proposal_is_not_flagged(taxonomy: Taxonomy) -> None:
    route = decide(_findings(), find_policy("default"), taxonomy)
    assert (route.signal, route.reasons, route.mode) == ("no_flag", (), "open")


@pytest.mark.parametrize("axis", ["sensitivity", "instrumentation", "data_use"])
def test_each_risk_axis_alone_asks_for_a_person(taxonomy: Taxonomy, axis: str) -> None:
    route = decide(_findings(**{axis: (0.2, 0.4, 0.4)}), find_policy("default"), taxonomy)
    assert route.signal == "human_review"
    [reason] = route.reasons
    assert (reason.code, reason.axis) == ("level_probable", axis)
    assert reason.probability == pytest.approx(0.4)
    assert reason.threshold == pytest.approx(1 / 3)
    assert "0.40" in reason.message
    assert "0.33" in reason.message


def test_benefit_never_asks_for_a_person_by_default(taxonomy: Taxonomy) -> None:
    findings = {**_findings(), "benefit": _finding("benefit", (0.3, 0.3, 0.4), "111")}
    assert decide(findings, find_policy("default"), taxonomy).signal == "no_flag"


@pytest.mark.parametrize(
    ("level", "probabilities", "flagged"),
    [
        ("high", (0.5, 0.25, 0.25), True),  # exactly at the threshold
        ("high", (0.5, 0.26, 0.24), False),
        ("medium", (0.75, 0.125, 0.125), True),  # a higher level counts as well
        ("medium", (0.76, 0.12, 0.12), False),
        ("medium", (0.0, 0.0, 1.0), True),
    ],
)
def test_a_level_or_a_higher_one_must_reach_the_threshold(
    taxonomy: Taxonomy, level: str, probabilities: tuple[float, ...], flagged: bool
) -> None:
    policy = _policy({"data_use": FlagRule(level=level, miss_cost=3.0)})
    route = decide(_findings(data_use=probabilities), policy, taxonomy)
    assert route.signal == (Signal.HUMAN_REVIEW if flagged else Signal.NO_FLAG)


@pytest.mark.parametrize("inside", ["100", "110", "010", "011", "111"])
@pytest.mark.parametrize("review_undecided", [True, False])
def test_only_a_full_set_is_undecided_and_only_if_the_policy_asks(
    taxonomy: Taxonomy, inside: str, review_undecided: bool
) -> None:
    policy = _policy(
        {"sensitivity": FlagRule(level="sensitive", miss_cost=1.0)},
        review_undecided=review_undecided,
    )
    finding = _finding("sensitivity", (0.5, 0.3, 0.2), inside)
    route = decide({**_findings(), "sensitivity": finding}, policy, taxonomy)
    undecided = inside == "111" and review_undecided
    assert [reason.code for reason in route.reasons] == (["axis_undecided"] if undecided else [])
    assert route.signal == ("human_review" if undecided else "no_flag")


def test_reasons_come_in_the_order_of_the_axes_one_an_axis(taxonomy: Taxonomy) -> None:
    findings = {axis: _finding(axis, (0.1, 0.1, 0.8), "111") for axis in reversed(list(AXES))}
    findings["instrumentation"] = _finding("instrumentation", (0.9, 0.1, 0.0), "111")
    route = decide(findings, find_policy("default"), taxonomy)
    assert [(reason.axis, reason.code) for reason in route.reasons] == [
        ("sensitivity", ReasonCode.LEVEL_PROBABLE),
        ("instrumentation", ReasonCode.AXIS_UNDECIDED),
        ("data_use", ReasonCode.LEVEL_PROBABLE),
    ]


@pytest.mark.parametrize(
    ("instrumentation", "data_use", "mode"),
    [
        ((0.6, 0.2, 0.2), (0.6, 0.2, 0.2), "open"),
        ((0.6, 0.2, 0.2), (0.5, 0.25, 0.25), "hosted_data"),
        ((0.5, 0.25, 0.25), (0.6, 0.2, 0.2), "shared_data"),
        ((0.0, 0.0, 1.0), (0.0, 1.0, 0.0), "managed"),
    ],
)
def test_the_mode_is_that_of_the_two_risk_axes(
    taxonomy: Taxonomy,
    instrumentation: tuple[float, ...],
    data_use: tuple[float, ...],
    mode: str,
) -> None:
    findings = _findings(instrumentation=instrumentation, data_use=data_use)
    assert decide(findings, find_policy("default"), taxonomy).mode == mode
    topic = {**findings, "sensitivity": _finding("sensitivity", (0.0, 0.0, 1.0))}
    assert decide(topic, find_policy("default"), taxonomy).mode == mode


def test_a_policy_can_raise_what_counts_as_elevated(taxonomy: Taxonomy) -> None:
    findings = _findings(instrumentation=(0.0, 0.9, 0.1), data_use=(0.0, 0.1, 0.9))
    policy = _policy({}).model_copy(
        update={
            "mode": ModeRule(instrumentation_elevated_from="high", data_use_elevated_from="high")
        }
    )
    assert decide(findings, policy, taxonomy).mode == "hosted_data"


def test_every_mode_has_a_meaning() -> None:
    assert MODE_MEANINGS.keys() == set(CollaborationMode)


@given(findings, policies)
def test_a_person_is_asked_exactly_when_there_is_a_reason(
    found: dict[str, AxisFinding], policy: Policy
) -> None:
    route = decide(found, policy, load_taxonomy())
    assert (route.signal == Signal.HUMAN_REVIEW) == bool(route.reasons)
    assert {reason.axis for reason in route.reasons} <= policy.flag.keys()
    for reason in route.reasons:
        assert not VERDICTS.search(reason.message)
        if reason.code is ReasonCode.LEVEL_PROBABLE:
            assert reason.probability is not None
            assert reason.threshold is not None
            assert 0 < reason.threshold <= reason.probability <= 1


@given(findings, policies, st.floats(1, 50))
def test_a_stricter_policy_never_flags_less(
    found: dict[str, AxisFinding], policy: Policy, factor: float
) -> None:
    dearer = {
        axis: rule.model_copy(update={"miss_cost": (rule.miss_cost or 0.0) * factor})
        for axis, rule in policy.flag.items()
    }
    stricter = policy.model_copy(update={"flag": dearer})
    before = {reason.axis for reason in decide(found, policy, load_taxonomy()).reasons}
    after = {reason.axis for reason in decide(found, stricter, load_taxonomy()).reasons}
    assert before <= after


@given(findings, policies, st.sampled_from(list(AXES)))
def test_the_highest_level_for_certain_never_flags_less(
    found: dict[str, AxisFinding], policy: Policy, axis: str
) -> None:
    worse = {**found, axis: _finding(axis, (0.0, 0.0, 1.0), "001")}
    before = {reason.axis for reason in decide(found, policy, load_taxonomy()).reasons}
    after = {reason.axis for reason in decide(worse, policy, load_taxonomy()).reasons}
    assert before - {axis} == after - {axis}
    assert (axis in after) == (axis in policy.flag)


def test_an_abstention_asks_a_person_and_names_no_mode() -> None:
    route = abstained_route(ReasonCode.TOO_SHORT, "Too short.")
    assert (route.signal, route.mode) == ("human_review", None)
    [reason] = route.reasons
    assert (reason.code, reason.message, reason.axis) == ("too_short", "Too short.", None)
    assert reason.probability is reason.threshold is None


def test_safeguards_fit_the_findings_and_are_as_many_as_the_policy_says(
    taxonomy: Taxonomy,
) -> None:
    policy = find_policy("default")
    assert decide(_findings(), policy, taxonomy).safeguards == ()
    found = _findings(data_use=(0.0, 0.1, 0.9))
    safeguards = decide(found, policy, taxonomy, {"clinical-health-data": 0.9}).safeguards
    assert 2 <= len(safeguards) <= 5
    assert all("Data-use risk is 'high'" in safeguard.why for safeguard in safeguards[:1])
    assert any("Clinical medicine" in safeguard.why for safeguard in safeguards)
    fewer = policy.model_copy(update={"safeguards": SafeguardRule(most=2)})
    assert decide(found, fewer, taxonomy).safeguards[:2] != ()
    assert len(decide(found, fewer, taxonomy).safeguards) == 2


@given(findings, policies)
def test_whatever_is_elevated_has_a_safeguard(
    found: dict[str, AxisFinding], policy: Policy
) -> None:
    route = decide(found, policy, load_taxonomy())
    assert abstained_route(ReasonCode.TOO_SHORT, "Too short.").safeguards == ()
    if route.mode != CollaborationMode.OPEN:
        assert len(route.safeguards) >= 2
    assert len({safeguard.id for safeguard in route.safeguards}) == len(route.safeguards)


def test_likely_areas_are_the_first_and_those_more_probable_than_not() -> None:
    assert likely_areas({}) == []
    assert likely_areas({"a": 0.1, "b": 0.3}) == ["b"]
    assert likely_areas({"a": 0.6, "b": 0.5, "c": 0.9}) == ["c", "a"]
