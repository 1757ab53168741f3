"""A Python environment for each peer that needs packages the project does not have."""

import os
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Weights come from packages. No peer may look for others elsewhere, or send anything there.
_OFFLINE: Mapping[str, str] = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}


def variables(**more: str) -> dict[str, str]:
    """What a peer's process has in its environment: ours, but the path to our modules."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**inherited, **_OFFLINE, **more}


def python_of(
    peer: str, requirements: Path | None, work: Path, constraints: Path | None = None
) -> Path:
    """The interpreter that runs a peer; its environment is made under `work` or found there.

    Without `requirements` it is the project's own. Folders in them are seen from the repository's
    root. Raises CalledProcessError where a package cannot be installed.
    """
    if requirements is None:
        return Path(sys.executable)
    folder = work.absolute() / "environments" / peer
    python = folder / "bin" / "python"
    stamp = folder / "installed.txt"
    options = ["--requirement", str(requirements)]
    pins = requirements.read_bytes()
    if constraints is not None:
        options += ["--constraint", str(constraints)]
        pins += constraints.read_bytes()
    if not stamp.exists() or stamp.read_bytes() != pins:
        print(f"{peer}: installing its packages", file=sys.stderr, flush=True)
        venv.create(folder, clear=True, with_pip=True)
        install = [str(python), "-m", "pip", "install", "-qq", *options]
        subprocess.run(install, check=True, cwd=ROOT, stdout=sys.stderr)
        # Written last: an installation that was cut short is done again.
        stamp.write_bytes(pins)
    return python
