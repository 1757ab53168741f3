"""Fixtures that every part of the tests shares."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from databases import postgres_server, postgres_url  # noqa: F401 - fixtures for everybody
from live_server import LiveServer, start_server, stop_server
from safezone.assessment import Assessor
from safezone.bootstrap import load_assessor, load_encoder
from safezone.config import read_settings
from safezone.corpus.records import Record, read_records
from safezone.model.bundle import save_bundle
from safezone.taxonomy import Taxonomy, load_taxonomy

REPOSITORY = Path(__file__).resolve().parents[1]
FIXTURES = REPOSITORY / "tests" / "fixtures"

# The same examples in every run: what fails in CI fails on every machine.
settings.register_profile("safezone", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("safezone")


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    """Variables of the developer's own shell must not steer the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.upper().startswith("SAFEZONE_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


@pytest.fixture(scope="session")
def fixture_records(taxonomy: Taxonomy) -> list[Record]:
    """The 96 labelled abstracts of our own that stand in tests/fixtures."""
    return read_records([FIXTURES / "abstracts.jsonl"], taxonomy)


@pytest.fixture(scope="session")
def out_of_scope_records(taxonomy: Taxonomy) -> list[Record]:
    """Texts of our own that are no research abstracts; no model is trained on them."""
    return read_records([FIXTURES / "out_of_scope.jsonl"], taxonomy)


@pytest.fixture(scope="session")
def debug_bundle_path(
    taxonomy: Taxonomy, fixture_records: list[Record], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A bundle on the debug encoder, trained once a session. Copy it before altering it."""
    # Here, because the libraries that only training needs take seconds to import.
    from safezone.training.fit import train
    from safezone.training.linear import HeadSettings
    from safezone.training.settings import TrainingSettings

    others = read_records([REPOSITORY / "training_data" / "out_of_scope.jsonl"], taxonomy)
    bundle = train(
        [*fixture_records, *others],
        name="debug",
        encoder=load_encoder(read_settings(encoder="debug")),
        taxonomy=taxonomy,
        settings=TrainingSettings(resamples=5, heads=HeadSettings(min_documents=2)),
    )
    path = tmp_path_factory.mktemp("models") / "debug"
    save_bundle(bundle, path)
    return path


@pytest.fixture(scope="session")
def debug_assessor(debug_bundle_path: Path) -> Assessor:
    """An assessor with the debug bundle and the default policy."""
    return load_assessor(read_settings(encoder="debug", model=debug_bundle_path))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of labelled public abstracts, which stands outside of the repository."""
    path = REPOSITORY.parent / "shared" / "data"
    if not path.is_dir():
        pytest.skip(f"the labelled public abstracts are not at {path}")
    return path


@pytest.fixture(scope="session")
def debug_server(
    debug_bundle_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    log = tmp_path_factory.mktemp("debug-server") / "log"
    # The tests send more in a minute than any caller may by default.
    server = start_server(
        log, "--encoder", "debug", "--model", str(debug_bundle_path), rate="1000000/minute"
    )
    yield server
    stop_server(server)


@pytest.fixture(scope="session")
def shipped_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    # With numbers that are those of every machine.
    server = start_server(tmp_path_factory.mktemp("shipped-server") / "log", runtime="onnx")
    yield server
    stop_server(server)
