"""Fitting on an encoder as it comes: heads on both views, side by side, cross-fitted."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from safezone.model.lexical import LexicalView
from safezone.model.ports import Encoder
from safezone.model.precedents import precedent_vector
from safezone.training.embed import embed
from safezone.training.fitted import Fitted
from safezone.training.linear import HeadSettings, Views, cross_fit, fit_heads
from safezone.training.material import Material
from safezone.training.precedents import precedent_rows
from safezone.training.settings import TrainingSettings


def frozen_views(
    encoder: Encoder,
    material: Material,
    settings: HeadSettings,
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Views, LexicalView]:
    """Both views of the texts, and the lexical one itself."""
    vectors = embed(encoder, material.texts, cache, progress)
    lexical = LexicalView.fit(material.documents, settings.max_terms, settings.min_documents)
    return Views(vectors, lexical.transform(material.documents)), lexical


def fit_frozen(
    encoder: Encoder,
    views: Views,
    lexical: LexicalView,
    material: Material,
    settings: TrainingSettings,
) -> Fitted:
    """In each fold, heads are fitted on the other folds and score this one, so that every row has
    log-odds from heads that never saw it; the heads themselves are then fitted on all rows.
    """
    rows = np.arange(len(material.records))
    folds = material.folds(settings.folds, settings.seed, rows)
    shown = precedent_rows(material)
    return Fitted(
        encoder=encoder,
        lexical=lexical,
        queries=np.zeros((1, encoder.info.dimension), dtype=np.float32),
        heads=fit_heads(views, material.targets, settings.heads),
        unseen=rows,
        log_odds=cross_fit(views, material.targets, folds, settings.heads),
        folds=folds,
        precedent_rows=shown,
        precedents=precedent_vector(views.vectors[shown][:, None]),
    )
