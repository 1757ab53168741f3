"""A Python environment for each peer that needs packages the project does not have."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).parent / "requirements"
# Weights come from packages. No peer may look for others elsewhere, or send anything there.
OFFLINE: Mapping[str, str] = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
    "PYTHONHASHSEED": "0",
}


def requirements_of(peer: str) -> Path | None:
    """The pinned packages of a peer; None where the project's own environment has all it needs."""
    path = REQUIREMENTS / f"{peer}.txt"
    return path if path.exists() else None


def python_of(peer: str, work: Path) -> Path:
    """The interpreter that runs a peer; its environment is made under `work` or found there.

    Raises CalledProcessError where a package cannot be installed.
    """
    requirements = requirements_of(peer)
    if requirements is None:
        return Path(sys.executable)
    folder = work / "environments" / peer
    python = folder / "bin" / "python"
    stamp = folder / "installed.txt"
    if not stamp.exists() or stamp.read_bytes() != requirements.read_bytes():
        print(f"{peer}: installing its packages", file=sys.stderr, flush=True)
        venv.create(folder, clear=True, with_pip=True)
        install = ["-m", "pip", "install", "-qq", "--requirement", str(requirements)]
        subprocess.run([python, *install], check=True, stdout=sys.stderr)
        # Written last: an installation that was cut short is done again.
        shutil.copyfile(requirements, stamp)
    return python


def run_peer(peer: str, python: Path, folder: Path) -> None:
    """Run a peer on the task in `folder`. Raises CalledProcessError; what it printed is in log.txt.

    It runs from the repository's root, where it finds this package and nothing of safezone.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with (folder / "log.txt").open("wb") as log:
        subprocess.run(
            [python, "-m", f"bench.quality.peers.{peer}", folder.resolve()],
            cwd=ROOT,
            env={**inherited, **OFFLINE},
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
        )
