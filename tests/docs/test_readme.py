"""The README held against the program: its commands are run, its tables compared."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from fake_sources import FakeSources, serve_sources
from live_server import LiveServer, start_server, stop_server
from safezone.cli.exit_codes import ExitCode
from safezone.corpus.records import Record

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
# Run by others: `make test` is what runs this test, and there may be no Docker engine.
SERVE = ".venv/bin/safezone serve"
RUN_ELSEWHERE = ("make test", "docker ")


def commands() -> list[str]:
    joined = [block.replace("\\\n", " ") for block in BLOCKS]
    return [line for block in joined for line in block.splitlines() if line.strip()]


def test_every_command_of_the_readme_is_known_to_these_tests() -> None:
    known = (*RUN_ELSEWHERE, "make serve", "curl ", ".venv/bin/safezone ")
    assert len(commands()) >= 8
    for command in commands():
        assert command.startswith(known), command


def test_the_curl_example_gives_the_answer_that_stands_below_it(
    shipped_server: LiveServer,
) -> None:
    [command] = [command for command in commands() if command.startswith("curl ")]
    command = command.replace("http://127.0.0.1:8000", shipped_server.url)
    result = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, check=True
    )
    answer = json.loads(result.stdout)
    [shown] = re.findall(r"^```json\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
    expected = json.loads(shown)
    assert _without_numbers(answer) == _without_numbers(expected)
    assert _numbers(answer) == pytest.approx(_numbers(expected), abs=1e-3)


def test_make_serve_serves(tmp_path: Path) -> None:
    if Path(sys.prefix).resolve() != (ROOT / ".venv").resolve():
        pytest.skip("these tests do not run in the .venv that make sets up")
    server = start_server(tmp_path / "log", command=("make", "serve"), cwd=ROOT)
    try:
        assert httpx.get(f"{server.url}/readyz", timeout=60).status_code == 200
    finally:
        stop_server(server)


def test_a_service_that_others_reach_asks_for_the_key_that_was_made(
    debug_bundle_path: Path, tmp_path: Path
) -> None:
    [make_key] = [
        command for command in commands() if command.startswith(".venv/bin/safezone keys")
    ]
    [serve] = [command for command in commands() if command.startswith(SERVE)]
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    settings = {"store": f"sqlite:///{tmp_path / 'safezone.db'}", "encoder": "debug"}
    variables = {f"SAFEZONE_{name.upper()}": value for name, value in settings.items()}
    made = subprocess.run(
        ["bash", "-c", make_key],
        cwd=tmp_path,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    server = start_server(
        tmp_path / "log",
        command=tuple(shlex.split(serve)),
        cwd=tmp_path,
        model=debug_bundle_path,
        **settings,
    )
    try:
        url = f"{server.url}/v1/limits"
        assert httpx.get(url, timeout=60).status_code == 401
        assert httpx.get(url, headers={"x-api-key": made.stdout.strip()}).status_code == 200
    finally:
        stop_server(server)


def _without_numbers(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_numbers(item) for item in value]
    return None if isinstance(value, float) else value


def _numbers(value: object) -> list[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for item in value for number in _numbers(item)]
    return [value] if isinstance(value, float) else []


def test_the_commands_of_the_readme_run(tmp_path: Path, fixture_records: Sequence[Record]) -> None:
    """In an empty folder that has the files the commands name, with the debug encoder."""
    fixtures = ROOT / "tests" / "fixtures" / "abstracts.jsonl"
    proposals = [
        {"id": r.id, "title": r.title, "abstract": r.abstract} for r in fixture_records[:2]
    ]
    (tmp_path / "proposal.txt").write_text(fixture_records[0].abstract)
    (tmp_path / "proposals.jsonl").write_text("\n".join(map(json.dumps, proposals)))
    shutil.copy(fixtures, tmp_path / "labelled.jsonl")
    shutil.copy(fixtures, tmp_path / "held_out.jsonl")
    public = _copy_some(ROOT / "training_data", tmp_path / "training_data")
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    ran = [
        command
        for command in commands()
        if command.startswith(".venv/") and not command.startswith(SERVE)
    ]
    # The commands that assess need a bundle of the debug encoder: train first.
    ran.sort(key=lambda command: " train " not in command)
    with serve_sources(FakeSources(public)) as fake:
        endpoints = " ".join(f"--endpoint {name}={url}" for name, url in fake.endpoints.items())
        for command in ran:
            result = subprocess.run(
                ["bash", "-c", command + (f" {endpoints}" if " fetch " in command else "")],
                cwd=tmp_path,
                env={
                    **os.environ,
                    "SAFEZONE_ENCODER": "debug",
                    "SAFEZONE_MODEL": str(tmp_path / "models" / "mine"),
                    "SAFEZONE_STORE": f"sqlite:///{tmp_path / 'safezone.db'}",
                },
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            assert result.returncode == 0, f"{command}\n{result.stderr}"
            assert result.stdout.strip(), command
    assert (tmp_path / "report" / "report.json").exists()


def _copy_some(source: Path, target: Path, rows: int = 60) -> dict[str, tuple[str, str]]:
    """The first rows of the training data's files; for the two pointers left of each public
    source, whose text is not here, a title and abstract for a stand-in to serve.
    """
    target.mkdir()
    public: dict[str, tuple[str, str]] = {}
    for file in source.glob("*.jsonl"):
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        if file.name.endswith(".pointers.jsonl"):
            by_source: dict[str, list[str]] = {}
            for line in lines:
                by_source.setdefault(json.loads(line)["id"].partition(":")[0], []).append(line)
            lines = [line for found in by_source.values() for line in found[:2]]
            public |= {json.loads(line)["id"]: ("A title", "Another text.") for line in lines}
        (target / file.name).write_text("".join(lines[:rows]), encoding="utf-8")
    return {name: text for name, text in public.items() if not name.startswith("sbir:")}


def test_the_exit_codes_are_those_of_the_code() -> None:
    [sentence] = re.findall(r"exit codes: (.*?)\.\n", README, flags=re.DOTALL)
    assert [int(code) for code in re.findall(r"\b(\d)\b", sentence)] == [*ExitCode]


def test_links_inside_the_project_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
