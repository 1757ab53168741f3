"""A model on the debug encoder, its bundle, and texts for it."""

from pathlib import Path

import pytest

from safezone.bootstrap import read_bundle
from safezone.config import read_settings
from safezone.corpus.records import Record
from safezone.model.bundle import Bundle
from safezone.model.encoders.debug import DebugEncoder
from safezone.model.predictor import Model
from safezone.taxonomy import Taxonomy
from safezone.text.prepare import PreparedText, prepare


@pytest.fixture(scope="module")
def bundle(debug_bundle_path: Path) -> Bundle:
    return read_bundle(read_settings(model=debug_bundle_path))


@pytest.fixture(scope="module")
def model(bundle: Bundle, taxonomy: Taxonomy) -> Model:
    return Model(bundle, DebugEncoder(), taxonomy)


@pytest.fixture(scope="module")
def texts(fixture_records: list[Record]) -> list[PreparedText]:
    return [prepare(record.title, record.abstract) for record in fixture_records[:12]]
