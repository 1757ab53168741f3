"""Whether evidence is faithful: taking out the sentence it names most must hurt the most."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from safezone.audit.reader import Answer, Reader
from safezone.audit.texts import Text, evenly, seeded
from safezone.text.prepare import PreparedText

By = Literal["contribution", "alone"]
# From this probability of the answered level on, a case is confident.
CONFIDENT = 0.8


@dataclass(frozen=True, slots=True)
class AxisFaithfulness:
    """Confident cases above an axis's lowest level, texts of one sentence apart.

    The telling sentence is `by` "contribution" the one with the largest, or by "alone" the one
    whose log-odds are largest when it is read by itself. In `telling_hurts_more` of the `cases`,
    the share `rate`, taking it out lowered the log-odds more than taking out another, random one.
    The mean falls are of these log-odds. Rates and means are None without cases.
    """

    by: By
    axis: str
    cases: int
    telling_hurts_more: int
    rate: float | None
    mean_fall_telling: float | None
    mean_fall_random: float | None


@dataclass(frozen=True, slots=True)
class FaithfulnessResult:
    """`largest_gap` is between log-odds and the sum of baseline and contributions, over `texts`."""

    texts: int
    largest_gap: float
    axes: tuple[AxisFaithfulness, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    level: int
    before: float
    without_telling: PreparedText
    without_other: PreparedText


def measure_faithfulness(
    reader: Reader, texts: Sequence[Text], most_cases: int, seed: int
) -> FaithfulnessResult:
    """Take sentences out of at most `most_cases` cases an axis (0: all)."""
    prepared = [text.prepared() for text in texts]
    answers = reader.answers(prepared)
    confident = {
        axis.id: evenly(
            [
                row
                for row, (answer, text) in enumerate(zip(answers, prepared, strict=True))
                if _is_confident(axis.id, answer, text)
            ],
            most_cases,
        )
        for axis in reader.taxonomy.axes
    }
    rows = sorted({row for of_axis in confident.values() for row in of_axis})
    # All in one go each time, since a model reads many texts faster than one after the other.
    reader.answers([one for row in rows for one in _alone(prepared[row])])
    cases = {
        (by, axis): [
            _case(reader, by, axis, answers[row], prepared[row], (seed, axis, row))
            for row in of_axis
        ]
        for by in get_args(By)
        for axis, of_axis in confident.items()
    }
    reader.answers(
        [
            text
            for some in cases.values()
            for case in some
            for text in (case.without_telling, case.without_other)
        ]
    )
    return FaithfulnessResult(
        texts=len(texts),
        largest_gap=max(map(gap, answers), default=0.0),
        axes=tuple(_result(reader, by, axis, some) for (by, axis), some in cases.items()),
    )


def gap(answer: Answer) -> float:
    """The largest difference between a log-odds and what it should be the sum of."""
    explanation = answer.explanation
    summed = explanation.baseline + explanation.contributions.sum(axis=0)
    return float(np.abs(summed - explanation.log_odds).max())


def _is_confident(axis: str, answer: Answer, text: PreparedText) -> bool:
    level = answer.levels[axis]
    return level > 0 and len(text.sentences) > 1 and answer.of_level(axis, level) >= CONFIDENT


def _alone(text: PreparedText) -> list[PreparedText]:
    return [replace(text, sentences=(sentence,)) for sentence in text.sentences]


def _case(
    reader: Reader, by: By, axis: str, answer: Answer, text: PreparedText, draw: tuple[object, ...]
) -> _Case:
    level = answer.levels[axis]
    evidence = reader.evidence(answer, axis, text)
    if by == "alone":
        speaks = [one.reaching(axis, level) for one in reader.answers(_alone(text))]
    else:
        speaks = [sentence.contribution for sentence in evidence.sentences]
    telling = int(np.argmax(speaks))
    other = seeded(*draw).choice([i for i in range(len(speaks)) if i != telling])
    return _Case(level, evidence.log_odds, _without(text, telling), _without(text, other))


def _without(text: PreparedText, number: int) -> PreparedText:
    return replace(text, sentences=text.sentences[:number] + text.sentences[number + 1 :])


def _result(reader: Reader, by: By, axis: str, cases: Sequence[_Case]) -> AxisFaithfulness:
    if not cases:
        return AxisFaithfulness(by, axis, 0, 0, None, None, None)

    def falls(texts: Sequence[PreparedText]) -> list[float]:
        return [
            case.before - answer.reaching(axis, case.level)
            for case, answer in zip(cases, reader.answers(texts), strict=True)
        ]

    telling = falls([case.without_telling for case in cases])
    other = falls([case.without_other for case in cases])
    hurts = sum(one > two for one, two in zip(telling, other, strict=True))
    return AxisFaithfulness(
        by,
        axis,
        len(cases),
        hurts,
        hurts / len(cases),
        float(np.mean(telling)),
        float(np.mean(other)),
    )
