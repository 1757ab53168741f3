"""Lessons that a very small transformer learns in seconds."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from safezone.model.encoders.tokenizer import PieceTokenizer
from safezone.training.adaptation.adapt import adapt
from safezone.training.adaptation.lessons import Lessons
from safezone.training.adaptation.network import Network
from safezone.training.adaptation.settings import AdaptationSettings, ViewSettings
from safezone.training.adaptation.views import Example
from tiny_encoders import POSITIONS, tiny_tokenizer

TOKENIZER = PieceTokenizer(tiny_tokenizer())
# What the heads are taught: is there a laser in it, is there moss, nothing at all.
_MARKS, _FILLERS = ("laser", "moss"), ("ice", "soil", "reef", "data", "open", "model", "study")
TEXTS = 48
SETTINGS = AdaptationSettings(
    epochs=16,
    batch=8,
    frozen=1,
    rate=5e-3,
    head_rate=5e-2,
    query_rate=3e-2,
    views=ViewSettings(pieces=POSITIONS - 2),
)
STEPS = SETTINGS.epochs * TEXTS // SETTINGS.batch


def toy_lessons() -> Lessons:
    """Texts of a title and three sentences; the third head has no weight anywhere."""
    rng = np.random.default_rng(0)
    examples, targets = [], np.zeros((TEXTS, 3), dtype=np.float32)
    for row in range(TEXTS):
        marked = rng.random(2) < 0.5
        targets[row, :2] = marked
        title, *body = [
            [piece for word in words for piece in TOKENIZER.pieces([word])[0]]
            for words in np.array_split(rng.choice(_FILLERS, 12), 4)
        ]
        for mark in np.array(_MARKS)[marked]:
            body[int(rng.integers(3))] += TOKENIZER.pieces([mark])[0]
        examples.append(Example((title,), tuple(body), varied=True, harmless=not marked.any()))
    weights = np.array([[1.0, 1.0, 0.0]], dtype=np.float32).repeat(TEXTS, axis=0)
    return Lessons(examples, targets, weights, np.array([0, 1, 1]))


def adapt_to(folder: Path, lessons: Lessons, **changes: Any) -> Network:
    """With the settings above, or others."""
    arguments: dict[str, Any] = {"settings": SETTINGS, "seed": 3, "tokenizer": TOKENIZER, **changes}
    return adapt(folder, lessons, **arguments)


def same(one: Network, two: Network) -> bool:
    """Whether they are equal bit by bit."""
    state = two.state_dict()
    return all(torch.equal(value, state[name]) for name, value in one.state_dict().items())
