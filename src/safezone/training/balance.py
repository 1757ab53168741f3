"""Weights that part what is said from who says it.

Source and label go together in the records: most company grants are sensitive, few medical papers
are. A model can then learn 'sounds like a company' for 'is sensitive', and fail on a funder that
it has never met.
"""

from collections.abc import Sequence

import numpy as np

from safezone.model.ports import Floats
from safezone.training.targets import Targets

# No text counts more than three times, or less than a third, of what it would without.
_MOST = 3.0


def source_balance(sources: Sequence[str], targets: Targets) -> Floats:
    """A weight for each text and head, shape (n, heads), 1 where the head does not use the text.

    P(source) P(label) / P(source, label), bounded: under these weights a head's label and the
    source are as good as independent (Kamiran & Calders, 2012).
    """
    names, source = np.unique(np.array(sources), return_inverse=True)
    weights = np.ones(targets.reached.shape, dtype=np.float32)
    for head, (reached, used) in enumerate(zip(targets.reached.T, targets.used.T, strict=True)):
        label = reached[used].astype(np.int64)
        joint = np.zeros((len(names), 2))
        np.add.at(joint, (source[used], label), 1.0)
        total = max(joint.sum(), 1.0)
        independent = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True) / total
        ratio = np.clip(independent / np.maximum(joint, 1.0), 1 / _MOST, _MOST)
        weights[used, head] = ratio[source[used], label]
    return weights
