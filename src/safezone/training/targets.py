"""What each head should say of each record."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safezone.corpus.records import Record
from safezone.errors import TrainingError
from safezone.model.predictor import head_names
from safezone.taxonomy import Taxonomy


@dataclass(frozen=True)
class Targets:
    """`reached`: the right answer of each head; `used`: whether a row teaches it; both (n, heads).

    Research abstracts teach every head, other texts only the last one, which tells them apart.
    """

    reached: NDArray[np.bool_]
    used: NDArray[np.bool_]

    def rows(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "Targets":
        return Targets(self.reached[chosen], self.used[chosen])


def make_targets(records: Sequence[Record], taxonomy: Taxonomy) -> Targets:
    """Targets in the order of `head_names`. Raises TrainingError when a level never occurs."""
    for column, axis in enumerate(taxonomy.axes):
        seen = {record.levels[column] for record in records if record.levels is not None}
        if missing := [level for n, level in enumerate(axis.level_ids) if n not in seen]:
            raise TrainingError(
                f"No record has {axis.id} '{missing[0]}'; every level of every axis is needed."
            )
    shape = (len(records), len(head_names(taxonomy)))
    reached, used = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    used[:, -1] = True
    first_area = sum(len(axis.levels) - 1 for axis in taxonomy.axes)
    for row, record in enumerate(records):
        if record.levels is None:
            continue
        used[row] = reached[row, -1] = True
        thresholds = [
            level >= threshold
            for axis, level in zip(taxonomy.axes, record.levels, strict=True)
            for threshold in range(1, len(axis.levels))
        ]
        reached[row, :first_area] = thresholds
        reached[row, first_area + np.array(record.areas)] = True
    return Targets(reached, used)


def strata(records: Sequence[Record]) -> NDArray[np.int64]:
    """A number for each combination of labels on the first axis, by which folds are balanced."""
    return np.array([-1 if record.levels is None else record.levels[0] for record in records])
