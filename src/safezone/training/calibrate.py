"""Calibration and conformal quantiles, from log-odds of rows that the heads had not seen."""

import numpy as np
from mapie.conformity_scores import LACConformityScore
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log1p
from threadpoolctl import threadpool_limits

from safezone.model.heads import Doubles, PlattScaling
from safezone.training.targets import Targets

# Slopes stay positive, so that calibration never turns an order around.
_LEAST_SLOPE = 1e-3


def fit_platt(log_odds: Doubles, targets: Targets) -> PlattScaling:
    """Platt scaling of each head (Platt, 1999), with his targets that keep away from 0 and 1.

    `log_odds` has shape (n, heads), that of the targets.
    """
    # Sums of a few thousand numbers: more threads only wait for each other.
    with threadpool_limits(1):
        pairs = np.array(
            [
                _fit_one(log_odds[used, head], targets.reached[used, head])
                for head, used in enumerate(targets.used.T)
            ]
        )
    return PlattScaling(slope=pairs[:, 0], offset=pairs[:, 1])


def _fit_one(log_odds: Doubles, reached: NDArray[np.bool_]) -> tuple[float, float]:
    positives, negatives = int(reached.sum()), int((~reached).sum())
    targets = np.where(reached, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(pair: Doubles) -> tuple[float, Doubles]:
        z = pair[0] * log_odds + pair[1]
        # log(1 + e^z) - t z, without overflow
        value = np.maximum(z, 0) + log1p(np.exp(-np.abs(z))) - targets * z
        slope = expit(z) - targets
        return float(value.mean()), np.array([(slope * log_odds).mean(), slope.mean()])

    found = minimize(
        loss,
        np.array([1.0, 0.0]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(_LEAST_SLOPE, None), (None, None)],
    )
    return float(found.x[0]), float(found.x[1])


def log_losses(log_odds: Doubles, targets: Targets) -> Doubles:
    """The mean log loss of each head over the rows that it is used on, shape (heads,)."""
    # log(1 + e^z) - t z, without overflow
    of_each = np.logaddexp(0.0, log_odds) - targets.reached * log_odds
    losses: Doubles = (of_each * targets.used).sum(axis=0) / targets.used.sum(axis=0)
    return losses


def cross_fitted_probabilities(
    log_odds: Doubles, targets: Targets, folds: NDArray[np.int64]
) -> Doubles:
    """Calibrated probabilities of each row by a calibrator that had not seen its fold."""
    out = np.empty_like(log_odds)
    for fold in np.unique(folds):
        held_out = folds == fold
        calibration = fit_platt(log_odds[~held_out], targets.rows(~held_out))
        out[held_out] = calibration.probabilities(log_odds[held_out])
    return out


def conformal_quantile(probabilities: Doubles, levels: NDArray[np.int64], coverage: float) -> float:
    """The quantile of 1 - P(true level) for prediction sets of the stated coverage, by MAPIE.

    `probabilities` has shape (n, levels). At most 1; 1 where there are too few rows to exclude
    anything at that coverage.
    """
    if np.ceil((len(levels) + 1) * coverage) > len(levels):
        return 1.0
    lac = LACConformityScore()
    scores = lac.get_conformity_scores(levels, probabilities, y_enc=levels)
    quantile = lac.get_conformity_score_quantiles(scores, np.array([1.0 - coverage]), cv="prefit")
    return float(min(1.0, np.ravel(quantile)[0]))
