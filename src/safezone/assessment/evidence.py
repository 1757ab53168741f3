"""Evidence: what each sentence adds to the very log-odds from which an axis is answered."""

from collections.abc import Sequence

import numpy as np

from safezone.assessment.types import AxisEvidence, SentenceEvidence
from safezone.model.predictor import Explanation
from safezone.taxonomy import Axis
from safezone.text.prepare import Sentence


def axis_evidence(
    axis: Axis,
    level: int,
    explanation: Explanation,
    thresholds: slice,
    sentences: Sequence[Sentence],
) -> AxisEvidence:
    """Evidence for reaching the answered level, or at the lowest level the one above it.

    `thresholds` are the axis's among those of the explanation.
    """
    log_odds = explanation.log_odds[thresholds]
    asked = max(level, 1) - 1
    # P(reaching a level) is lowered to that of reaching the one below where it would be higher:
    # the number to explain is then that of the one below.
    explained = int(np.argmin(log_odds[: asked + 1]))
    contributions = explanation.contributions[:, thresholds][:, explained].tolist()
    return AxisEvidence(
        at_least=axis.level_ids[asked + 1],
        log_odds=float(log_odds[explained]),
        baseline=float(explanation.baseline[thresholds][explained]),
        sentences=tuple(
            SentenceEvidence(sentence.field, sentence.start, sentence.end, contribution)
            for sentence, contribution in zip(sentences, contributions, strict=True)
        ),
    )
