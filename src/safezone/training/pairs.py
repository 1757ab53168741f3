"""Contrast pairs: are two texts told apart that share their words and not their label?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from safezone.corpus.records import Record
from safezone.model.predictor import AxisPrediction
from safezone.taxonomy import Taxonomy
from safezone.training.metrics import bootstrap


def evaluate_pairs(
    records: Sequence[Record],
    axes: Mapping[str, AxisPrediction],
    taxonomy: Taxonomy,
    resamples: int = 1000,
) -> dict[str, Any]:
    """By axis, over the pairs whose members' levels differ on it: how many `pairs`, the share with
    `all_right` (the level named is right for every member) and with `order_right` (the mean of the
    level numbers under the probabilities rises as the levels do). Empty without pairs.
    """
    members: dict[str, list[int]] = defaultdict(list)
    for row, record in enumerate(records):
        if record.pair is not None and record.levels is not None:
            members[record.pair].append(row)
    report = {}
    for column, axis in enumerate(taxonomy.axes):
        levels = np.array([record.levels[column] if record.levels else -1 for record in records])
        contrasts = [rows for rows in members.values() if len(set(levels[rows])) > 1]
        if not contrasts:
            continue
        right = axes[axis.id].levels == levels
        height = axes[axis.id].probabilities @ np.arange(len(axis.levels))
        shares = {
            "all_right": np.array([right[rows].all() for rows in contrasts]),
            "order_right": np.array([_rises(levels[rows], height[rows]) for rows in contrasts]),
        }
        report[axis.id] = {
            "pairs": len(contrasts),
            **{
                name: bootstrap(
                    lambda chosen, hits=hits: float(hits[chosen].mean()),  # type: ignore[misc]
                    len(contrasts),
                    resamples,
                )
                for name, hits in shares.items()
            },
        }
    return report


def _rises(levels: np.ndarray[Any, Any], height: np.ndarray[Any, Any]) -> bool:
    higher = levels[:, None] > levels[None, :]
    return bool((height[:, None] > height[None, :])[higher].all())
