"""Prediction sets at a stated coverage."""

import numpy as np
from numpy.typing import NDArray

from safezone.model.heads import Doubles, ordinal_level


def prediction_sets(probabilities: Doubles, quantile: float) -> NDArray[np.bool_]:
    """Which levels are not excluded, shape (n, levels).

    A level stays in when 1 - its probability is at most `quantile`, the conformal quantile of the
    same score over held-out rows (Sadinle, Lei and Wasserman, 2019). Two additions can only
    enlarge a set, so coverage is kept: the level named is always in, and so is every level
    between two that are, because levels are ordered.
    """
    # A tolerance for the rounding of 1 - p, which can only enlarge a set.
    inside = 1.0 - probabilities <= quantile + 1e-12
    inside[np.arange(len(inside)), ordinal_level(probabilities)] = True
    from_left = np.logical_or.accumulate(inside, axis=1)
    from_right = np.logical_or.accumulate(inside[:, ::-1], axis=1)[:, ::-1]
    return from_left & from_right
