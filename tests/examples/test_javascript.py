"""The JavaScript examples, by node's own test runner."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from live_server import LiveServer

HERE = Path(__file__).parent


def run_node(file: str, **environment: str) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no node")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    major = re.match(r"v(\d+)", version)
    if major is None or int(major[1]) < 18:
        pytest.skip(f"node is {version.strip()}, not 18 or later")
    result = subprocess.run(
        [node, "--test", HERE / file],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("file", ["safezone.test.mjs", "submit_hook.test.mjs"])
def test_they_do_what_they_say_against_a_stand_in(file: str) -> None:
    run_node(file)


def test_the_client_works_against_a_live_server(debug_server: LiveServer) -> None:
    run_node("live.test.mjs", SAFEZONE_URL=debug_server.url)
