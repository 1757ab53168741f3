"""What importing the package costs."""

import subprocess
import sys

import pytest

import safezone


def imported_by(statement: str) -> set[str]:
    """Top-level modules there are after a statement in a fresh interpreter."""
    code = f"{statement}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(result.stdout.split())


def test_the_client_needs_neither_the_model_nor_the_service() -> None:
    heavy = {
        *("numpy", "scipy", "sklearn", "onnxruntime", "tokenizers", "torch", "pyarrow"),
        *("fastapi", "starlette", "pydantic", "sqlalchemy", "limits"),
    }
    imported = imported_by("from safezone.client import SafezoneClient, webhooks")
    assert {"safezone", "httpx"} <= imported
    assert imported & heavy == set()


def test_the_package_gives_what_it_names() -> None:
    for name in safezone.__all__:
        assert getattr(safezone, name).__name__ == name
        assert name in dir(safezone)
    assert "numpy" in imported_by("from safezone import Proposal, load_assessor")


def test_it_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError, match="'nonsense'"):
        safezone.nonsense  # type: ignore[attr-defined]  # noqa: B018
