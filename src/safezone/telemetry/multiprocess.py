"""Counting over several worker processes, which share a directory of memory-mapped files.

It stands apart because prometheus_client decides when it is imported whether it counts in memory
or in files: nothing here imports it.
"""

import os
import sys
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def prepare_multiprocess(directory: Path) -> None:
    """Let this process and those it starts count into a directory, empty of an earlier run's files.

    Call it in the parent, before anything imports `telemetry.metrics` and before any worker is
    started. Raises RuntimeError if it comes too late, since counts would then be lost.
    """
    if "prometheus_client" in sys.modules:
        raise RuntimeError(
            "prometheus_client is imported already and counts in memory. Call "
            "prepare_multiprocess before anything that counts is imported."
        )
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for file in directory.glob("*.db"):
        file.unlink()
    os.environ[VARIABLE] = str(directory)
