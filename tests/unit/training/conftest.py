"""Records to train on: a sample, a supplement, and both as training reads them."""

from dataclasses import replace
from pathlib import Path

import pytest

from safezone.corpus.records import Record, read_records
from safezone.taxonomy import Taxonomy
from safezone.training.material import Material

OUT_OF_SCOPE = Path(__file__).resolve().parents[3] / "training_data" / "out_of_scope.jsonl"


@pytest.fixture(scope="session")
def sample(fixture_records: list[Record]) -> list[Record]:
    """Records of which three stand in it twice, as awards to several institutions do."""
    copies = [replace(record, id=f"{record.id} again") for record in fixture_records[:3]]
    return [*fixture_records[:80], *copies]


@pytest.fixture(scope="session")
def supplement(fixture_records: list[Record], taxonomy: Taxonomy) -> list[Record]:
    return [*fixture_records[80:], *read_records([OUT_OF_SCOPE], taxonomy)[:20]]


@pytest.fixture(scope="session")
def material(sample: list[Record], supplement: list[Record], taxonomy: Taxonomy) -> Material:
    return Material.of(sample, supplement, taxonomy)
