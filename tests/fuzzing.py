"""Requests made from a service's own OpenAPI document, valid and invalid, by schemathesis."""

import subprocess
import sys
from pathlib import Path

_FUZZER = Path(sys.executable).with_name("schemathesis")
_CONFIG = Path(__file__).parent / "api" / "schemathesis.toml"
_OPERATIONS = 17


def fuzz(url: str, folder: Path, *options: str) -> None:
    """Sees that every operation answers as documented: statuses, schemas, headers, no 500."""
    result = subprocess.run(
        [
            *(_FUZZER, "--config-file", _CONFIG, "run", f"{url}/openapi.json"),
            *("--seed", "1", "--no-color", *options),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout
    assert f"Selected: {_OPERATIONS}/{_OPERATIONS}" in result.stdout
