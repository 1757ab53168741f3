"""The `safezone` command as a process of its own."""

import os
import subprocess
import sys

Result = subprocess.CompletedProcess[str]


def run(*arguments: str, stdin: str = "", environment: dict[str, str] | None = None) -> Result:
    return subprocess.run(
        [sys.executable, "-m", "safezone", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "COLUMNS": "200", **(environment or {})},
    )
