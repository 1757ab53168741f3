"""The records of a training run, with all that is read off them before anything is fitted."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from safezone.corpus.records import Record
from safezone.taxonomy import Taxonomy
from safezone.text.prepare import PreparedText, prepare
from safezone.training.folds import make_folds
from safezone.training.targets import Targets, make_targets, strata


@dataclass(frozen=True)
class Material:
    """Records with their texts as the model reads them and what each head should say of them.

    The first `sampled` records are the sample, which comes from real portfolios; the others are the
    supplement, written to teach.
    """

    records: tuple[Record, ...]
    sampled: int
    texts: tuple[PreparedText, ...]
    targets: Targets
    taxonomy: Taxonomy

    @classmethod
    def of(
        cls, sample: Sequence[Record], supplement: Sequence[Record], taxonomy: Taxonomy
    ) -> "Material":
        """Raises TrainingError when a level never occurs."""
        records = (*sample, *supplement)
        return cls(
            records=records,
            sampled=len(sample),
            texts=tuple(prepare(record.title, record.abstract) for record in records),
            targets=make_targets(records, taxonomy),
            taxonomy=taxonomy,
        )

    @cached_property
    def documents(self) -> list[list[str]]:
        """Each text as a list of sentences."""
        return [[sentence.text for sentence in text.sentences] for text in self.texts]

    @cached_property
    def is_sample(self) -> NDArray[np.bool_]:
        return np.arange(len(self.records)) < self.sampled

    @cached_property
    def is_abstract(self) -> NDArray[np.bool_]:
        """Which texts are labelled research abstracts."""
        return np.array([record.levels is not None for record in self.records], dtype=bool)

    def rows(self, chosen: NDArray[np.int64]) -> list[Record]:
        """The records of these numbers."""
        return [self.records[row] for row in chosen.tolist()]

    def folds(self, number: int, seed: int, among: NDArray[np.int64]) -> NDArray[np.int64]:
        """The fold of each of the rows `among`, 0 to number - 1, near-duplicates together.

        Raises TrainingError when there are too few.
        """
        texts = [self.texts[row].text for row in among.tolist()]
        return make_folds(texts, strata(self.rows(among)), number, seed)
