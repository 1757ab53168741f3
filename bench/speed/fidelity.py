"""How far the product's levels and probabilities move with the arithmetic of its encoder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from safezone.model.predictor import AxisPrediction
from safezone.training.metrics import Levels, expected_calibration_error

# By axis, the number of the level that is named and the probabilities of all; None: it abstains.
Answer = Mapping[str, tuple[int, Sequence[float]]] | None


@dataclass(frozen=True, slots=True)
class Fidelity:
    """`flips` is the share of all levels that are others, an abstention counted as such; `ece` by
    how much the calibration error is greater, averaged over the axes, and `worst` of one axis, by
    its size. The two are None where no text is labelled.
    """

    texts: int
    flips: float
    ece: float | None
    worst: float | None


def fidelity(
    answers: Sequence[Answer],
    reference: Sequence[Answer],
    truth: Sequence[Sequence[int] | None],
    axes: Sequence[str],
) -> Fidelity:
    """How `answers` differ from those of `reference` to the same texts; `truth` has the levels'
    numbers in the order of the axes, or None for a text without.
    """
    pairs = list(zip(answers, reference, strict=True))
    read = [(ours, theirs) for ours, theirs in pairs if ours or theirs]
    same = sum(
        ours[axis][0] == theirs[axis][0]
        for ours, theirs in read
        if ours and theirs
        for axis in axes
    )
    flips = 1 - same / (len(read) * len(axes)) if read else 0.0
    labelled = [
        (ours, theirs, levels)
        for (ours, theirs), levels in zip(pairs, truth, strict=True)
        if ours and theirs and levels is not None
    ]
    if not labelled:
        return Fidelity(len(read), flips, None, None)
    differences = []
    for column, axis in enumerate(axes):
        true = np.array([levels[column] for _, _, levels in labelled])
        errors = _ece(true, [one[axis] for one, _, _ in labelled])
        differences.append(errors - _ece(true, [other[axis] for _, other, _ in labelled]))
    worst = max(differences, key=abs)
    return Fidelity(len(read), flips, float(np.mean(differences)), worst)


def _ece(truth: Levels, answers: Sequence[tuple[int, Sequence[float]]]) -> float:
    probabilities = np.array([probabilities for _, probabilities in answers])
    levels = np.array([level for level, _ in answers])
    sets = np.ones(probabilities.shape, dtype=np.bool_)
    return expected_calibration_error(truth, AxisPrediction(probabilities, levels, sets))
