"""A threshold with a guaranteed miss rate, from a funder's own labelled cases."""

import warnings
from dataclasses import dataclass
from math import ceil, log

import numpy as np
from mapie.risk_control import BinaryClassificationController
from numpy.typing import NDArray

from safezone.model.heads import Doubles

# From the strictest on, in steps of a hundredth.
_THRESHOLDS = np.linspace(0.0, 0.99, 100)


@dataclass(frozen=True, slots=True)
class Guarantee:
    """The largest threshold at which the miss rate is at most as asked, with the confidence asked.

    `threshold` is None where these cases cannot show that: of the `reaching` cases too many are
    missed at any threshold, or there are fewer than the `needed`, with which it would be shown if
    none was missed.
    """

    threshold: float | None
    reaching: int
    needed: int


def guaranteed_threshold(
    probabilities: Doubles, reaches: NDArray[np.bool_], miss_rate: float, confidence: float
) -> Guarantee:
    """Learn then Test (Angelopoulos et al., 2021), by MAPIE.

    `probabilities` of reaching a level and whether each case does, both of shape (n,). Thresholds
    are tested from the strictest on, each at the full level (fixed-sequence testing): a case is
    flagged from the threshold on, so misses only grow with it. The guarantee is over draws of cases
    like these; `miss_rate` and `confidence` lie between 0 and 1.
    """
    needed = ceil(log(1 - confidence) / log(1 - miss_rate))
    reaching = int(reaches.sum())
    if reaching < needed:
        return Guarantee(None, reaching, needed)
    controller = BinaryClassificationController(
        lambda rows: np.hstack([1 - rows, rows]),
        risk="recall",
        target_level=1 - miss_rate,
        confidence_level=confidence,
        list_predict_params=_THRESHOLDS,
        fwer_method="fixed_sequence",
    )
    with warnings.catch_warnings():
        # That all thresholds, or none, will do is no fault.
        warnings.simplefilter("ignore", UserWarning)
        controller.calibrate(probabilities.reshape(-1, 1), reaches.astype(int))
    valid = np.atleast_1d(np.asarray(controller.valid_predict_params, dtype=float))
    return Guarantee(float(valid.max()) if valid.size else None, reaching, needed)
