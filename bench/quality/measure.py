"""What the comparison measures, of every system on the same rows, with bootstrap 95% intervals."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from bench.quality.systems import System

from safezone.corpus.records import Record
from safezone.taxonomy import Taxonomy
from safezone.training.evaluate import true_levels
from safezone.training.metrics import AXIS_METRICS, bootstrap, quadratic_weighted_kappa, select
from safezone.training.pairs import evaluate_pairs

# Those that read levels alone, then those that read probabilities.
OF_LEVELS = ("quadratic_weighted_kappa", "macro_f1")
OF_PROBABILITIES = ("top_auroc", "brier_score", "expected_calibration_error")

Report = dict[str, Any]


def measure(
    system: System,
    chosen: slice,
    records: Sequence[Record],
    taxonomy: Taxonomy,
    reference: System | None,
    resamples: int,
) -> Report:
    """One system on the `records`, which are the `chosen` ones of those that it answered for.

    `axes` holds the measures by axis, without those of probabilities where it gives none; `pairs`
    the contrast pairs among the records; `behind` by how much its kappa is below the one of
    `reference`, on the same resamples of the rows, which says more than two intervals side by side.
    """
    rows = np.arange(len(next(iter(system.axes.values())).levels))[chosen]
    mine = {axis: select(prediction, rows) for axis, prediction in system.axes.items()}
    levels = true_levels(records)
    names = OF_LEVELS + (OF_PROBABILITIES if system.probabilistic else ())
    report: Report = {"axes": {}, "behind": {}}
    with warnings.catch_warnings():
        # A resample may lack a level; the measures say what they do then.
        warnings.simplefilter("ignore")
        for column, axis in enumerate(taxonomy.axes):
            truth, prediction = levels[:, column], mine[axis.id]
            report["axes"][axis.id] = {
                name: bootstrap(
                    lambda i, of=AXIS_METRICS[name], t=truth, p=prediction: of(t[i], select(p, i)),  # type: ignore[misc]
                    len(records),
                    resamples,
                )
                for name in names
            }
            if reference is None or reference is system:
                continue
            theirs = select(reference.axes[axis.id], rows)
            report["behind"][axis.id] = bootstrap(
                lambda i, t=truth, p=prediction, r=theirs: (  # type: ignore[misc]
                    quadratic_weighted_kappa(t[i], select(r, i))
                    - quadratic_weighted_kappa(t[i], select(p, i))
                ),
                len(records),
                resamples,
            )
        report["pairs"] = evaluate_pairs(records, mine, taxonomy, resamples)
    return report
