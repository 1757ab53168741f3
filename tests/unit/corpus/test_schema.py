"""The form of our own records, and its JSON Schema."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from safezone.corpus.schema import record_model, record_schema
from safezone.taxonomy import Taxonomy

SCHEMA = Path(__file__).resolve().parents[3] / "training_data" / "schema.json"


@pytest.fixture
def row(taxonomy: Taxonomy) -> dict[str, Any]:
    labels = {axis.id: axis.level_ids[2] for axis in taxonomy.axes}
    return {
        "id": "own-1",
        "source": "own",
        "kind": "grant",
        "style": "theory",
        "title": "",
        "abstract": "a",
        "labels": labels,
        "areas": ["chemistry"],
        "pair": None,
        "tactic": None,
        "why": "so",
        "readers": [labels],
    }


def test_the_published_schema_is_the_one_that_is_enforced(taxonomy: Taxonomy) -> None:
    """Made by `safezone data schema > training_data/schema.json`."""
    assert json.loads(SCHEMA.read_text()) == record_schema(taxonomy)


def test_a_record_gives_its_levels(row: dict[str, Any], taxonomy: Taxonomy) -> None:
    record = record_model(taxonomy).model_validate(row)
    assert record.level("sensitivity") == "sensitive"
    assert record_model(taxonomy).model_validate({**row, "labels": None}).level("benefit") is None


def test_members_are_neither_guessed_nor_converted(row: dict[str, Any], taxonomy: Taxonomy) -> None:
    model = record_model(taxonomy)
    for name in row:
        with pytest.raises(ValidationError):
            model.model_validate({key: value for key, value in row.items() if key != name})
    with pytest.raises(ValidationError):
        model.model_validate({**row, "title": 3})
