"""A threshold with a guaranteed miss rate, from a funder's own labelled cases."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil, log

import numpy as np
from mapie.risk_control import BinaryClassificationController
from numpy.typing import NDArray

from safezone.assessment.simulation import Findings
from safezone.model.heads import Doubles
from safezone.policy.decide import at_least
from safezone.policy.profile import Policy
from safezone.taxonomy import Taxonomy

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


@dataclass(frozen=True, slots=True)
class LevelGuarantee(Guarantee):
    """The guarantee of reaching a `level` of an `axis`."""

    axis: str
    level: str


def guarantees_of(
    policies: Sequence[Policy],
    cases: Sequence[Findings],
    labels: Sequence[Mapping[str, str]],
    taxonomy: Taxonomy,
    miss_rate: float,
    confidence: float,
) -> list[LevelGuarantee]:
    """For each level that one of the policies flags everywhere, in the order of the taxonomy.

    `labels` are the true levels of the cases by axis.
    """
    flagged = {(axis, rule.level) for policy in policies for axis, rule in policy.flag.items()}
    found = []
    for axis in taxonomy.axes:
        ranks = {level: rank for rank, level in enumerate(axis.level_ids)}
        for level in (level for level in axis.level_ids if (axis.id, level) in flagged):
            # What the model cannot judge goes to a person, so it is never missed.
            probabilities = [
                at_least(case.axes[axis.id], axis.level_ids, level) if case.axes else 1.0
                for case in cases
            ]
            reaches = [ranks[of[axis.id]] >= ranks[level] for of in labels]
            guarantee = guaranteed_threshold(
                np.array(probabilities), np.array(reaches, dtype=bool), miss_rate, confidence
            )
            found.append(LevelGuarantee(**asdict(guarantee), axis=axis.id, level=level))
    return found


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
