"""Precedents: the labelled examples of a bundle that are nearest to a text."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, TypeAdapter

from safezone.model.ports import Floats


class Precedent(BaseModel):
    """A labelled example: `levels` by axis, `areas` with the primary one first, `why` in words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    levels: dict[str, str]
    areas: tuple[str, ...]
    why: str


PRECEDENTS = TypeAdapter(tuple[Precedent, ...])


def precedent_vector(document: Floats) -> Floats:
    """What documents are compared by: their vectors (…, queries, dimension) averaged, length 1."""
    mean = document.mean(axis=-2)
    unit: Floats = mean / np.maximum(np.linalg.norm(mean, axis=-1, keepdims=True), 1e-12)
    return unit


class Precedents:
    """Finds the nearest of some examples, by the cosine of their vectors, shape (n, dimension)."""

    def __init__(self, examples: Sequence[Precedent], vectors: NDArray[Any]) -> None:
        self._examples = tuple(examples)
        self._vectors: Floats = vectors.astype(np.float32)

    def nearest(self, vector: Floats, number: int) -> tuple[tuple[Precedent, float], ...]:
        """The nearest examples of a precedent vector with their cosines, the nearest first."""
        cosines = self._vectors @ vector
        near = np.arange(len(cosines))
        if number < len(near):
            # To sort only these is quicker than to sort all.
            near = np.flatnonzero(cosines >= np.partition(cosines, -number)[-number])
        order = near[np.argsort(-cosines[near], kind="stable")][:number].tolist()
        return tuple((self._examples[i], float(cosines[i])) for i in order)
