"""Evidence: what each sentence adds to the very log-odds from which an axis is answered."""

import math
from collections.abc import Sequence

import numpy as np

from safezone.assessment.types import AxisEvidence, SentenceEvidence
from safezone.model.heads import Doubles
from safezone.model.predictor import Explanation
from safezone.taxonomy import Axis
from safezone.text.prepare import Sentence


def axis_evidence(
    axis: Axis,
    level: int,
    explanation: Explanation,
    thresholds: slice,
    sentences: Sequence[Sentence],
    occlusion: Doubles | None = None,
) -> AxisEvidence:
    """Evidence for reaching the answered level, or at the lowest level the one above it.

    `thresholds` are the axis's among those of the explanation; `occlusion` is what
    `Model.occlusion` gives for the text, if it was asked.
    """
    log_odds = explanation.log_odds[thresholds]
    asked = max(level, 1) - 1
    # P(reaching a level) is lowered to that of reaching the one below where it would be higher:
    # the number to explain is then that of the one below.
    explained = int(np.argmin(log_odds[: asked + 1]))
    contributions = explanation.contributions[:, thresholds][:, explained].tolist()
    falls: list[float | None] = [None] * len(sentences)
    if occlusion is not None:
        measured = occlusion[:, thresholds][:, explained].tolist()
        falls = [None if math.isnan(fall) else fall for fall in measured]
    return AxisEvidence(
        at_least=axis.level_ids[asked + 1],
        log_odds=float(log_odds[explained]),
        baseline=float(explanation.baseline[thresholds][explained]),
        sentences=tuple(
            SentenceEvidence(sentence.field, sentence.start, sentence.end, contribution, fall)
            for sentence, contribution, fall in zip(sentences, contributions, falls, strict=True)
        ),
    )
