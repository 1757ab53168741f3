"""Evidence: what each sentence adds to the very log-odds from which an axis is answered."""

import math
from collections.abc import Sequence

import numpy as np

from safezone.assessment.types import AxisEvidence, SentenceEvidence
from safezone.model.heads import Doubles
from safezone.model.predictor import Explanation, SentenceReadings
from safezone.taxonomy import Axis
from safezone.text.prepare import Sentence


def axis_evidence(
    axis: Axis,
    level: int,
    explanation: Explanation,
    thresholds: slice,
    sentences: Sequence[Sentence],
    readings: SentenceReadings | None = None,
) -> AxisEvidence:
    """Evidence for reaching the answered level, or at the lowest level the one above it.

    `thresholds` are the axis's among those of the explanation; `readings` are those of the
    sentences, if they were read.
    """
    log_odds = explanation.log_odds[thresholds]
    asked = max(level, 1) - 1
    # P(reaching a level) is lowered to that of reaching the one below where it would be higher:
    # the number to explain is then that of the one below.
    explained = int(np.argmin(log_odds[: asked + 1]))
    contributions = explanation.contributions[:, thresholds][:, explained].tolist()
    alone = _column(readings.alone if readings else None, thresholds, explained, len(sentences))
    falls = _column(readings.occlusion if readings else None, thresholds, explained, len(sentences))
    return AxisEvidence(
        at_least=axis.level_ids[asked + 1],
        log_odds=float(log_odds[explained]),
        baseline=float(explanation.baseline[thresholds][explained]),
        sentences=tuple(
            SentenceEvidence(sentence.field, sentence.start, sentence.end, *numbers)
            for sentence, *numbers in zip(sentences, contributions, alone, falls, strict=True)
        ),
    )


def _column(
    readings: Doubles | None, thresholds: slice, explained: int, sentences: int
) -> list[float | None]:
    """Of each sentence, the number for the threshold explained; None where it was not measured."""
    if readings is None:
        return [None] * sentences
    numbers = readings[:, thresholds][:, explained].tolist()
    return [None if math.isnan(number) else number for number in numbers]
