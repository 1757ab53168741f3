"""Workers that are killed, and a database that goes away: nothing is lost or done twice."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

import killable_worker
from databases import PostgresServer
from job_material import SECRET, assess, files_with, submit
from safezone.assessment import Proposal
from safezone.jobs import patience
from safezone.jobs.reading import JobOptions
from safezone.jobs.worker import Worker
from safezone.store.engine import open_engine
from safezone.store.jobs import JobStore
from safezone.store.queue import JobQueue
from safezone.store.tables import metadata

_ROWS = 400


def _start(url: str) -> subprocess.Popen[bytes]:
    script = Path(killable_worker.__file__)
    return subprocess.Popen([sys.executable, str(script), url], start_new_session=True)


def _kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_a_worker_that_is_killed_again_and_again_loses_and_repeats_nothing(
    engine: Engine, store_url: str, tmp_path: Path
) -> None:
    store = JobStore(engine)
    job_id = submit(store, _ROWS).id
    chance = random.Random(7)
    done = [0]
    while len(done) < 5:
        worker = _start(store_url)
        while store.get(job_id, "key-a").done == done[-1]:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.1))
        _kill(worker)
        done.append(store.get(job_id, "key-a").done)
    assert done[-1] < _ROWS, "it was killed at work each time"

    last = _start(store_url)
    try:
        while not store.get(job_id, "key-a").ended or files_with(SECRET, tmp_path):
            assert last.poll() is None
            time.sleep(0.05)
    finally:
        _kill(last)
    job = store.get(job_id, "key-a")
    assert (job.state, job.done, job.bad) == ("completed", _ROWS, 0)
    numbers = [number for number, _ in store.answers(job_id, "key-a")]
    assert numbers == list(range(1, _ROWS + 1))


def test_a_worker_outlasts_a_database_that_goes_away_and_comes_back(
    postgres_server: PostgresServer, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "LONGEST_WAIT", 0.2)
    engine = open_engine(postgres_url)
    metadata.create_all(engine)
    store = JobStore(engine)
    job_id = submit(store, _ROWS).id
    stop, reads = threading.Event(), threading.Semaphore(0)

    def watched(proposals: Sequence[Proposal], options: JobOptions) -> list[dict[str, Any]]:
        reads.release()
        time.sleep(0.02)
        return assess(proposals, options)

    worker = Worker(
        JobQueue(engine), watched, name="test", forget=lambda: None, upkeep=lambda: None
    )
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        for _ in range(2):
            assert reads.acquire(timeout=30)
            postgres_server.stop()
            time.sleep(0.3)
            assert thread.is_alive()
            postgres_server.start()
        while not store.get(job_id, "key-a").ended:
            assert thread.is_alive()
            time.sleep(0.05)
    finally:
        postgres_server.start()
        stop.set()
        thread.join()
        numbers = [number for number, _ in store.answers(job_id, "key-a")]
        engine.dispose()
    assert numbers == list(range(1, _ROWS + 1))
