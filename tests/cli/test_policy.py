"""`safezone policy`, as a process."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli_run import run
from safezone.corpus.records import Record

REPOSITORY = Path(__file__).parents[2]

BAD = 'id = "a"\n[flag]\nnationality = { level = "high", miss_cost = 1 }\n'


def test_policies_are_listed_with_those_of_the_folder(tmp_path: Path) -> None:
    assert "precautionary@1" in run("policy", "list").stdout
    text = run("policy", "show", "default", "--json").stdout
    assert json.loads(text)["id"] == "default"
    (tmp_path / "mine.toml").write_text(_as_toml("mine"))
    environment = {"SAFEZONE_POLICY_FOLDER": str(tmp_path)}
    listed = json.loads(run("policy", "list", "--json", environment=environment).stdout)
    assert "mine@7" in listed
    assert "mine@7" in run("policy", "show", "mine", environment=environment).stdout


def _as_toml(policy_id: str) -> str:
    return (
        f'id = "{policy_id}"\nversion = "7"\nname = "Mine"\nowner = "Me"\nas_of = 2026-01-01\n'
        '[flag]\ndata_use = { level = "medium", probability = 0.4 }\n'
        "[abstention]\nreview_undecided = true\n"
        '[mode]\ninstrumentation_elevated_from = "high"\ndata_use_elevated_from = "high"\n'
    )


def test_a_check_says_what_is_wrong_and_fails(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(_as_toml("good"))
    bad.write_text(BAD)
    assert "good@7 is valid" in run("policy", "check", str(good)).stdout
    worse = tmp_path / "worse.toml"
    worse.write_text("[")
    failed = run("policy", "check", str(bad), str(worse), str(good))
    assert failed.returncode == 2
    assert "good@7 is valid" in failed.stdout
    for words in ("bad.toml", "owner", "worse.toml", "not valid TOML"):
        assert words in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_difference_says_which_is_stricter() -> None:
    said = run("policy", "diff", "default", "precautionary")
    assert "precautionary@1 never flags less than default@1" in said.stdout
    plain = json.loads(run("policy", "diff", "precautionary", "default", "--json").stdout)
    assert (plain["never_flags_less"], plain["never_flags_more"]) == (False, True)
    changes = {change["key"]: change for change in plain["changes"]}
    assert changes["flag.data_use.miss_cost"] == {
        "key": "flag.data_use.miss_cost",
        "before": "9.0",
        "after": "2.0",
    }
    assert "No difference" in run("policy", "diff", "us", "us").stdout


def test_a_policy_of_ones_own_routes(debug: list[str], abstract: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(_as_toml("mine"))
    result = run("assess", "--text", abstract, "--json", *debug, "--policy", str(file))
    assert json.loads(result.stdout)["provenance"]["policy"] == "mine@7"


@pytest.mark.parametrize("name", ["nobodys", "absent.toml"])
def test_a_policy_that_is_not_there_is_wrong_usage(name: str) -> None:
    result = run("policy", "show", name)
    assert result.returncode == 2
    assert result.stdout == ""


def test_the_schema_is_a_json_schema() -> None:
    schema = json.loads(run("policy", "schema").stdout)
    assert {"flag", "care", "abstention", "mode", "owner"} <= set(schema["properties"])
    assert schema["additionalProperties"] is False


def test_a_simulation_counts_and_names_what_changes(
    debug: list[str], fixture_records: Sequence[Record], tmp_path: Path
) -> None:
    file = REPOSITORY / "tests" / "fixtures" / "abstracts.jsonl"
    asked = ["--policy", "open-science", "--policy", "precautionary", "--capacity"]
    counted = [*asked, "90", "--labelled", "--json", *debug]
    result = run("policy", "simulate", "--data", str(file), *counted)
    found = json.loads(result.stdout)
    assert found["texts"] == len(fixture_records)
    narrow, wide = found["policies"]
    assert narrow["flagged"]["count"] <= wide["flagged"]["count"]
    assert narrow["flagged"]["count"] <= narrow["capacity"]["flagged"] <= 90
    assert wide["misses"]["of"] >= narrow["misses"]["of"]
    [change] = found["changes"]
    more = wide["flagged"]["count"] - narrow["flagged"]["count"]
    assert len(change["now_flagged"]) - len(change["no_longer_flagged"]) == more
    table = run("policy", "simulate", "--data", str(file), *asked, "0", *debug).stdout
    for words in ("precautionary@1 cannot", "To read at most 0", "From open-science@1 to"):
        assert words in table
    sure = run(
        *("policy", "simulate", "--data", str(file), "--labelled", "--policy", "default"),
        *("--miss-rate", "0.2", "--confidence", "0.8", "--json", *debug),
    )
    guarantees = json.loads(sure.stdout)["guarantees"]
    assert [of["axis"] for of in guarantees] == ["sensitivity", "instrumentation", "data_use"]
    assert all(of["needed"] == 8 <= of["reaching"] for of in guarantees)
    alone = run("policy", "simulate", "--data", str(file), "--miss-rate", "0.2", *debug)
    assert alone.returncode == 2
    missing = run("policy", "simulate", "--data", str(tmp_path / "none"), *debug)
    assert missing.returncode == 3
