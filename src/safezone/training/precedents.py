"""Which records a bundle carries as precedents."""

import numpy as np
from numpy.typing import NDArray

from safezone.corpus.records import Record
from safezone.model.precedents import Precedent
from safezone.taxonomy import Taxonomy
from safezone.training.material import Material


def precedent_rows(material: Material) -> NDArray[np.int64]:
    """The research abstracts of the supplement.

    Only these: they were written to be shown, while the sample's records are other people's.
    """
    return np.flatnonzero(material.is_abstract & ~material.is_sample)


def as_precedent(record: Record, taxonomy: Taxonomy) -> Precedent:
    """The record without its abstract."""
    levels = record.levels or ()
    return Precedent(
        id=record.id,
        title=record.title,
        levels={
            axis.id: axis.level_ids[level]
            for axis, level in zip(taxonomy.axes, levels, strict=True)
        },
        areas=tuple(taxonomy.area_slugs[area] for area in record.areas),
        why=record.why,
    )
