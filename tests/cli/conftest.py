"""What the commands' tests share."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from safezone.corpus.records import Record


@pytest.fixture
def debug(debug_bundle_path: Path) -> list[str]:
    return ["--encoder", "debug", "--model", str(debug_bundle_path)]


@pytest.fixture
def abstract(fixture_records: Sequence[Record]) -> str:
    return fixture_records[0].abstract
