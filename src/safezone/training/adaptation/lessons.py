"""What the network is taught: texts as word pieces, what each head should say, and how loudly."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safezone.model.encoders.tokenizer import PieceTokenizer
from safezone.model.ports import Floats
from safezone.model.predictor import axis_columns
from safezone.taxonomy import Taxonomy
from safezone.training.adaptation.views import Example
from safezone.training.balance import source_balance
from safezone.training.material import Material

# A reader who was less sure teaches less.
_SURE = {1: 0.5, 2: 0.8, 3: 1.0}
# How much heads of a kind weigh in the loss; areas are many and mostly absent.
_AXIS_WEIGHT, _AREA_WEIGHT, _SCOPE_WEIGHT = 0.125, 0.12, 0.3
# A further area counts as present, but less so than the first: the order of areas is learned too.
_FURTHER_AREA = 0.6


@dataclass(frozen=True)
class Lessons:
    """What n texts teach: `targets` between 0 and 1 and their `weights` in the loss.

    Both have shape (n, heads); a weight is 0 where a text says nothing of a head. `query` names the
    query of each head, shape (heads,).
    """

    examples: Sequence[Example]
    targets: Floats
    weights: Floats
    query: NDArray[np.int64]


def head_queries(taxonomy: Taxonomy) -> NDArray[np.int64]:
    """The query of each head: one an axis, one for the areas together, one for the scope."""
    axes = [number for number, axis in enumerate(taxonomy.axes) for _ in axis.levels[1:]]
    areas = [len(taxonomy.axes)] * len(taxonomy.areas)
    return np.array([*axes, *areas, len(taxonomy.axes) + 1], dtype=np.int64)


def make_lessons(material: Material, rows: NDArray[np.int64], tokenizer: PieceTokenizer) -> Lessons:
    """The lessons of these rows of the material.

    A text without a word piece teaches nothing, and is left out.
    """
    taxonomy = material.taxonomy
    of_axes = axis_columns(taxonomy)[-1].stop
    every = [_example(material, row, tokenizer) for row in rows.tolist()]
    rows = rows[[example.length > 0 for example in every]]
    records, targets = material.rows(rows), material.targets.rows(rows)
    wanted = targets.reached.astype(np.float32)
    weights = targets.used.astype(np.float32)
    balance = source_balance([record.source for record in records], targets)
    weights[:, :of_axes] *= _AXIS_WEIGHT * balance[:, :of_axes]
    weights[:, of_axes:-1] *= _AREA_WEIGHT
    weights[:, -1] *= _SCOPE_WEIGHT
    for row, record in enumerate(records):
        weights[row, :of_axes] *= _SURE[record.sure]
        for area in record.areas[1:]:
            wanted[row, of_axes + area] = _FURTHER_AREA
    examples = [example for example in every if example.length]
    return Lessons(examples, wanted, weights, head_queries(taxonomy))


def _example(material: Material, row: int, tokenizer: PieceTokenizer) -> Example:
    record, text, taxonomy = material.records[row], material.texts[row], material.taxonomy
    pieces = tokenizer.pieces([sentence.text for sentence in text.sentences])
    titled = [sentence.field == "title" for sentence in text.sentences]
    risks = [number for number, axis in enumerate(taxonomy.axes) if axis.id != "benefit"]
    return Example(
        title=tuple(p for p, of_title in zip(pieces, titled, strict=True) if of_title and p),
        body=tuple(p for p, of_title in zip(pieces, titled, strict=True) if not of_title and p),
        varied=record.levels is not None,
        harmless=record.levels is not None and not any(record.levels[risk] for risk in risks),
    )
