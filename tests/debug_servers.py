"""Servers with the debug bundle, which share a folder and a database in it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from live_server import LiveServer, start_server, stop_server
from waiting import until


class DebugServers:
    """Starts servers; each has a log of its own."""

    def __init__(self, folder: Path, bundle: Path) -> None:
        self.folder = folder
        self.started: list[LiveServer] = []
        self._model = ("--encoder", "debug", "--model", str(bundle))
        self._workers: list[subprocess.Popen[bytes]] = []

    @property
    def store_url(self) -> str:
        """The database of servers that were told of no other."""
        return f"sqlite:///{self.folder / 'safezone.db'}"

    def start(self, *arguments: str, **settings: Any) -> LiveServer:
        """A server that answers."""
        log = self.folder / f"log-{len(self.started)}"
        self.started.append(start_server(log, *self._model, *arguments, **settings))
        return self.started[-1]

    def start_worker(self, **settings: object) -> Path:
        """The log of a `safezone worker` that has begun."""
        log = self.folder / f"worker-{len(self._workers)}"
        variables = {f"SAFEZONE_{name.upper()}": str(value) for name, value in settings.items()}
        self._workers.append(
            subprocess.Popen(
                [sys.executable, "-m", "safezone", "worker", *self._model],
                stdout=log.open("wb"),
                stderr=subprocess.STDOUT,
                env={**os.environ, "SAFEZONE_STORE": self.store_url, **variables},
                start_new_session=True,
            )
        )
        until(lambda: b'"event": "started"' in log.read_bytes())
        return log

    def stop(self) -> None:
        """Stop what still runs, and see that it does so in an orderly way."""
        for server in self.started:
            if server.process.poll() is None:
                stop_server(server)
        for worker in self._workers:
            worker.terminate()
            assert worker.wait(timeout=60) == 0

    def kill(self) -> None:
        for process in (*(server.process for server in self.started), *self._workers):
            if process.poll() is None:
                kill(process)


@contextmanager
def debug_servers(folder: Path, bundle: Path) -> Iterator[DebugServers]:
    """Nothing that was started runs on afterwards."""
    servers = DebugServers(folder, bundle)
    try:
        yield servers
        servers.stop()
    finally:
        servers.kill()


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and those it has started, as a loss of power would."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def client_of(server: LiveServer, **headers: str) -> httpx.Client:
    """A patient client; `x_api_key` is sent as `x-api-key`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Client(base_url=server.url, timeout=120, headers=named)


def lines_of(log: Path) -> list[dict[str, Any]]:
    """What a server has logged."""
    return [json.loads(line) for line in log.read_bytes().splitlines()]
