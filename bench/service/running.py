"""Servers as processes of their own, each in a session that can be measured, paused and ended."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from bench.environments import python_of, variables
from bench.service.load import HOST, Asked, ask, closed_loop
from bench.service.systems import System

_SECONDS_TO_START = 300
_SECONDS_TO_STOP = 60
# What is loaded when it is first needed is in memory after so many answers.
_WARMING = 20


class NotRunning(Exception):
    """A system that could not be installed or started."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers at `port`; its processes are those of `session`. `answer` is its
    first answer, a JSON value.
    """

    name: str
    session: int
    port: int
    answer: Any

    def pause(self) -> None:
        """Let it use no CPU while another is measured."""
        os.killpg(self.session, signal.SIGSTOP)

    def resume(self) -> None:
        os.killpg(self.session, signal.SIGCONT)


@contextmanager
def running(
    system: System, first: Asked, work: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """The system's server, once it has answered the request `first` and is warm; it is stopped at
    the end.

    What it writes goes to files in `work`. Raises NotRunning.
    """
    folder = work.absolute() / system.name
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log.txt"
    port = _free_port()
    try:
        python = python_of(system.name, system.requirements, work, system.constraints)
    except CalledProcessError as error:
        raise NotRunning(f"{system.name}: its packages cannot be installed: {error}") from error
    store = {"SAFEZONE_STORE": f"sqlite:///{folder / 'safezone.db'}"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            system.command(python, port),
            cwd=folder,
            env=variables(**store, **system.settings, **(settings or {})),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        answer = asyncio.run(_first_answer(process, port, first))
        if answer is None:
            raise NotRunning(f"{system.name}: it does not start, or not answer. See {log}.")
        yield Running(system.name, process.pid, port, json.loads(answer))
    finally:
        _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


async def _first_answer(process: subprocess.Popen[bytes], port: int, first: Asked) -> bytes | None:
    until = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError, EOFError):
            status, body = await ask(port, first.message)
            if status == first.expected:
                await closed_loop(port, iter([first] * _WARMING), clients=1)
                return body
        await asyncio.sleep(0.2)
    return None


def _stop(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGCONT)
        os.killpg(process.pid, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_SECONDS_TO_STOP)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
