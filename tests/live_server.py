"""A live server: the real command in a process of its own, with all that it writes kept."""

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class LiveServer:
    url: str
    log: Path
    process: subprocess.Popen[bytes]


def start_server(log: Path, *arguments: str) -> LiveServer:
    """`safezone serve` on a free port, once it answers."""
    stream = log.open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "safezone", "serve", "--port", "0", *arguments],
        stdout=stream,
        stderr=subprocess.STDOUT,
        env={**os.environ, "SAFEZONE_LOG_LEVEL": "debug"},
    )
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(rb"running on (http://127\.0\.0\.1:\d+)", log.read_bytes()):
            return LiveServer(found[1].decode(), log, process)
        time.sleep(0.1)
    process.kill()
    raise AssertionError(f"the server did not start: {log.read_text()}")


def stop_server(server: LiveServer) -> None:
    server.process.terminate()
    assert server.process.wait(timeout=20) in (0, -15)
