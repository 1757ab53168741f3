"""Reads texts with a model, each different one once, and keeps what the audit compares."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import expit

from safezone.assessment.evidence import axis_evidence
from safezone.assessment.types import AxisEvidence
from safezone.model.heads import Doubles
from safezone.model.predictor import Explanation, Prediction, axis_columns
from safezone.taxonomy import Taxonomy
from safezone.text.prepare import PreparedText

Progress = Callable[[int, int], None]


class Predictor(Protocol):
    """What can be audited: a Model, or anything that predicts as one does."""

    def predict(
        self, texts: Sequence[PreparedText], progress: Progress | None = None
    ) -> Prediction: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says of one text.

    `levels` maps each axis to a level number, `log_odds` each axis to those of reaching level 1,
    2, … (never rising, as the probabilities are answered); `probabilities` are those of all levels
    of all axes and then of all areas, between 0 and 1.
    """

    levels: Mapping[str, int]
    log_odds: Mapping[str, Doubles]
    probabilities: Doubles
    explanation: Explanation

    def reaching(self, axis: str, level: int) -> float:
        """The log-odds of reaching a level, 1 or higher."""
        return float(self.log_odds[axis][level - 1])

    def of_level(self, axis: str, level: int) -> float:
        """The probability of a level, 0 to 1."""
        reaching = [1.0, *expit(self.log_odds[axis]), 0.0]
        return float(reaching[level] - reaching[level + 1])


def words(text: PreparedText) -> tuple[str, ...]:
    """What the model is given of a text."""
    return tuple(sentence.text for sentence in text.sentences)


class Reader:
    """Answers of one model; `reads` counts the texts that it was given."""

    def __init__(
        self, model: Predictor, taxonomy: Taxonomy, progress: Progress | None = None
    ) -> None:
        self.taxonomy = taxonomy
        self.reads = 0
        self._model = model
        self._progress = progress
        self._columns = dict(
            zip((axis.id for axis in taxonomy.axes), axis_columns(taxonomy), strict=True)
        )
        self._known: dict[tuple[str, ...], Answer] = {}

    def answers(self, texts: Sequence[PreparedText]) -> list[Answer]:
        """One answer a text; all that are new are read in one go."""
        keys = [words(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            prediction = self._model.predict(list(new.values()), self._progress)
            self.reads += len(new)
            self._known |= zip(new, self._split(prediction), strict=True)
        return [self._known[key] for key in keys]

    def evidence(self, answer: Answer, axis_id: str, text: PreparedText) -> AxisEvidence:
        """Evidence for the answer on an axis, as the service gives it."""
        return axis_evidence(
            self.taxonomy.axis(axis_id),
            answer.levels[axis_id],
            answer.explanation,
            self._columns[axis_id],
            text.sentences,
        )

    def _split(self, prediction: Prediction) -> list[Answer]:
        axes = prediction.axes
        together = np.hstack([*(axis.probabilities for axis in axes.values()), prediction.areas])
        return [
            Answer(
                levels={axis: int(of_axis.levels[row]) for axis, of_axis in axes.items()},
                log_odds={
                    axis: np.minimum.accumulate(explanation.log_odds[columns])
                    for axis, columns in self._columns.items()
                },
                probabilities=together[row],
                explanation=explanation,
            )
            for row, explanation in enumerate(prediction.explanations)
        ]
