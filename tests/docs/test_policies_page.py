"""docs/policies.md held against the program: its policy is valid, its commands run."""

import re
from pathlib import Path

import pytest

from cli_run import run
from safezone.policy.library import shipped_policies
from safezone.policy.profile import parse_policy

PROPOSALS = Path(__file__).parents[1] / "fixtures" / "abstracts.jsonl"
PAGE = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
[POLICY] = re.findall(r"^```toml\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
[COMMANDS] = re.findall(r"^```sh\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)


def test_the_example_is_a_policy_that_uses_every_part() -> None:
    policy = parse_policy(POLICY)
    assert policy.reference == "polar-programme@2"
    assert policy.model_fields_set == set(type(policy).model_fields)


def test_every_shipped_policy_stands_in_the_table() -> None:
    missing = [policy_id for policy_id in shipped_policies() if f"`{policy_id}`" not in PAGE]
    assert missing == []


@pytest.mark.parametrize("command", re.findall(r"^safezone (policy [^#>\n]+)", COMMANDS, re.M))
def test_its_commands_run(command: str, tmp_path: Path) -> None:
    file = tmp_path / "polar.toml"
    file.write_text(POLICY)
    command = command.replace("polar.toml", str(file)).replace("proposals.jsonl", str(PROPOSALS))
    result = run(*command.split())
    assert (result.returncode, result.stderr) == (0, "")
