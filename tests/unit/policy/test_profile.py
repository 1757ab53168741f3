"""Policy profiles: what is accepted, what is refused, and what the refusal says."""

import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from safezone.errors import InvalidPolicy
from safezone.policy.profile import FlagRule, Policy, load_policy, parse_policy

VALID = """
id = "cautious-funder"
version = "3"
name = "Cautious"
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
    policy = load_policy()
    assert policy.id == "default"
    assert {axis: rule.level for axis, rule in policy.flag.items()} == {
        "sensitivity": "sensitive",
        "instrumentation": "high",
        "data_use": "high",
    }
    assert policy.abstention.review_undecided


def test_every_shipped_profile_is_valid_and_named_by_its_id() -> None:
    from importlib import resources

    folder = Path(str(resources.files("safezone.policy"))) / "profiles"
    files = sorted(folder.glob("*.toml"))
    assert files
    assert [load_policy(file.stem).id for file in files] == [file.stem for file in files]


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
        (", miss_cost = 9.0", "", "flag.sensitivity.miss_cost"),
        ("miss_cost = 9.0", "miss_cost = 9.0, weight = 2", "flag.sensitivity.weight"),
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


@pytest.mark.parametrize("policy_id", ["strict", "", "default.toml", "../profiles/default", "."])
def test_an_unknown_policy_is_refused_with_those_there_are(policy_id: str) -> None:
    with pytest.raises(InvalidPolicy, match=r"Shipped policies: .*default"):
        load_policy(policy_id)


def test_a_profile_cannot_be_altered() -> None:
    policy = parse_policy(VALID)
    with pytest.raises(ValidationError):
        policy.version = "4"
    with pytest.raises(ValidationError):
        policy.flag["sensitivity"].miss_cost = 0.1
    assert isinstance(policy, Policy)
