"""A live server: the real command in a process of its own, with all that it writes kept."""

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_SERVE = (sys.executable, "-m", "safezone", "serve")


@dataclass(frozen=True)
class LiveServer:
    url: str
    log: Path
    process: subprocess.Popen[bytes]


def start_server(
    log: Path,
    *arguments: str,
    command: tuple[str, ...] = _SERVE,
    cwd: Path | None = None,
    **settings: object,
) -> LiveServer:
    """A server on a free port, once it answers; its log is as talkative as can be.

    Its database stands beside the log. `settings` are further ones by the names of the fields.
    """
    given = {"log_level": "debug", "port": 0, "store": f"sqlite:///{log.parent / 'safezone.db'}"}
    variables = {
        f"SAFEZONE_{name.upper()}": str(value) for name, value in (given | settings).items()
    }
    process = subprocess.Popen(
        [*command, *arguments],
        stdout=log.open("wb"),
        stderr=subprocess.STDOUT,
        cwd=cwd,
        env={**os.environ, **variables},
        start_new_session=True,
    )
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(rb"running on http://[0-9.]+:(\d+)", log.read_bytes()):
            return LiveServer(f"http://127.0.0.1:{int(found[1])}", log, process)
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    raise AssertionError(f"the server did not start: {log.read_text()}")


def stop_server(server: LiveServer) -> None:
    """Asks the server to stop, as an operator would, and sees that it does so in an orderly way."""
    os.killpg(server.process.pid, signal.SIGINT)
    server.process.wait(timeout=20)
    assert "Application shutdown complete" in server.log.read_text(errors="replace")
