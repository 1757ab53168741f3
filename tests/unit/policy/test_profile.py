"""Policy profiles: what is accepted, what is refused, and what the refusal says."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from safezone.errors import InvalidPolicy
from safezone.policy.library import find_policy
from safezone.policy.profile import FlagRule, Policy, parse_policy

VALID = """
id = "cautious-funder"
version = "3"
name = "Cautious"
owner = "A funder"
as_of = 2026-11-21

[flag]
sensitivity = { level = "boundary", miss_cost = 9.0 }
data_use = { level = "high", miss_cost = 1 }

[abstention]
review_undecided = true

[mode]
instrumentation_elevated_from = "high"
data_use_elevated_from = "medium"
"""


def test_a_valid_profile_is_read_as_written() -> None:
    policy = parse_policy(VALID)
    assert (policy.id, policy.version, policy.name) == ("cautious-funder", "3", "Cautious")
    assert policy.as_of == datetime.date(2026, 11, 21)
    assert {axis: (rule.level, rule.miss_cost) for axis, rule in policy.flag.items()} == {
        "sensitivity": ("boundary", 9.0),
        "data_use": ("high", 1.0),
    }
    assert policy.abstention.review_undecided is True
    assert policy.mode.instrumentation_elevated_from == "high"
    assert policy.mode.data_use_elevated_from == "medium"


def test_the_default_profile_flags_the_top_of_every_risk_axis() -> None:
    policy = find_policy("default")
    assert policy.reference == "default@1"
    assert {axis: rule.level for axis, rule in policy.flag.items()} == {
        "sensitivity": "sensitive",
        "instrumentation": "high",
        "data_use": "high",
    }
    assert policy.abstention.review_undecided


@given(st.floats(1e-6, 1e6))
def test_the_threshold_weighs_a_miss_against_readings(miss_cost: float) -> None:
    """At the threshold p, missing costs p * miss_cost and reading costs 1 - p: the same."""
    threshold = FlagRule(level="high", miss_cost=miss_cost).threshold
    assert threshold * miss_cost == pytest.approx(1 - threshold, rel=1e-6)


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_a_dearer_miss_never_raises_the_threshold(one: float, two: float) -> None:
    cheap, dear = sorted([one, two])
    thresholds = [FlagRule(level="high", miss_cost=cost).threshold for cost in (cheap, dear)]
    assert thresholds[0] >= thresholds[1]
    assert all(0 < threshold < 1 for threshold in thresholds)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('id = "cautious-funder"', "", "id"),
        ('id = "cautious-funder"', 'id = "Cautious Funder"', "id"),
        ('id = "cautious-funder"', 'id = "../default"', "id"),
        ('id = "cautious-funder"', "id = 7", "id"),
        ('version = "3"', "", "version"),
        ('version = "3"', "version = 3", "version"),
        ("as_of = 2026-11-21", 'as_of = "some day"', "as_of"),
        ('name = "Cautious"', 'name = "Cautious"\nscore = 1', "score"),
        ("miss_cost = 9.0", "miss_cost = 0", "flag.sensitivity.miss_cost"),
        ("miss_cost = 9.0", "miss_cost = -2.0", "flag.sensitivity.miss_cost"),
        ("miss_cost = 9.0", "miss_cost = inf", "flag.sensitivity.miss_cost"),
        ("miss_cost = 9.0", "miss_cost = nan", "flag.sensitivity.miss_cost"),
        ("miss_cost = 9.0", 'miss_cost = "much"', "flag.sensitivity.miss_cost"),
        (", miss_cost = 9.0", "", "flag.sensitivity: Value error, give either miss_cost or prob"),
        (
            "miss_cost = 9.0",
            "miss_cost = 9.0, probability = 0.5",
            "either miss_cost or probability",
        ),
        ("miss_cost = 9.0", "probability = 0", "flag.sensitivity.probability"),
        ("miss_cost = 9.0", "probability = 1.01", "flag.sensitivity.probability"),
        ('owner = "A funder"', "", "owner"),
        ('owner = "A funder"', 'owner = ""', "owner"),
        ("miss_cost = 9.0", "miss_cost = 9.0, weight = 2", "flag.sensitivity.weight"),
        ("miss_cost = 9.0", "miss_cost = 9.0, weight = 2", "level, miss_cost, probability"),
        ("[mode]", "[safeguards]\nmost = 1\n[mode]", "safeguards.most"),
        ("[mode]", "[texts]\nofficers = 'x'\n[mode]", "keys here: researcher, officer"),
        ("sensitivity = {", "nationality = {", "nationality"),
        ('level = "boundary"', 'level = "extreme"', "'extreme'"),
        ('level = "boundary"', 'level = "safe"', "'safe'"),
        ('level = "boundary"', 'level = "high"', "'high'"),
        ("review_undecided = true", "", "abstention.review_undecided"),
        ("review_undecided = true", 'review_undecided = "perhaps"', "abstention.review_undecided"),
        ("[abstention]\nreview_undecided = true", "", "abstention"),
        ('data_use_elevated_from = "medium"', "", "mode.data_use_elevated_from"),
        ('_use_elevated_from = "medium"', '_use_elevated_from = "low"', "'low'"),
        ('tion_elevated_from = "high"', 'tion_elevated_from = "sensitive"', "'sensitive'"),
        ("[mode]", "[reject]\nfrom = 1\n[mode]", "reject"),
    ],
)
def test_whatever_is_wrong_is_refused_and_named(old: str, new: str, named: str) -> None:
    assert VALID.count(old) == 1
    with pytest.raises(InvalidPolicy) as caught:
        parse_policy(VALID.replace(old, new))
    assert named in str(caught.value)


CARE = """
[[care]]
areas = ["pathogens-biosecurity", "synthetic-biology"]
reason = "It cannot be taken back."
flag.instrumentation = { level = "medium", probability = 0.2 }
"""


def test_care_is_read_as_written() -> None:
    [rule] = parse_policy(VALID + CARE).care
    assert rule.areas == ("pathogens-biosecurity", "synthetic-biology")
    assert rule.from_probability == 0.5
    assert rule.flag["instrumentation"].threshold == 0.2


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"synthetic-biology"', '"alchemy"', "care.0.areas has no area 'alchemy'"),
        ('["pathogens-biosecurity", "synthetic-biology"]', "[]", "care.0.areas"),
        ('level = "medium"', 'level = "low"', "care.0.flag.instrumentation has no level 'low'"),
        ("flag.instrumentation", "flag.nationality", "care.0.flag has no axis 'nationality'"),
        ('reason = "It cannot be taken back."', "", "care.0.reason"),
        ("reason =", "from_probability = 0\nreason =", "care.0.from_probability"),
        ("reason =", "weight = 3\nreason =", "keys here: areas, from_probability, flag, reason"),
    ],
)
def test_care_that_is_wrong_is_refused_and_named(old: str, new: str, named: str) -> None:
    assert CARE.count(old) == 1
    with pytest.raises(InvalidPolicy) as caught:
        parse_policy(VALID + CARE.replace(old, new))
    assert named in str(caught.value)


def test_everything_that_is_wrong_is_listed() -> None:
    text = VALID.replace("miss_cost = 9.0", "miss_cost = 0").replace('version = "3"', "")
    with pytest.raises(InvalidPolicy) as caught:
        parse_policy(text)
    assert "flag.sensitivity.miss_cost" in str(caught.value)
    assert "version" in str(caught.value)


@pytest.mark.parametrize("text", ["[flag", "id = ", "id = 1\nid = 2", "\0"])
def test_what_is_no_toml_is_refused(text: str) -> None:
    with pytest.raises(InvalidPolicy, match="not valid TOML"):
        parse_policy(text)


def test_an_empty_profile_is_refused() -> None:
    with pytest.raises(InvalidPolicy, match="flag"):
        parse_policy("")


def test_a_profile_cannot_be_altered() -> None:
    policy = parse_policy(VALID)
    with pytest.raises(ValidationError):
        policy.version = "4"
    with pytest.raises(ValidationError):
        policy.flag["sensitivity"].miss_cost = 0.1
    assert isinstance(policy, Policy)
