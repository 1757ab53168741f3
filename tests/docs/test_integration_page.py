"""docs/integration.md held against the program: its code is run, its tables are compared."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
from standardwebhooks import Webhook

from live_server import LiveServer
from safezone.api.problems import Kind, problem_of
from safezone.assessment.flat import FLAT_COLUMNS
from safezone.client import bodies

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "integration.md").read_text(encoding="utf-8")
EXAMPLES = ROOT / "examples"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
# There is nobody left to tell.
NEVER_SEEN = {Kind.CLIENT_GONE}


def blocks(language: str) -> list[str]:
    return [block for kind, block in BLOCKS if kind == language]


def against(server: LiveServer, block: str) -> str:
    return block.replace("https://safezone.example.org", server.url)


def test_every_block_is_of_a_language_that_these_tests_know() -> None:
    assert {kind for kind, _ in BLOCKS} == {"sh", "python", "js", "json", "http"}


def test_the_python_of_the_page_runs_from_top_to_bottom(
    debug_server: LiveServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFEZONE_KEY", "sz_key")
    names: dict[str, Any] = {}
    for number, block in enumerate(blocks("python"), 1):
        exec(compile(against(debug_server, block), f"block {number}", "exec"), names)
    said = capsys.readouterr().out
    assert "1 of 1" in said
    assert "invalid-proposal" in said
    assert (tmp_path / "round-assessed.xlsx").read_bytes().startswith(b"PK")
    _check_receiver(names["receive"], capsys)


def _check_receiver(receive: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """With the page's own webhook, twice, and with a forged one."""
    secret, now = "whsec_" + "c2VjcmV0" * 5, datetime.now(UTC)
    body = next(block for block in blocks("json") if "job.completed" in block)
    headers: Mapping[str, str] = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", now, body),
    }
    assert [receive(headers, body.encode(), secret) for _ in range(2)] == [204, 204]
    assert receive(headers, body.encode() + b" ", secret) == 400
    assert capsys.readouterr().out.count("has ended") == 1


def test_the_curl_command_of_the_page_works(debug_server: LiveServer) -> None:
    [command] = blocks("sh")
    result = subprocess.run(
        ["bash", "-c", against(debug_server, command)],
        env={**os.environ, "SAFEZONE_KEY": "sz_key"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(result.stdout)["id"] == "2026-0042"


def test_the_javascript_of_the_page_works(debug_server: LiveServer, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node")
    [script] = blocks("js")
    shutil.copy(EXAMPLES / "javascript" / "safezone.mjs", tmp_path)
    (tmp_path / "page.mjs").write_text(against(debug_server, script))
    result = subprocess.run(
        [node, tmp_path / "page.mjs"], capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.strip() in ("no_flag", "human_review")


def test_the_table_of_problems_is_that_of_the_service() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \| (.+) \|$", PAGE, flags=re.MULTILINE)
    told = {kind: int(status) for kind, status, _ in rows}
    assert len(rows) == len(told)
    assert told == {str(kind): problem_of(kind).status for kind in set(Kind) - NEVER_SEEN}


def test_the_mapping_of_fields_names_columns_of_the_flat_view() -> None:
    [table] = re.findall(r"\| flat column \|.*?\n\n", PAGE, flags=re.DOTALL)
    mapped = re.findall(r"^\| (`.*?`) \| (.*?) \|", table, flags=re.MULTILINE)
    assert len(mapped) > 10
    for columns, fields in mapped:
        names = re.findall(r"`(\w+)`", columns)
        assert set(names) <= set(FLAT_COLUMNS)
        assert [f"sz_{name}" for name in names] == re.findall(r"`(sz_\w+)`", fields)
    relay = (EXAMPLES / "redcap_powerautomate" / "redcap_relay.py").read_text()
    written = re.findall(r'"(\w+)"', relay.partition("COLUMNS = (")[2].partition(")\nlog")[0])
    told = [name for columns, _ in mapped for name in re.findall(r"`(\w+)`", columns)]
    assert sorted(written) == sorted(told)


def test_the_schema_for_parse_json_fits_what_is_answered(debug_server: LiveServer) -> None:
    file = EXAMPLES / "redcap_powerautomate" / "parse_json.schema.json"
    schema = json.loads(file.read_text())
    assert tuple(schema["properties"]) == FLAT_COLUMNS
    for abstract in ("Too short.", blocks("sh")[0]):
        answer = httpx.post(
            f"{debug_server.url}/v1/assessments?view=flat", json={"abstract": abstract}, timeout=60
        )
        jsonschema_rs.validate(schema, answer.json())


def test_the_flow_calls_what_there_is(debug_server: LiveServer) -> None:
    [flow] = [json.loads(block) for block in blocks("json") if '"Http"' in block]
    inputs = flow["inputs"]
    path = inputs["uri"].removeprefix("https://safezone.example.org")
    document = httpx.get(f"{debug_server.url}/openapi.json", timeout=60).json()
    operation = document["paths"][path][inputs["method"].lower()]
    assert inputs["queries"].keys() <= {one["name"] for one in operation["parameters"]}
    assert inputs["body"].keys() <= bodies.Proposal.__annotations__.keys()


def test_the_webhook_of_the_page_has_the_members_of_its_type() -> None:
    [event] = [json.loads(block) for block in blocks("json") if "job.completed" in block]
    assert event.keys() == bodies.JobEvent.__annotations__.keys()
    assert event["data"].keys() == bodies.EndedJob.__annotations__.keys()


def test_the_notice_of_the_page_is_six_months_long() -> None:
    [headers] = blocks("http")
    fields = dict(line.split(": ", 1) for line in headers.strip().splitlines())
    notice = datetime.fromtimestamp(int(fields["Deprecation"].removeprefix("@")), UTC)
    end = parsedate_to_datetime(fields["Sunset"])
    assert (end.year - notice.year) * 12 + end.month - notice.month >= 6


def test_the_paths_of_the_page_are_those_of_the_service(debug_server: LiveServer) -> None:
    document = httpx.get(f"{debug_server.url}/openapi.json", timeout=60).json()
    for method, path in re.findall(r"`(GET|POST) (/[\w/.:]+)", PAGE):
        if path != "/openapi.json":
            assert method.lower() in document["paths"][path], path
