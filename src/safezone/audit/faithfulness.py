"""Whether evidence is faithful: taking out the sentence it names most must hurt the most."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from safezone.audit.reader import Answer, Reader
from safezone.audit.texts import Text, evenly, seeded
from safezone.text.prepare import PreparedText

# From this probability of the answered level on, a case is confident.
CONFIDENT = 0.8


@dataclass(frozen=True, slots=True)
class AxisFaithfulness:
    """Confident cases above an axis's lowest level, texts of one sentence apart.

    In `telling_hurts_more` of the `cases`, the share `rate`, taking out the sentence with the
    largest contribution lowered the log-odds more than taking out another, random one. The mean
    falls are of these log-odds. Rates and means are None without cases.
    """

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
    cases = {
        axis.id: evenly(
            [
                case
                for row, (answer, text) in enumerate(zip(answers, prepared, strict=True))
                if (case := _case(reader, axis.id, answer, text, (seed, axis.id, row)))
            ],
            most_cases,
        )
        for axis in reader.taxonomy.axes
    }
    reader.answers(
        [
            text
            for of_axis in cases.values()
            for case in of_axis
            for text in (case.without_telling, case.without_other)
        ]
    )
    return FaithfulnessResult(
        texts=len(texts),
        largest_gap=max(map(gap, answers), default=0.0),
        axes=tuple(_result(reader, axis, of_axis) for axis, of_axis in cases.items()),
    )


def gap(answer: Answer) -> float:
    """The largest difference between a log-odds and what it should be the sum of."""
    explanation = answer.explanation
    summed = explanation.baseline + explanation.contributions.sum(axis=0)
    return float(np.abs(summed - explanation.log_odds).max())


def _case(
    reader: Reader, axis_id: str, answer: Answer, text: PreparedText, draw: tuple[object, ...]
) -> _Case | None:
    level = answer.levels[axis_id]
    if not level or len(text.sentences) < 2 or answer.of_level(axis_id, level) < CONFIDENT:
        return None
    evidence = reader.evidence(answer, axis_id, text)
    contributions = [sentence.contribution for sentence in evidence.sentences]
    telling = int(np.argmax(contributions))
    others = [i for i in range(len(contributions)) if i != telling]
    other = seeded(*draw).choice(others)
    return _Case(level, evidence.log_odds, _without(text, telling), _without(text, other))


def _without(text: PreparedText, number: int) -> PreparedText:
    return replace(text, sentences=text.sentences[:number] + text.sentences[number + 1 :])


def _result(reader: Reader, axis: str, cases: Sequence[_Case]) -> AxisFaithfulness:
    if not cases:
        return AxisFaithfulness(axis, 0, 0, None, None, None)

    def falls(texts: Sequence[PreparedText]) -> list[float]:
        return [
            case.before - answer.reaching(axis, case.level)
            for case, answer in zip(cases, reader.answers(texts), strict=True)
        ]

    telling = falls([case.without_telling for case in cases])
    other = falls([case.without_other for case in cases])
    hurts = sum(one > two for one, two in zip(telling, other, strict=True))
    return AxisFaithfulness(
        axis,
        len(cases),
        hurts,
        hurts / len(cases),
        float(np.mean(telling)),
        float(np.mean(other)),
    )
