"""Cross-fitting folds that keep copies of a text together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import StratifiedGroupKFold

from safezone.corpus.similar import shingle_similarity
from safezone.errors import TrainingError

_SAME_TEXT = 0.5


def near_duplicate_groups(texts: Sequence[str]) -> NDArray[np.int64]:
    """A group number for each text; texts that share half of their word shingles share a group.

    Collaborative awards publish one abstract several times; a copy in another fold would let a
    head see the row it is judged on.
    """
    similarity = shingle_similarity(texts)
    _, groups = connected_components(similarity >= _SAME_TEXT, directed=False)
    return np.asarray(groups, dtype=np.int64)


def make_folds(
    texts: Sequence[str], strata: NDArray[np.int64], number: int, seed: int
) -> NDArray[np.int64]:
    """The fold of each text, 0 to number - 1: balanced over `strata`, near-duplicates together.

    Raises TrainingError when there are too few texts for that many folds.
    """
    groups = near_duplicate_groups(texts)
    if len(set(groups.tolist())) < 2 * number:
        raise TrainingError(
            f"{len(texts)} texts are too few for {number} folds; at least {2 * number} different "
            "ones are needed."
        )
    splitter = StratifiedGroupKFold(n_splits=number, shuffle=True, random_state=seed)
    folds = np.empty(len(texts), dtype=np.int64)
    for fold, (_, held_out) in enumerate(splitter.split(np.zeros(len(texts)), strata, groups)):
        folds[held_out] = fold
    return folds
