"""The model card, made from a bundle's manifest and metrics."""

import json
from pathlib import Path

import pytest

from safezone.model.bundle import Bundle, load_bundle
from safezone.taxonomy import Taxonomy
from safezone.text.cleaner import TEXT_VERSION
from safezone.training.card import render_card
from safezone.training.report import markdown_table


@pytest.fixture
def bundle(debug_bundle_path: Path, taxonomy: Taxonomy) -> Bundle:
    return load_bundle(
        debug_bundle_path, taxonomy_version=taxonomy.version, text_version=TEXT_VERSION
    )


def test_a_bundle_carries_the_card_of_its_manifest_and_metrics(
    bundle: Bundle, taxonomy: Taxonomy
) -> None:
    assert bundle.card == render_card(bundle.manifest, bundle.metrics, taxonomy)


def test_the_card_names_every_version_and_digest(bundle: Bundle, taxonomy: Taxonomy) -> None:
    manifest = bundle.manifest
    card = render_card(manifest, bundle.metrics, taxonomy)
    assert card.startswith(f"# Model card: {manifest.version}\n")
    assert f"Encoder: {manifest.encoder}, {manifest.encoder_dimension} dimensions" in card
    assert manifest.encoder_digest in card
    assert (
        f"Taxonomy {manifest.taxonomy_version}, text version {manifest.text_version}, "
        f"calibration {manifest.calibration_version}."
    ) in card


def test_the_card_says_what_the_model_was_made_of(bundle: Bundle, taxonomy: Taxonomy) -> None:
    training = {
        **bundle.manifest.training,
        "records": 4321,
        "records_sha256": "f" * 64,
        "sources": {"awards": 4000, "pitches": 321},
    }
    manifest = bundle.manifest.model_copy(update={"training": training, "coverage": 0.85})
    card = render_card(manifest, bundle.metrics, taxonomy)
    assert f"Records: 4,321, SHA-256 `{'f' * 64}`; by source: awards 4,000, pitches 321." in card
    assert "stated coverage 85%" in card
    assert f"each of {len(taxonomy.areas)} areas" in card
    assert f"`{json.dumps(training['settings'], sort_keys=True)}`" in card


def test_the_card_shows_all_measures(bundle: Bundle, taxonomy: Taxonomy) -> None:
    scope = {
        "research_abstracts": 96,
        "of_these_turned_away": 3,
        "other_texts": 80,
        "of_those_turned_away": 71,
    }
    card = render_card(bundle.manifest, {**bundle.metrics, "scope": scope}, taxonomy)
    assert markdown_table(bundle.metrics, taxonomy) in card
    assert bundle.metrics["measured_on"] in card
    assert "71 of 80 turned away; research abstracts:\n3 of 96 turned away" in card


def test_the_card_leaves_no_gap_unfilled(bundle: Bundle) -> None:
    assert "None" not in bundle.card
    assert "nan" not in bundle.card.split()
