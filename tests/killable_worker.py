"""A worker in a process of its own, to be killed: `python killable_worker.py URL`.

It reads slowly and holds short leases, so that a kill finds it at work and the next goes on soon.
"""

import sys
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from job_material import assess
from safezone.assessment import Proposal
from safezone.jobs.reading import JobOptions
from safezone.jobs.worker import Worker
from safezone.store.engine import open_engine
from safezone.store.erasure import erase_deleted
from safezone.store.jobs import JobStore
from safezone.store.queue import JobQueue


def _slowly(proposals: Sequence[Proposal], options: JobOptions) -> Sequence[Mapping[str, Any]]:
    time.sleep(0.05)
    return assess(proposals, options)


if __name__ == "__main__":
    engine = open_engine(sys.argv[1])
    Worker(
        JobQueue(engine),
        _slowly,
        name="killable",
        forget=lambda: erase_deleted(engine),
        upkeep=JobStore(engine).expire,
        lease=timedelta(seconds=0.5),
    ).run(threading.Event())
