"""Fits the linear heads on the two views, in scikit-learn."""

from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from safezone.model.heads import Doubles, LinearHeads
from safezone.model.ports import Floats
from safezone.training.targets import Targets


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """`strength` is scikit-learn's C for the axes and areas; `dense_weight` the length that the
    standardised vectors have beside the terms' unit length, which sets how strongly each view is
    regularised; `max_terms` and `min_documents` bound the vocabulary.
    """

    strength: float = 5.0
    dense_weight: float = 1.5
    max_terms: int = 20_000
    min_documents: int = 4


@dataclass(frozen=True)
class Views:
    """Both views of n texts: `vectors` (n, dimension) and `terms` (n, terms)."""

    vectors: Floats
    terms: csr_matrix

    def rows(self, chosen: NDArray[np.bool_]) -> "Views":
        return Views(self.vectors[chosen], self.terms[chosen])


def fit_heads(
    views: Views, targets: Targets, settings: HeadSettings, jobs: int = -1
) -> LinearHeads:
    """One logistic regression a head, on the rows that teach it.

    A head with only one class among its rows becomes a constant at its rate (with one added to
    each count). Deterministic: the solver has no random part, and each head is fitted alone.
    """
    vectors = views.vectors.astype(np.float64)
    mean = vectors.mean(axis=0)
    scale = (vectors.std(axis=0) + 1e-6) * np.sqrt(vectors.shape[1]) / settings.dense_weight
    features = hstack([csr_matrix((vectors - mean) / scale), views.terms], format="csr")
    weights, constants = _fit(features, targets, settings.strength, jobs)
    dimension = vectors.shape[1]
    dense = weights[:dimension] / scale[:, None]
    return LinearHeads(
        dense=dense.astype(np.float32),
        sparse=weights[dimension:].astype(np.float32),
        query=np.zeros(len(constants), dtype=np.int64),
        centre=(mean @ dense).astype(np.float32),
        baseline=constants.astype(np.float32),
    )


def fit_lexical_heads(
    terms: csr_matrix, targets: Targets, settings: HeadSettings, jobs: int = -1
) -> tuple[Floats, Floats]:
    """The same on the terms alone: weights (terms, heads) and log-odds without a term (heads,)."""
    weights, constants = _fit(terms, targets, settings.strength, jobs)
    return weights.astype(np.float32), constants.astype(np.float32)


def _fit(
    features: csr_matrix, targets: Targets, strength: float, jobs: int
) -> tuple[Doubles, Doubles]:
    # Large matrices reach the workers as read-only memory, in which they cannot sort by themselves.
    features = features.sorted_indices()
    fitted = Parallel(n_jobs=jobs)(
        delayed(_fit_head)(
            features if used.all() else features[used], targets.reached[used, head], strength
        )
        for head, used in enumerate(targets.used.T)
    )
    return (
        np.stack([weight for weight, _ in fitted], axis=1),
        np.array([constant for _, constant in fitted]),
    )


def cross_fit(
    views: Views,
    targets: Targets,
    folds: NDArray[np.int64],
    settings: HeadSettings,
    teaching: NDArray[np.bool_] | None = None,
) -> Doubles:
    """Log-odds of every row, shape (n, heads), by heads fitted on the other folds' rows.

    `teaching` says which rows may be fitted on at all; default: every row.
    """
    log_odds = np.empty(targets.reached.shape)
    for fold in np.unique(folds):
        held_out = folds == fold
        others = ~held_out if teaching is None else teaching & ~held_out
        heads = fit_heads(views.rows(others), targets.rows(others), settings)
        log_odds[held_out] = heads.log_odds(views.vectors[held_out, None], views.terms[held_out])
    return log_odds


def _fit_head(
    features: csr_matrix, targets: NDArray[np.bool_], strength: float
) -> tuple[Doubles, float]:
    positives = int(targets.sum())
    negatives = len(targets) - positives
    if positives == 0 or negatives == 0:
        return np.zeros(features.shape[1]), float(np.log((positives + 1) / (negatives + 1)))
    model = LogisticRegression(C=strength, solver="liblinear", max_iter=1000)
    model.fit(features, targets)
    return model.coef_[0], float(model.intercept_[0])
