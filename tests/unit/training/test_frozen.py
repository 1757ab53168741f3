"""Fitting on an encoder as it comes: every row is scored by heads that never saw it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from safezone.corpus.records import Record
from safezone.model.encoders.debug import DebugEncoder
from safezone.model.lexical import LexicalView
from safezone.model.reading import document_vectors
from safezone.taxonomy import Taxonomy
from safezone.training.embed import embed
from safezone.training.fitted import Fitted
from safezone.training.frozen import fit_frozen, frozen_views
from safezone.training.linear import HeadSettings, Views, fit_heads
from safezone.training.material import Material
from safezone.training.settings import TrainingSettings

SETTINGS = TrainingSettings(folds=3, heads=HeadSettings(max_terms=500, min_documents=2))


@pytest.fixture(scope="module", autouse=True)
def _on_one_core() -> Iterator[None]:
    with joblib.parallel_config(backend="sequential"), threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def material(fixture_records: list[Record], taxonomy: Taxonomy) -> Material:
    return Material.of(fixture_records[:60], fixture_records[60:], taxonomy)


@pytest.fixture(scope="module")
def views(material: Material) -> tuple[Views, LexicalView]:
    return frozen_views(DebugEncoder(), material, SETTINGS.heads)


@pytest.fixture(scope="module")
def fitted(material: Material, views: tuple[Views, LexicalView]) -> Fitted:
    return fit_frozen(DebugEncoder(), *views, material, SETTINGS)


def test_the_views_are_plain_means_and_terms_of_every_text(
    material: Material, views: tuple[Views, LexicalView], tmp_path: Path
) -> None:
    both, lexical = views
    np.testing.assert_array_equal(both.vectors, embed(DebugEncoder(), material.texts))
    assert both.terms.shape == (len(material.records), len(lexical.terms)) == (96, 500)
    assert abs(both.terms - lexical.transform(material.documents)).max() == 0
    again, _ = frozen_views(DebugEncoder(), material, SETTINGS.heads, tmp_path / "cache")
    np.testing.assert_array_equal(again.vectors, both.vectors)
    assert (tmp_path / "cache").is_dir()


def test_heads_are_fitted_on_all_rows(
    material: Material, views: tuple[Views, LexicalView], fitted: Fitted
) -> None:
    heads = fit_heads(views[0], material.targets, SETTINGS.heads)
    np.testing.assert_array_equal(fitted.heads.dense, heads.dense)
    np.testing.assert_array_equal(fitted.heads.sparse, heads.sparse)


def test_log_odds_are_of_heads_that_had_not_seen_the_row(
    material: Material, views: tuple[Views, LexicalView], fitted: Fitted
) -> None:
    assert fitted.unseen.tolist() == list(range(96))
    assert set(fitted.folds.tolist()) == {0, 1, 2}
    own = fitted.folds == 1
    others = fit_heads(views[0].rows(~own), material.targets.rows(~own), SETTINGS.heads)
    expected = others.log_odds(views[0].vectors[own, None], views[0].terms[own])
    np.testing.assert_allclose(fitted.log_odds[own], expected, rtol=0, atol=1e-9)
    whole = fitted.heads.log_odds(views[0].vectors[:, None], views[0].terms)
    assert np.abs(whole - fitted.log_odds).max() > 0.1


def test_a_rows_own_label_has_no_part_in_its_log_odds(
    material: Material, views: tuple[Views, LexicalView], fitted: Fitted
) -> None:
    """Of the second axis, since folds are balanced over the first."""
    row = 7
    levels = material.records[row].levels
    assert levels
    turned = replace(
        material.records[row], levels=(levels[0], 2 if levels[1] == 0 else 0, *levels[2:])
    )
    records = [turned if n == row else record for n, record in enumerate(material.records)]
    other = Material.of(records[:60], records[60:], material.taxonomy)
    found = fit_frozen(DebugEncoder(), *views, other, SETTINGS)
    np.testing.assert_array_equal(found.log_odds[row], fitted.log_odds[row])
    assert not np.array_equal(found.log_odds, fitted.log_odds)


def test_serving_reads_what_was_fitted_on(
    material: Material, views: tuple[Views, LexicalView], fitted: Fitted
) -> None:
    """One query of zeros is the plain mean; the encoder is no part of the bundle."""
    vectors = document_vectors(fitted.encoder, material.documents, fitted.queries)
    assert vectors.shape == (96, 1, 64)
    np.testing.assert_allclose(vectors[:, 0], views[0].vectors, rtol=0, atol=1e-6)
    assert fitted.files == {}
