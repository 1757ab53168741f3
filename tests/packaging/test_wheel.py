"""The wheel is the whole product: it carries the shipped model and works away from the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from safezone.bootstrap import DEFAULT_MODEL

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content in a folder of its own."""
    scratch = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
            "--wheel-dir", str(scratch), str(ROOT),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    [wheel] = scratch.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(scratch / "site")
    return scratch / "site"


def test_data_files_are_inside(installed: Path) -> None:
    for file in (
        *("py.typed", "taxonomy/data/axes.toml", "taxonomy/data/lists.toml"),
        *("policy/profiles/default.toml", "policy/data/safeguards.toml", "text/data/spelling.txt"),
    ):
        assert (installed / "safezone" / file).is_file(), file
    assert (installed / "safezone" / "shipped_models" / DEFAULT_MODEL / "manifest.json").is_file()


def test_the_shipped_model_is_found_and_verified_away_from_the_checkout(
    installed: Path, tmp_path: Path
) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "safezone", "model", "show"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(installed), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert DEFAULT_MODEL in result.stdout
