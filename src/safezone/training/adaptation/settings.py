"""Settings of the adaptation; this module needs no PyTorch."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """How often a view lacks the title, has its sentences in another order, or has `padding`: 2 to
    `most_padding` sentences of another, harmless text. Shares between 0 and 1; a view is padded or
    reordered, never both. `pieces` is the most word pieces that a view may have: further ones go,
    by whole sentences at random.
    """

    untitled: float = 0.2
    reordered: float = 0.12
    padded: float = 0.25
    most_padding: int = 10
    pieces: int = 448


@dataclass(frozen=True, slots=True)
class AdaptationSettings:
    """How the encoder is trained.

    AdamW with a linear warm-up over the first `warm_up` of the steps and a linear decay to nothing.
    The embeddings and the lowest `frozen` layers stay as they are: they know language, and without
    them a step takes little more than half the time, for the same quality.
    `rate` is the learning rate of the top layer, `layer_decay` what it is multiplied by from layer
    to layer downwards, `head_rate` and `query_rate` those of heads and queries. The result is the
    average of the weights over the last `averaged` of the steps.
    """

    epochs: int = 5
    batch: int = 16
    frozen: int = 3
    rate: float = 1.5e-4
    layer_decay: float = 0.85
    head_rate: float = 2e-3
    query_rate: float = 1e-2
    warm_up: float = 0.06
    averaged: float = 0.4
    views: ViewSettings = field(default_factory=ViewSettings)
