"""One axis in two texts: which threshold is explained, and by what."""

import numpy as np
import pytest

from safezone.assessment.axis_comparison import compare_axis, match_sentences
from safezone.assessment.reading import Answer
from safezone.model.predictor import Explanation
from safezone.policy.decide import AxisFinding
from safezone.taxonomy import Taxonomy
from safezone.text.prepare import Sentence

ONE = (Sentence("abstract", "We drill.", 0, 9),)
OTHER = (Sentence("abstract", "We read.", 3, 11),)


def _answer(taxonomy: Taxonomy, level: int, *log_odds: float) -> Answer:
    """All log-odds come from the text's only sentence."""
    axis = taxonomy.axes[0]
    numbers = dict.fromkeys(axis.level_ids, 1 / 3)
    return Answer(
        findings={axis.id: AxisFinding(numbers, axis.level_ids)},
        levels={axis.id: level},
        areas={},
        explanation=Explanation(np.array(log_odds), np.zeros(2), np.array([log_odds])),
        precedents=(),
        vector=np.ones(1, dtype=np.float32),
    )


@pytest.mark.parametrize(
    ("before", "after", "at_least", "change"),
    [
        # Reaching the higher of the two levels, or at the lowest the one above.
        ((2, 3.0, 1.0), (0, -2.0, -4.0), "sensitive", -5.0),
        ((0, -2.0, -4.0), (1, 0.5, -1.0), "boundary", 2.5),
        ((0, -2.0, -4.0), (0, -1.0, -4.0), "boundary", 1.0),
        # Where the upper threshold is the likelier one, the lower one is what is answered.
        ((2, 1.0, 2.0), (0, -3.0, -1.0), "sensitive", -4.0),
        ((0, -1.0, -3.0), (2, 1.0, 2.0), "sensitive", 2.0),
    ],
)
def test_the_threshold_that_decides_the_higher_level_is_explained_for_both(
    taxonomy: Taxonomy,
    before: tuple[int, float, float],
    after: tuple[int, float, float],
    at_least: str,
    change: float,
) -> None:
    answers = (_answer(taxonomy, *before), _answer(taxonomy, *after))
    matches = match_sentences(ONE, OTHER)
    found = compare_axis(taxonomy.axes[0], slice(0, 2), (ONE, OTHER), answers, matches)
    assert found.at_least == at_least
    assert found.log_odds.change == pytest.approx(change)
    assert found.removed + found.added == pytest.approx(change)
    assert (found.kept, len(found.sentences)) == (0.0, 2)


def test_sentences_are_matched_in_the_order_in_which_they_stand() -> None:
    drill, read = ONE[0], OTHER[0]
    assert match_sentences([drill, read, drill], [drill, drill, read]) == [(0, 0), (1, 2), (2, 1)]
    assert match_sentences([drill], [read, drill, drill]) == [(0, 1), (None, 0), (None, 2)]
    assert match_sentences([], []) == []
