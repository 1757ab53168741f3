"""Country-blindness, measured: swap every country and nationality, and see what moves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from safezone.model.predictor import Model, Prediction
from safezone.swaps.countries import CountrySwap
from safezone.text.prepare import PreparedText, prepare


@dataclass(frozen=True, slots=True)
class SwapReport:
    """`texts` that hold a country or nationality, in `draws` random swaps each.

    `mentions` counts the words swapped over all draws, `texts_read_otherwise` the swapped texts
    that the model was given in other words than the original; `largest_change` is of any level's
    or area's probability, 0 to 1; `level_flips` counts levels that became others.
    """

    draws: int
    texts: int
    mentions: int
    texts_read_otherwise: int
    largest_change: float
    level_flips: int


def measure_swaps(
    model: Model,
    texts: Sequence[tuple[str, str]],
    draws: int = 20,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> SwapReport:
    """Swap identities in (title, abstract) pairs `draws` times and compare all probabilities."""
    random = Random(seed)  # noqa: S311 - a measurement, not a secret
    originals = [prepare(title, abstract) for title, abstract in texts]
    mentions, with_mention, changed = 0, set(), []
    for draw in range(draws):
        for row, (title, abstract) in enumerate(texts):
            # One exchange for both fields, so that a country stays the same country.
            swap = CountrySwap(random)
            (new_title, in_title), (new_abstract, in_abstract) = (
                swap.apply(title),
                swap.apply(abstract),
            )
            mentions += in_title + in_abstract
            if in_title or in_abstract:
                with_mention.add(row)
            variant = prepare(new_title, new_abstract)
            if _words(variant) != _words(originals[row]):
                changed.append((row, variant))
        if progress:
            progress(draw + 1, draws)
    largest, flips = 0.0, 0
    if changed:
        before = model.predict([originals[row] for row, _ in changed])
        after = model.predict([variant for _, variant in changed])
        largest, flips = _largest_change(before, after), _flips(before, after)
    return SwapReport(draws, len(with_mention), mentions, len(changed), largest, flips)


def _words(text: PreparedText) -> list[str]:
    return [sentence.text for sentence in text.sentences]


def _largest_change(before: Prediction, after: Prediction) -> float:
    changes = [np.abs(after.areas - before.areas).max()]
    for axis, prediction in before.axes.items():
        changes.append(np.abs(after.axes[axis].probabilities - prediction.probabilities).max())
    return float(max(changes))


def _flips(before: Prediction, after: Prediction) -> int:
    return sum(
        int((after.axes[axis].levels != prediction.levels).sum())
        for axis, prediction in before.axes.items()
    )
