"""OpenVINO tells its makers when it is imported; here it may not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("openvino", reason="OpenVINO is not installed on this kind of machine")

# Stands in for the package that reports, and leaves a trace when it is asked to.
REPORTER = """
from pathlib import Path

Path({trace!r}).touch()
raise ImportError("only asked")
"""


def _reports(statement: str, folder: Path) -> bool:
    package = folder / "openvino_telemetry"
    package.mkdir()
    trace = folder / "trace"
    (package / "__init__.py").write_text(REPORTER.format(trace=str(trace)))
    subprocess.run(
        [sys.executable, "-c", statement],
        env={**os.environ, "PYTHONPATH": str(folder)},
        check=True,
        timeout=120,
    )
    return trace.exists()


def test_importing_our_encoder_asks_for_no_report(tmp_path: Path) -> None:
    assert not _reports("import safezone.model.encoders.openvino", tmp_path)


def test_importing_openvino_itself_would(tmp_path: Path) -> None:
    assert _reports("import openvino", tmp_path)
