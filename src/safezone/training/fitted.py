"""What fitting gives to calibration: heads, and what they say of rows that they had not seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from safezone.model.heads import Doubles, LinearHeads
from safezone.model.lexical import LexicalView
from safezone.model.ports import Encoder, Floats


@dataclass(frozen=True)
class Fitted:
    """Fitted heads with the encoder and the lexical view that they read.

    `queries`, shape (queries, dimension), pool the encoder's vectors; `files` hold the encoder,
    where it is one of the bundle's own. `precedents`, shape (n, dimension), are the vectors of the
    rows `precedent_rows`. `unseen` are the numbers of the rows that neither heads nor
    encoder had seen when they gave `log_odds`, shape (len(unseen), heads); `folds`, shape
    (len(unseen),), part these rows where calibrators too must not have seen them.
    """

    encoder: Encoder
    lexical: LexicalView
    queries: Floats
    heads: LinearHeads
    unseen: NDArray[np.int64]
    log_odds: Doubles
    folds: NDArray[np.int64]
    precedent_rows: NDArray[np.int64]
    precedents: Floats
    files: Mapping[str, bytes] = field(default_factory=dict)
