"""Simulations: counts by hand, and what must hold for any cases and policies."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.assessment import Assessor, Proposal
from safezone.assessment.simulation import (
    Findings,
    Share,
    fitted_to_capacity,
    flags,
    scaled,
    simulate,
)
from safezone.corpus.records import Record
from safezone.policy.compare import never_flags_less
from safezone.policy.decide import AxisFinding
from safezone.policy.library import shipped_policies
from safezone.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
POLICIES = shipped_policies()
LOWEST = {axis.id: axis.level_ids[0] for axis in TAXONOMY.axes}


def case(areas: Mapping[str, float] | None = None, **high: float) -> Findings:
    """Each axis at its top level with the probability given, else at its lowest."""
    axes = {}
    for axis in TAXONOMY.axes:
        top = high.get(axis.id, 0.0)
        probabilities = dict(zip(axis.level_ids, (1 - top, 0.0, top), strict=True))
        axes[axis.id] = AxisFinding(probabilities, axis.level_ids[:1])
    return Findings(axes, areas or {})


probability = st.sampled_from([0.0, 0.05, 0.2, 0.34, 0.6, 0.95])
cases = st.lists(
    st.builds(
        lambda s, i, d, p: case(
            {"pathogens-biosecurity": p}, sensitivity=s, instrumentation=i, data_use=d
        ),
        *[probability] * 4,
    )
    | st.just(Findings({}, {})),
    max_size=12,
)
policy_ids = st.sampled_from(sorted(POLICIES))


def test_counts_by_hand() -> None:
    given_cases = [
        case(),
        case(data_use=0.3),
        case(data_use=0.9),
        case(instrumentation=0.5),
        Findings({}, {}),
    ]
    top = {"data_use": "high"}
    labels = [LOWEST, LOWEST | top, LOWEST | top, LOWEST, LOWEST | top]
    found = simulate(given_cases, POLICIES["default"], TAXONOMY, labels)
    assert (found.flagged.count, found.flagged.of) == (3, 5)
    assert found.reasons == {"level_probable": 2, "not_research_abstract": 1}
    assert found.expected_misses["data_use"] == pytest.approx(0.3)
    assert found.expected_misses["sensitivity"] == 0
    assert found.misses is not None
    assert found.false_alarms is not None
    assert (found.misses.count, found.misses.of) == (1, 3)
    assert (found.false_alarms.count, found.false_alarms.of) == (1, 3)
    unlabelled = simulate(given_cases, POLICIES["default"], TAXONOMY)
    assert unlabelled.misses is unlabelled.false_alarms is None
    assert unlabelled.flagged == found.flagged


def test_the_interval_is_wilsons() -> None:
    """Closed form for 0 of n: from 0 to z^2 / (n + z^2)."""
    share = Share.over(0, 20)
    z_squared = 1.959964**2
    assert share.low == 0
    assert share.high == pytest.approx(z_squared / (20 + z_squared), abs=1e-4)
    assert Share.over(0, 0) == Share(0, 0, None, None)


@given(cases, policy_ids, st.floats(1, 50))
def test_a_dearer_miss_never_flags_less(found: list[Findings], name: str, factor: float) -> None:
    policy = POLICIES[name]
    dearer = scaled(policy, factor)
    assert never_flags_less(dearer, policy) or factor == 1
    for one in found:
        assert flags(one, dearer, TAXONOMY) or not flags(one, policy, TAXONOMY)


@given(cases, policy_ids, st.integers(0, 12))
def test_the_factor_fits_the_capacity_and_a_larger_one_does_not(
    found: list[Findings], name: str, capacity: int
) -> None:
    def number(factor: float) -> int:
        return sum(flags(one, scaled(POLICIES[name], factor), TAXONOMY) for one in found)

    factor = fitted_to_capacity(found, POLICIES[name], TAXONOMY, capacity)
    if factor is None:
        assert number(0.001) > capacity
    else:
        assert number(factor) <= capacity
        assert factor > 999 or number(factor * 10**0.01) > capacity


def test_findings_are_what_an_assessment_is_routed_by(
    debug_assessor: Assessor, fixture_records: list[Record]
) -> None:
    proposals = [Proposal(r.abstract, r.title) for r in fixture_records[:12]]
    proposals.append(Proposal("Too short."))
    for name in ("default", "precautionary", "cn"):
        assessments = debug_assessor.assess(proposals, policy=POLICIES[name])
        found = debug_assessor.findings(proposals)
        assert [flags(one, POLICIES[name], TAXONOMY) for one in found] == [
            assessment.route.signal == "human_review" for assessment in assessments
        ]
