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


def test_an_audit_stands_in_the_card_with_the_goals_that_were_missed(
    bundle: Bundle, taxonomy: Taxonomy
) -> None:
    goals = [
        {"part": "attacks", "name": "padding, front", "value": 0.05, "bound": 0.02,
         "at_least": False, "met": False},
        {"part": "faithfulness", "name": "data_use", "value": 0.95, "bound": 0.9,
         "at_least": True, "met": True},
        {"part": "attacks", "name": "leetspeak", "value": None, "bound": 0.02,
         "at_least": False, "met": None},
    ]  # fmt: skip
    audited = {**bundle.metrics, "audit": {"texts": 1200, "goals": goals}}
    card = render_card(bundle.manifest, audited, taxonomy)
    assert "on 1,200 texts: 1 of 2 goals are met" in card
    assert "- attacks, padding, front: 0.05, the goal is at most 0.02" in card
    assert "leetspeak" not in card
    assert "safezone audit" not in bundle.card


def test_sources_with_enough_records_have_measures_of_their_own(
    bundle: Bundle, taxonomy: Taxonomy
) -> None:
    measured = {
        axis.id: {
            "quadratic_weighted_kappa": 0.5,
            "expected_calibration_error": 0.25,
            "coverage": 0.875,
        }
        for axis in taxonomy.axes
    }
    groups = {
        "awards": {"rows": 1234, "levels_right": 0.9, "axes": measured},
        "few": {"rows": 7, "levels_right": 0.9},
    }
    card = render_card(bundle.manifest, {**bundle.metrics, "by_source": groups}, taxonomy)
    assert "| awards | 1,234 | 0.50 / 0.25 / 88% |" in card
    assert "| few |" not in card
