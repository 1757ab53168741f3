"""Where policies are found, and what is said when one is not."""

from importlib import resources
from pathlib import Path

import pytest

from safezone.errors import InvalidPolicy
from safezone.policy.library import find_policy, load_policies, read_policy, shipped_policies

PROFILES = Path(str(resources.files("safezone.policy"))) / "profiles"
MINE = (PROFILES / "default.toml").read_text().replace('id = "default"', 'id = "mine"')


def test_every_shipped_profile_is_valid_and_named_by_its_id() -> None:
    files = sorted(PROFILES.glob("*.toml"))
    assert [find_policy(file.stem).id for file in files] == [file.stem for file in files]
    assert list(shipped_policies()) == [
        *("ca", "cn", "default", "eu", "open-science", "precautionary", "uk", "us"),
    ]


def test_national_readings_are_dated_owned_and_say_what_they_rest_on() -> None:
    """And none of them is harder than the others on where work may be shared."""
    for country in ("us", "uk", "eu", "ca", "cn"):
        policy = shipped_policies()[country]
        assert policy.references
        assert policy.care
        assert policy.owner == "The safezone project"
        assert policy.abstention.review_undecided


@pytest.mark.parametrize("name", ["strict", "", "default.tom", "../profiles/default", "."])
def test_an_unknown_policy_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(InvalidPolicy, match=r"Policies: .*default"):
        find_policy(name)


def test_a_file_is_found_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text(MINE)
    assert find_policy(str(file)).id == "mine"
    assert read_policy(file).reference == "mine@1"


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"[flag"])
def test_a_file_that_is_no_policy_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "a.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InvalidPolicy, match=r"a\.toml"):
        find_policy(str(file))


def test_a_folder_adds_to_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(MINE)
    (tmp_path / "notes.txt").write_text("no policy")
    policies = load_policies(tmp_path)
    assert set(policies) - set(shipped_policies()) == {"mine"}
    assert list(policies) == sorted(policies)
    assert find_policy("mine", policies) is policies["mine"]


def test_everything_wrong_in_a_folder_is_listed(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(MINE.replace('version = "1"', "version = 1"))
    (tmp_path / "b.toml").write_text(MINE.replace('id = "mine"', 'id = "us"'))
    (tmp_path / "c.toml").write_text("[")
    with pytest.raises(InvalidPolicy) as caught:
        load_policies(tmp_path)
    message = str(caught.value)
    assert all(
        part in message for part in ("a.toml", "version", "b.toml", "'us' is taken", "c.toml")
    )
    with pytest.raises(InvalidPolicy, match="no folder"):
        load_policies(tmp_path / "absent")
