"""Linear heads over two views, and the calibrated probabilities they give.

A head's log-odds are a baseline and an exact sum over the document's word pieces (whose weighted
mean its vector is) and over its terms; hence over its sentences.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit

from safezone.model.ports import Floats

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class LinearHeads:
    """Several linear heads side by side.

    `dense` has shape (dimension, heads), `sparse` (terms, heads); the others (heads,): `query` says
    which of a document's vectors a head reads, `centre` what an average vector gives it, and
    `baseline` its log-odds for such a vector and no terms. Sums are taken in 64 bits: weights that
    come so are not converted at every call.
    """

    dense: Floats | Doubles
    sparse: Floats | Doubles
    query: NDArray[np.int64]
    centre: Floats | Doubles
    baseline: Floats | Doubles

    def contributions(self, vectors: Floats, attention: Floats, terms: csr_matrix) -> Doubles:
        """What n sentences add to the log-odds above the baseline, shape (n, heads).

        `vectors` (n, queries, dimension) and `attention` (n, queries) are those of a Reading,
        `terms` (n, terms) the sentences' shares of the lexical view. Over the sentences of a
        document, these sum to its log-odds less the baseline.
        """
        dense, sparse, centre = (
            weights.astype(np.float64, copy=False)
            for weights in (self.dense, self.sparse, self.centre)
        )
        out = np.asarray(terms @ sparse)
        for query in range(vectors.shape[1]):
            heads = self.query == query
            out[:, heads] += vectors[:, query].astype(np.float64) @ dense[:, heads]
        out -= attention[:, self.query] * centre
        return out

    def log_odds(self, vectors: Floats, terms: csr_matrix) -> Doubles:
        """Raw log-odds, shape (n, heads), of documents with vectors (n, queries, dimension)."""
        whole = np.ones(vectors.shape[:2], dtype=np.float32)
        log_odds: Doubles = self.contributions(vectors, whole, terms) + self.baseline
        return log_odds


@dataclass(frozen=True)
class PlattScaling:
    """Calibration of log-odds by `slope * log_odds + offset` (Platt, 1999), one pair a head.

    `slope` and `offset` have shape (heads,); slopes are positive, so order is kept.
    """

    slope: Doubles
    offset: Doubles

    def calibrated(self, log_odds: Doubles) -> Doubles:
        """Calibrated log-odds, the shape of `log_odds`."""
        calibrated: Doubles = log_odds * self.slope + self.offset
        return calibrated

    def probabilities(self, log_odds: Doubles) -> Doubles:
        """Calibrated probabilities between 0 and 1, the shape of `log_odds`."""
        probabilities: Doubles = expit(self.calibrated(log_odds))
        return probabilities


def level_probabilities(at_least: Doubles) -> Doubles:
    """Probabilities of the levels from those of reaching them.

    `at_least` holds P(level >= 1), P(level >= 2), …, shape (n, levels - 1). A later threshold is
    never more probable than an earlier one: it is lowered to it where two independently fitted
    thresholds cross. Returns shape (n, levels), rows that sum to 1.
    """
    monotone = np.minimum.accumulate(at_least, axis=1)
    n = len(at_least)
    edges = np.hstack([np.ones((n, 1)), monotone, np.zeros((n, 1))])
    probabilities: Doubles = edges[:, :-1] - edges[:, 1:]
    return probabilities


def ordinal_level(probabilities: Doubles) -> NDArray[np.int64]:
    """The median level: the highest one that is reached with probability of at least one half.

    The median minimises the expected distance between the level named and the true one, which is
    what an ordered scale asks for. `probabilities` has shape (n, levels); returns shape (n,).
    """
    at_least = np.cumsum(probabilities[:, ::-1], axis=1)[:, ::-1]
    # Sums of floats: one half must not be missed by a rounding error.
    levels: NDArray[np.int64] = (at_least[:, 1:] >= 0.5 - 1e-12).sum(axis=1)
    return levels
