"""Readers as processes of their own, which are asked one at a time."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any

from bench.environments import ROOT, python_of, variables
from bench.speed.special import ORDINARY
from bench.speed.systems import BUNDLE, REFERENCE, SAVED, System

_SECONDS_TO_STOP = 30


class NotRunning(Exception):
    """A system that could not be installed or started, or that did not answer."""


@dataclass(frozen=True)
class Places:
    """Folders: of the bundle, of the reference, and for what the benchmark keeps."""

    bundle: Path
    reference: Path
    work: Path


class Running:
    """A reader that is waiting for questions."""

    def __init__(self, name: str, process: subprocess.Popen[str], log: Path) -> None:
        self.name = name
        self._process = process
        self._log = log

    def ask(self, method: str, **arguments: Any) -> Any:
        """What the method of its `Reader` returns. Raises NotRunning where it has ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        line = ""
        try:
            print(json.dumps({"ask": method, **arguments}), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        except BrokenPipeError:
            pass
        if not line:
            raise NotRunning(f"{self.name}: it does not start, or not answer. See {self._log}.")
        return json.loads(line)


@contextmanager
def running(
    name: str, python: Path, arguments: Sequence[str], threads: int, places: Places
) -> Iterator[Running]:
    """A module of `peers` with its arguments, in an interpreter; it is ended at the end."""
    log = places.work / "logs" / f"{name}.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            _command(python, arguments),
            cwd=ROOT,
            env=variables(**_bounded(threads)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            encoding="utf-8",
        ) as process,
    ):
        try:
            yield Running(name, process, log)
            assert process.stdin is not None
            process.stdin.close()
            process.wait(_SECONDS_TO_STOP)
        finally:
            process.kill()


@contextmanager
def started(system: System, threads: int, places: Places) -> Iterator[tuple[Running, float]]:
    """A system that has read its first text, and the seconds from its start to then.

    Its packages are installed before, and what it loads is made, unless that was done in an earlier
    run. Raises NotRunning.
    """
    python = _prepared(system, places)
    name = f"{system.key}-threads-{threads}"
    arguments = [system.module, *_placed(system.options, system, places), "--threads", str(threads)]
    began = time.perf_counter()
    with running(name, python, arguments, threads, places) as reader:
        reader.ask("timed", texts=[ORDINARY], at_once=1)
        yield reader, time.perf_counter() - began


def _prepared(system: System, places: Places) -> Path:
    try:
        python = python_of(system.environment, system.requirements, places.work)
    except CalledProcessError as error:
        raise NotRunning(f"{system.key}: its packages cannot be installed: {error}") from error
    stamp = _saved(system, places) / "saved.txt"
    if not system.saves or stamp.exists():
        return python
    print(f"{system.key}: saving what it loads", file=sys.stderr, flush=True)
    log = places.work / "logs" / f"{system.key}-saving.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    arguments = [system.module, *_placed(system.saves, system, places), "--save"]
    with log.open("w", encoding="utf-8") as errors:
        done = subprocess.run(
            _command(python, [*arguments, str(stamp.parent)]),
            cwd=ROOT,
            env=variables(),
            stdout=errors,
            stderr=errors,
            check=False,
        )
    if done.returncode:
        raise NotRunning(f"{system.key}: what it loads cannot be made. See {log}.")
    # Written last: what was cut short is made again.
    stamp.touch()
    return python


def _saved(system: System, places: Places) -> Path:
    """Where a system's own form of the reference is kept: another one for other packages."""
    requirements = system.requirements.read_bytes() if system.requirements else b""
    key = hashlib.sha256(b"\n".join([bytes(places.reference), requirements])).hexdigest()[:12]
    return places.work / "models" / f"{system.key}-{key}"


def _placed(options: Sequence[str], system: System, places: Places) -> list[str]:
    folders = {
        BUNDLE: places.bundle,
        REFERENCE: places.reference,
        SAVED: _saved(system, places),
    }
    return [str(folders.get(option, option)) for option in options]


def _command(python: Path, arguments: Sequence[str]) -> list[str]:
    module, *others = arguments
    return [str(python), "-m", f"bench.speed.peers.{module}", *others]


def _bounded(threads: int) -> Mapping[str, str]:
    """Variables that keep the usual libraries to so many threads."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
    parallel = "true" if threads > 1 else "false"
    return {**dict.fromkeys(names, str(threads)), "TOKENIZERS_PARALLELISM": parallel}
