"""What the package imports, and for what."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import safezone
from safezone.store.engine import open_engine
from safezone.store.schema import upgrade

# What only training, the audit and the tests use.
TRAINING = {
    *("torch", "sentence_transformers", "transformers", "onnx", "onnxscript", "nncf"),
    *("matplotlib", "mapie", "datasketch", "requests", "sklearn"),
}
# What only reading texts, serving, files and migrations use.
HEAVY = {
    *("numpy", "scipy", "sklearn", "joblib", "onnxruntime", "openvino", "tokenizers", "py3langid"),
    *("fastapi", "uvicorn", "limits", "pyarrow", "xlsxwriter", "httpx", "alembic"),
}
SERVE = """
from safezone import Proposal, load_assessor
from safezone.api.app import create_app
from safezone.api.service import open_service
from safezone.config import read_settings
assessor = load_assessor()
abstract = "We date ice cores from a public archive and publish every measurement. " * 5
[assessment] = assessor.assess([Proposal(abstract)], explain=True)
assert not assessment.abstained
create_app(open_service(read_settings(), assessor))
"""
COMMAND = "from safezone.cli.main import app; app({arguments}, standalone_mode=False)"


def imported_by(statement: str, **environment: str) -> set[str]:
    """Top-level modules there are after a statement in a fresh interpreter.

    A module that was found missing, or is kept from being imported, is not among them.
    """
    code = (
        f"{statement}\nimport sys\n"
        "print(*{name.partition('.')[0] for name, found in sys.modules.items() if found})"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return set(result.stdout.splitlines()[-1].split())


@pytest.fixture
def store(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'safezone.db'}"
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    return url


def test_serving_needs_nothing_of_training_or_of_files(store: str) -> None:
    imported = imported_by(SERVE, SAFEZONE_STORE=store)
    assert {"fastapi", "numpy", "tokenizers"} <= imported
    assert imported & (TRAINING | {"pyarrow", "xlsxwriter", "httpx", "alembic"}) == set()


def test_asking_for_help_needs_neither_the_model_nor_the_store() -> None:
    imported = imported_by(COMMAND.format(arguments=["--help"]))
    assert {"safezone", "typer"} <= imported
    assert imported & (TRAINING | HEAVY | {"sqlalchemy", "pydantic"}) == set()


def test_listing_keys_does_not_need_the_model(store: str) -> None:
    imported = imported_by(COMMAND.format(arguments=["keys", "list"]), SAFEZONE_STORE=store)
    assert "sqlalchemy" in imported
    # Settings need `limits`, to say what is wrong with a rate.
    assert imported & (TRAINING | HEAVY - {"limits"}) == set()


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
