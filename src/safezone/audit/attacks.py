"""Attacks: how often a text at the top of an axis can be made to look harmless."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from safezone.audit.reader import Answer, Reader
from safezone.audit.texts import Text, evenly, seeded
from safezone.audit.tricks import TRICKS, Target, Trick
from safezone.text.prepare import PreparedText

ATTACKED_AXES = ("sensitivity", "instrumentation", "data_use")


@dataclass(frozen=True, slots=True)
class AttackResult:
    """One trick on `texts` that are answered with the top level of an axis.

    `fell_to_lowest` and `fell` (by any level) count texts, `success` is the share that fell to the
    lowest level, and `mean_change` is of the log-odds of reaching the top level; both are None
    without texts.
    """

    attack: str
    axis: str
    texts: int
    fell_to_lowest: int
    fell: int
    success: float | None
    mean_change: float | None


def measure_attacks(
    reader: Reader,
    texts: Sequence[Text],
    most_texts: int,
    seed: int,
    tricks: Mapping[str, Trick] = TRICKS,
) -> list[AttackResult]:
    """Try every trick on at most `most_texts` texts an axis (0: all) that are at its top."""
    prepared = [text.prepared() for text in texts]
    answers = reader.answers(prepared)
    rows = {axis: _at_top(reader, axis, answers, most_texts) for axis in ATTACKED_AXES}
    variants: dict[tuple[str, str], list[PreparedText]] = {}
    for axis, chosen in rows.items():
        targets = [
            Target(texts[row], _telling(reader, answers[row], axis, prepared[row]))
            for row in chosen
        ]
        for name, trick in tricks.items():
            # The same draw on each axis: a text under two axes is then read once.
            variants[name, axis] = [
                trick(target, seeded(seed, name, row)).prepared()
                for row, target in zip(chosen, targets, strict=True)
            ]
    reader.answers([variant for of_both in variants.values() for variant in of_both])
    return [
        _result(
            name,
            axis,
            [answers[row] for row in rows[axis]],
            reader.answers(variants[name, axis]),
            reader,
        )
        for name in tricks
        for axis in ATTACKED_AXES
    ]


def _at_top(reader: Reader, axis: str, answers: Sequence[Answer], most: int) -> list[int]:
    top = len(reader.taxonomy.axis(axis).levels) - 1
    return evenly([row for row, answer in enumerate(answers) if answer.levels[axis] == top], most)


def _telling(reader: Reader, answer: Answer, axis: str, text: PreparedText) -> tuple[int, int]:
    sentences = [
        sentence
        for sentence in reader.evidence(answer, axis, text).sentences
        if sentence.field == "abstract"
    ]
    most = max(sentences, key=lambda sentence: sentence.contribution, default=None)
    return (most.start, most.end) if most else (0, 0)


def _result(
    name: str, axis: str, before: Sequence[Answer], after: Sequence[Answer], reader: Reader
) -> AttackResult:
    top = len(reader.taxonomy.axis(axis).levels) - 1
    levels = np.array([answer.levels[axis] for answer in after])
    changes = [
        new.reaching(axis, top) - old.reaching(axis, top)
        for old, new in zip(before, after, strict=True)
    ]
    lowest = int((levels == 0).sum())
    return AttackResult(
        attack=name,
        axis=axis,
        texts=len(after),
        fell_to_lowest=lowest,
        fell=int((levels < top).sum()),
        success=lowest / len(after) if after else None,
        mean_change=float(np.mean(changes)) if changes else None,
    )
