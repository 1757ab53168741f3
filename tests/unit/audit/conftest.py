"""A model that counts words, whose faults can be chosen."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from scipy.special import expit

from safezone.audit.reader import Predictor, Progress, Reader
from safezone.model.heads import Doubles
from safezone.model.predictor import Explanation, Prediction, axis_columns, predict_axis
from safezone.taxonomy import Taxonomy
from safezone.text.prepare import PreparedText

# By axis, what each occurrence of a word adds to the log-odds of its thresholds.
Weights = Mapping[str, Mapping[str, float]]
MakeReader = Callable[..., Reader]

_BASELINE = (-2.0, -4.0)


class WordCounter:
    """Adds up `weights` over the words of a text.

    With `dilutes` it takes the mean over ten sentences and more, as a gullible model does; with
    `blames` it says that the effect of every sentence is that of the one before.
    """

    def __init__(
        self, taxonomy: Taxonomy, weights: Weights, dilutes: bool = False, blames: bool = False
    ) -> None:
        self.batches: list[int] = []
        self._taxonomy = taxonomy
        self._weights = weights
        self._dilutes = dilutes
        self._blames = blames

    def predict(
        self, texts: Sequence[PreparedText], progress: Progress | None = None
    ) -> Prediction:
        self.batches.append(len(texts))
        contributions = [self._contributions(text) for text in texts]
        baseline = np.tile(_BASELINE, len(self._taxonomy.axes))
        log_odds = np.array([baseline + added.sum(axis=0) for added in contributions])
        if self._blames:
            contributions = [np.roll(added, 1, axis=0) for added in contributions]
        return Prediction(
            axes={
                axis.id: predict_axis(expit(log_odds[:, columns]), 0.9)
                for axis, columns in zip(
                    self._taxonomy.axes, axis_columns(self._taxonomy), strict=True
                )
            },
            areas=np.zeros((len(texts), len(self._taxonomy.areas))),
            in_scope=np.ones(len(texts), dtype=np.bool_),
            parts=(1,) * len(texts),
            explanations=tuple(
                Explanation(row, baseline, added)
                for row, added in zip(log_odds, contributions, strict=True)
            ),
            precedents=((),) * len(texts),
            vectors=np.zeros((len(texts), 1), dtype=np.float32),
        )

    def _contributions(self, text: PreparedText) -> Doubles:
        of_sentences = [
            [
                sum(weight * sentence.text.lower().count(word) for word, weight in words.items())
                for words in (self._weights.get(axis.id, {}) for axis in self._taxonomy.axes)
                for _ in _BASELINE
            ]
            for sentence in text.sentences
        ]
        share = 1.0 if not self._dilutes else min(1.0, 5 / len(text.sentences))
        return share * np.array(of_sentences, dtype=np.float64)


@pytest.fixture
def word_counter(taxonomy: Taxonomy) -> Callable[..., Predictor]:
    """Makes a model out of weights and faults."""
    return lambda weights, **faults: WordCounter(taxonomy, weights, **faults)


@pytest.fixture
def make_reader(taxonomy: Taxonomy) -> MakeReader:
    """Makes a reader with a model out of weights and faults."""
    return lambda weights, **faults: Reader(WordCounter(taxonomy, weights, **faults), taxonomy)
