"""The views of a text that the encoder is adapted on: each time it is read, it is read a bit anew.

A network that reads each text the same way every time learns where sentences stand and how much
stands around them. These views teach that neither matters: the order of sentences changes, a title
is missing, harmless sentences of another project are put around.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from safezone.training.adaptation.settings import ViewSettings

Pieces = Sequence[int]


@dataclass(frozen=True, slots=True)
class Example:
    """A text as word pieces by sentence, title and abstract apart.

    `varied` is False for a text that is always read as it stands, `harmless` True for one that is
    lowest on every axis of risk, whose sentences may stand in other texts.
    """

    title: tuple[Pieces, ...]
    body: tuple[Pieces, ...]
    varied: bool
    harmless: bool

    @property
    def length(self) -> int:
        """Word pieces in all."""
        return sum(map(len, self.title)) + sum(map(len, self.body))


def view(
    example: Example,
    harmless: Sequence[Example],
    settings: ViewSettings,
    rng: np.random.Generator,
) -> list[int]:
    """One view of a text, as word pieces: at least one, at most `settings.pieces`."""
    title, body = list(example.title), list(example.body)
    if example.varied:
        if rng.random() < settings.untitled and body:
            title = []
        change = rng.random()
        if change < settings.reordered:
            body = [body[i] for i in rng.permutation(len(body))]
        elif change < settings.reordered + settings.padded and harmless:
            body = _padded(
                body, harmless[int(rng.integers(len(harmless)))], settings.most_padding, rng
            )
    sentences = title + body
    while sum(map(len, sentences)) > settings.pieces and len(sentences) > 1:
        sentences.pop(int(rng.integers(len(sentences))))
    return [piece for sentence in sentences for piece in sentence][: settings.pieces]


def _padded(
    body: list[Pieces], other: Example, most: int, rng: np.random.Generator
) -> list[Pieces]:
    """The sentences with a run of the other text's before, after or among them."""
    number = min(int(rng.integers(2, most + 1)), len(other.body))
    start = int(rng.integers(len(other.body) - number + 1))
    run = list(other.body[start : start + number])
    place = (0, len(body), int(rng.integers(len(body) + 1)))[rng.integers(3)]
    return body[:place] + run + body[place:]


def batches(lengths: Sequence[int], size: int, seed: int) -> list[list[int]]:
    """The numbers of all texts, shuffled, in batches of at most `size` texts of like length."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(lengths)).tolist()
    out: list[list[int]] = []
    chunk = 16 * size
    for start in range(0, len(order), chunk):
        alike = sorted(order[start : start + chunk], key=lambda i: lengths[i])
        some = [alike[first : first + size] for first in range(0, len(alike), size)]
        out += [some[i] for i in rng.permutation(len(some))]
    return out
