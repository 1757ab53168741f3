"""How good predictions are, in the field's own measures, with bootstrap intervals."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    cohen_kappa_score,
    f1_score,
    roc_auc_score,
)

from safezone.model.heads import Doubles
from safezone.model.predictor import AxisPrediction

Levels = NDArray[np.int64]
_BINS = 10


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value and its bootstrap 95% interval (percentiles over resampled rows).

    None where the rows, or no resample of them, can give the measure: AUROC needs two classes.
    """

    value: float | None
    low: float | None
    high: float | None


def quadratic_weighted_kappa(levels: Levels, prediction: AxisPrediction) -> float:
    """Cohen's kappa with quadratic weights (Cohen, 1968): 1 is agreement, 0 is chance."""
    if len(set(levels.tolist()) | set(prediction.levels.tolist())) == 1:
        return 1.0
    return float(cohen_kappa_score(levels, prediction.levels, weights="quadratic"))


def macro_f1(levels: Levels, prediction: AxisPrediction) -> float:
    """Mean of the levels' F1, levels absent from both sides left out."""
    return float(f1_score(levels, prediction.levels, average="macro"))


def top_auroc(levels: Levels, prediction: AxisPrediction) -> float:
    """Area under the ROC curve of 'top level against the rest'; NaN with one class only."""
    is_top = levels == prediction.probabilities.shape[1] - 1
    if is_top.all() or not is_top.any():
        return float("nan")
    return float(roc_auc_score(is_top, prediction.probabilities[:, -1]))


def top_average_precision(levels: Levels, prediction: AxisPrediction) -> float:
    """Average precision of 'top level against the rest'; NaN without a top level."""
    is_top = levels == prediction.probabilities.shape[1] - 1
    if not is_top.any():
        return float("nan")
    return float(average_precision_score(is_top, prediction.probabilities[:, -1]))


def brier_score(levels: Levels, prediction: AxisPrediction) -> float:
    """Multiclass Brier score (Brier, 1950): mean squared distance to the true level, 0 to 2."""
    return float(
        brier_score_loss(
            levels,
            prediction.probabilities,
            labels=np.arange(prediction.probabilities.shape[1]),
            scale_by_half=False,
        )
    )


def expected_calibration_error(levels: Levels, prediction: AxisPrediction) -> float:
    """Top-label expected calibration error over ten bins of equal mass, 0 to 1.

    The confidence is the probability of the most probable level (Guo et al., 2017; equal-mass bins
    after Nixon et al., 2019). Small samples have a positive error even when calibration is perfect.
    """
    confidence = prediction.probabilities.max(axis=1)
    correct = prediction.probabilities.argmax(axis=1) == levels
    order = np.argsort(confidence, kind="stable")
    return float(
        sum(
            abs(correct[rows].mean() - confidence[rows].mean()) * len(rows) / len(levels)
            for rows in np.array_split(order, min(_BINS, len(levels)))
        )
    )


def log_loss(levels: Levels, prediction: AxisPrediction) -> float:
    """Mean negative logarithm of the true level's probability, 0 or more; 0 bounded at 1e-6."""
    true = prediction.probabilities[np.arange(len(levels)), levels]
    return float(-np.log(np.maximum(true, 1e-6)).mean())


def accuracy_at_80(levels: Levels, prediction: AxisPrediction) -> float:
    """Accuracy among the 80% of answers that the model is surest of (El-Yaniv & Wiener, 2010).

    Surest by the probability of the named level; the others would be handed to a person.
    """
    return float(selective_accuracy(levels, prediction)[max(1, round(0.8 * len(levels))) - 1])


def selective_accuracy(levels: Levels, prediction: AxisPrediction) -> Doubles:
    """Accuracy among the surest 1, 2, … n answers: the risk-coverage curve, shape (n,)."""
    confidence = prediction.probabilities[np.arange(len(levels)), prediction.levels]
    order = np.argsort(-confidence, kind="stable")
    right = (prediction.levels == levels)[order]
    accuracy: Doubles = np.cumsum(right) / np.arange(1, len(levels) + 1)
    return accuracy


def coverage(levels: Levels, prediction: AxisPrediction) -> float:
    """The share of rows whose true level is in the prediction set."""
    return float(prediction.sets[np.arange(len(levels)), levels].mean())


def mean_set_size(_: Levels, prediction: AxisPrediction) -> float:
    """The mean number of levels in a prediction set."""
    return float(prediction.sets.sum(axis=1).mean())


def abstention_rate(_: Levels, prediction: AxisPrediction) -> float:
    """The share of rows whose prediction set holds more than one level."""
    return float((prediction.sets.sum(axis=1) > 1).mean())


AXIS_METRICS: dict[str, Callable[[Levels, AxisPrediction], float]] = {
    "quadratic_weighted_kappa": quadratic_weighted_kappa,
    "macro_f1": macro_f1,
    "top_auroc": top_auroc,
    "top_average_precision": top_average_precision,
    "brier_score": brier_score,
    "log_loss": log_loss,
    "expected_calibration_error": expected_calibration_error,
    "accuracy_at_80": accuracy_at_80,
    "coverage": coverage,
    "mean_set_size": mean_set_size,
    "abstention_rate": abstention_rate,
}


def area_hits(areas: list[tuple[int, ...]], probabilities: Doubles, top: int) -> NDArray[np.bool_]:
    """For each row, whether its primary area is among the `top` most probable ones."""
    ranked = np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
    primary = np.array([of_row[0] for of_row in areas])
    return np.asarray((ranked == primary[:, None]).any(axis=1))


def bootstrap(
    measure: Callable[[NDArray[np.int64]], float], rows: int, resamples: int, seed: int = 0
) -> dict[str, float | None]:
    """`measure` of all rows and its 95% interval over resamples of the rows, as plain data."""
    generator = np.random.default_rng(seed)
    samples = [measure(generator.integers(0, rows, rows)) for _ in range(resamples)]
    value = measure(np.arange(rows))
    if np.isnan(value):
        return asdict(Estimate(None, None, None))
    if np.isnan(samples).all():
        return asdict(Estimate(round(value, 4), None, None))
    low, high = np.nanpercentile(samples, [2.5, 97.5])
    return asdict(Estimate(round(value, 4), round(float(low), 4), round(float(high), 4)))


def select(prediction: AxisPrediction, rows: NDArray[np.int64]) -> AxisPrediction:
    """The prediction of some rows."""
    return AxisPrediction(
        prediction.probabilities[rows], prediction.levels[rows], prediction.sets[rows]
    )
