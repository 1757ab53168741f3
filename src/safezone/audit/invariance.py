"""What must change nothing: who proposes a project, in what currency, in which spelling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from safezone.audit.carriers import REWRITINGS, Rewriting
from safezone.audit.reader import Answer, Reader, words
from safezone.audit.texts import Text, evenly, seeded
from safezone.text.prepare import PreparedText


@dataclass(frozen=True, slots=True)
class InvarianceResult:
    """How far variants of a text, which must be answered alike, are answered differently.

    `texts` had variants, `variants` were held against the first one of their text, and
    `variants_read_otherwise` of these the model was given in other words. `largest_change` is of
    any level's or area's probability, 0 to 1; `level_flips` counts levels that became others, and
    `texts_with_a_flip` is a share.
    """

    rewriting: str
    texts: int
    variants: int
    variants_read_otherwise: int
    largest_change: float
    level_flips: int
    texts_with_a_flip: float


def measure_invariance(
    reader: Reader,
    texts: Sequence[Text],
    draws: int,
    most_texts: int,
    seed: int,
    rewritings: Mapping[str, Rewriting] = REWRITINGS,
) -> list[InvarianceResult]:
    """Rewrite texts, at most `most_texts` a rewriting, in `draws` ways beside the first."""
    groups: dict[str, list[list[PreparedText]]] = {}
    for name, rewrite in rewritings.items():
        variants = (rewrite(text, seeded(seed, name, i), draws) for i, text in enumerate(texts))
        chosen = evenly([group for group in variants if group], most_texts)
        groups[name] = [[variant.prepared() for variant in group] for group in chosen]
    # All at once, since a model reads many texts faster than one after the other.
    reader.answers([text for of_name in groups.values() for group in of_name for text in group])
    return [_result(name, of_name, reader) for name, of_name in groups.items()]


def _result(name: str, groups: Sequence[list[PreparedText]], reader: Reader) -> InvarianceResult:
    answers = [reader.answers(group) for group in groups]
    flips = [_flips(group) for group in answers]
    return InvarianceResult(
        rewriting=name,
        texts=len(groups),
        variants=sum(len(group) - 1 for group in groups),
        variants_read_otherwise=sum(
            words(text) != words(group[0]) for group in groups for text in group[1:]
        ),
        largest_change=max(map(_spread, answers), default=0.0),
        level_flips=sum(flips),
        texts_with_a_flip=float(np.mean([count > 0 for count in flips])) if flips else 0.0,
    )


def _spread(answers: Sequence[Answer]) -> float:
    return float(np.ptp(np.stack([answer.probabilities for answer in answers]), axis=0).max())


def _flips(answers: Sequence[Answer]) -> int:
    first = answers[0].levels
    return sum(
        answer.levels[axis] != level for answer in answers[1:] for axis, level in first.items()
    )
