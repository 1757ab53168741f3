"""One axis in two texts: how far its log-odds moved, and by which sentences."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from safezone.assessment.reading import Answer
from safezone.taxonomy import Axis
from safezone.text.prepare import Sentence

Status = Literal["removed", "added", "kept"]
# Numbers of a sentence in the text before and in the text after; None where it is not.
Match = tuple[int | None, int | None]

_WHICH = {
    "removed": "a sentence that was taken out",
    "added": "a sentence that is new",
    "kept": "a sentence that is in both, and reads otherwise beside the others",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A number in the text before and in the text after, and the second less the first."""

    before: float
    after: float
    change: float

    @classmethod
    def of(cls, before: float, after: float) -> "Change":
        return cls(before, after, after - before)


@dataclass(frozen=True, slots=True)
class SentenceIn:
    """A sentence in one of the texts, and what it adds to that text's log-odds.

    `field` is `title` or `abstract`; `start` and `end` are offsets in characters into that field as
    it was sent, the end not included.
    """

    field: str
    start: int
    end: int
    contribution: float


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """One sentence's part in the change of an axis's log-odds.

    It was `removed` (there is no `after`), `added` (no `before`), or is in both: then its
    contribution moved with the company that it is in.
    """

    status: Status
    before: SentenceIn | None
    after: SentenceIn | None
    change: float


@dataclass(frozen=True, slots=True)
class AxisComparison:
    """One axis in both texts.

    `probabilities` are by level. `log_odds` are the calibrated ones of reaching `at_least`, which
    is the higher of the two levels, or where both are the lowest the one above. Their change is
    the sum of the changes of the `sentences`, largest first; `removed`, `added` and `kept` are the
    sums by status.
    """

    level_before: str
    level_after: str
    probabilities: Mapping[str, Change]
    at_least: str
    log_odds: Change
    removed: float
    added: float
    kept: float
    sentences: tuple[SentenceChange, ...]
    summary: str


def match_sentences(before: Sequence[Sentence], after: Sequence[Sentence]) -> list[Match]:
    """Every sentence of both once: the same words are one sentence, wherever they stand."""
    places: dict[str, deque[int]] = defaultdict(deque)
    for number, sentence in enumerate(after):
        places[sentence.text].append(number)
    matches: list[Match] = [
        (number, places[sentence.text].popleft() if places[sentence.text] else None)
        for number, sentence in enumerate(before)
    ]
    new = sorted(number for left in places.values() for number in left)
    return [*matches, *((None, number) for number in new)]


def compare_axis(
    axis: Axis,
    thresholds: slice,
    texts: tuple[Sequence[Sentence], Sequence[Sentence]],
    answers: tuple[Answer, Answer],
    matches: Sequence[Match],
) -> AxisComparison:
    """What moved on an axis between two texts, given as their sentences.

    `thresholds` are the axis's among those of the explanations.
    """
    levels = [answer.levels[axis.id] for answer in answers]
    higher = answers[int(levels[1] > levels[0])].explanation.log_odds[thresholds]
    asked = max(*levels, 1) - 1
    # As in the evidence of the text with the higher level: the threshold that is answered.
    explained = int(np.argmin(higher[: asked + 1]))
    contributions = [
        answer.explanation.contributions[:, thresholds][:, explained].tolist() for answer in answers
    ]
    sentences = [_sentence_change(texts, contributions, match) for match in matches]
    sentences.sort(key=lambda sentence: -abs(sentence.change))
    log_odds = Change.of(
        *(float(answer.explanation.log_odds[thresholds][explained]) for answer in answers)
    )
    first, second = (answer.findings[axis.id].probabilities for answer in answers)
    return AxisComparison(
        level_before=axis.level_ids[levels[0]],
        level_after=axis.level_ids[levels[1]],
        probabilities={level: Change.of(first[level], second[level]) for level in axis.level_ids},
        at_least=axis.level_ids[asked + 1],
        log_odds=log_odds,
        removed=_sum(sentences, "removed"),
        added=_sum(sentences, "added"),
        kept=_sum(sentences, "kept"),
        sentences=tuple(sentences),
        summary=_summary(axis, levels, asked + 1, log_odds, sentences),
    )


def _sentence_change(
    texts: tuple[Sequence[Sentence], Sequence[Sentence]],
    contributions: Sequence[Sequence[float]],
    match: Match,
) -> SentenceChange:
    before, after = (
        None if number is None else _placed(text[number], of_text[number])
        for text, of_text, number in zip(texts, contributions, match, strict=True)
    )
    status: Status = "removed" if after is None else "added" if before is None else "kept"
    change = (after.contribution if after else 0.0) - (before.contribution if before else 0.0)
    return SentenceChange(status, before, after, change)


def _placed(sentence: Sentence, contribution: float) -> SentenceIn:
    return SentenceIn(sentence.field, sentence.start, sentence.end, contribution)


def _sum(sentences: Sequence[SentenceChange], status: Status) -> float:
    return sum((one.change for one in sentences if one.status == status), 0.0)


def _summary(
    axis: Axis,
    levels: Sequence[int],
    at_least: int,
    log_odds: Change,
    sentences: Sequence[SentenceChange],
) -> str:
    before, after = (axis.level_ids[level] for level in levels)
    if before == after:
        return (
            f"{axis.name} stays '{before}'; the log-odds of '{axis.level_ids[at_least]}' or higher "
            f"move by {log_odds.change:+.2f}."
        )
    moved = f"{axis.name} goes from '{before}' to '{after}'."
    way = levels[1] - levels[0]
    for one in sentences:  # the largest first
        place = one.after or one.before
        if place and one.change * way > 0:
            text = "after" if one.after else "before"
            return (
                f"{moved} The largest part of it comes from {_WHICH[one.status]} ({place.field} "
                f"of the text {text}, characters {place.start} to {place.end})."
            )
    return moved
