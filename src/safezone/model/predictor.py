"""The model: prepared texts in, calibrated probabilities and prediction sets out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safezone.errors import BundleCorrupt, BundleMismatch
from safezone.model.bundle import Bundle, Manifest
from safezone.model.conformal import prediction_sets
from safezone.model.heads import (
    Doubles,
    LinearHeads,
    PlattScaling,
    level_probabilities,
    ordinal_level,
)
from safezone.model.lexical import LexicalView
from safezone.model.ports import Encoder
from safezone.model.reading import read
from safezone.taxonomy import Taxonomy
from safezone.text.prepare import PreparedText


@dataclass(frozen=True)
class AxisPrediction:
    """One axis for n texts: `probabilities` and `sets` (n, levels), `levels` (n,)."""

    probabilities: Doubles
    levels: NDArray[np.int64]
    sets: NDArray[np.bool_]


@dataclass(frozen=True)
class Prediction:
    """What the model says of n texts.

    `areas` holds the probability that each area is one of the project's, shape (n, areas);
    `in_scope` whether a text reads as a research abstract, shape (n,); `parts` in how many parts
    each was read.
    """

    axes: Mapping[str, AxisPrediction]
    areas: Doubles
    in_scope: NDArray[np.bool_]
    parts: tuple[int, ...]


def head_names(taxonomy: Taxonomy) -> tuple[str, ...]:
    """The heads in the order of every parameter array: thresholds, areas, scope."""
    thresholds = tuple(
        f"{axis.id}>={level}" for axis in taxonomy.axes for level in axis.level_ids[1:]
    )
    return (*thresholds, *(f"area:{slug}" for slug in taxonomy.area_slugs), "scope")


def axis_columns(taxonomy: Taxonomy) -> list[slice]:
    """For each axis, which of the heads are its thresholds; areas and scope come after the last."""
    columns, start = [], 0
    for axis in taxonomy.axes:
        stop = start + len(axis.levels) - 1
        columns.append(slice(start, stop))
        start = stop
    return columns


def predict_axis(at_least: Doubles, quantile: float) -> AxisPrediction:
    """From calibrated P(level >= 1), P(level >= 2), …, shape (n, levels - 1), to an axis."""
    probabilities = level_probabilities(at_least)
    return AxisPrediction(
        probabilities, ordinal_level(probabilities), prediction_sets(probabilities, quantile)
    )


class Model:
    """A bundle's parameters together with the encoder that they were fitted on.

    Raises BundleMismatch when the encoder or the taxonomy's areas are not the bundle's, and
    BundleCorrupt when its arrays do not fit together.
    """

    def __init__(self, bundle: Bundle, encoder: Encoder, taxonomy: Taxonomy) -> None:
        manifest = bundle.manifest
        if encoder.info != manifest.encoder_info:
            raise BundleMismatch(
                f"The bundle {manifest.version} was trained on the encoder {manifest.encoder} "
                f"with weights {manifest.encoder_digest[:12]}…, the encoder in use is "
                f"{encoder.info.name} with {encoder.info.digest[:12]}…. Choose the encoder with "
                "SAFEZONE_ENCODER or the bundle with SAFEZONE_MODEL."
            )
        if manifest.areas != taxonomy.area_slugs:
            raise BundleMismatch(
                f"The bundle {manifest.version} knows other research areas than this program."
            )
        self.manifest: Manifest = manifest
        self._encoder = encoder
        self._taxonomy = taxonomy
        arrays = bundle.arrays
        heads, terms = len(head_names(taxonomy)), len(bundle.vocabulary)
        for name, shape in {
            "dense": (manifest.encoder_dimension, heads),
            "sparse": (terms, heads),
            "intercept": (heads,),
            "slope": (heads,),
            "offset": (heads,),
            "idf": (terms,),
            "quantiles": (len(taxonomy.axes),),
            "scope_threshold": (1,),
        }.items():
            if name not in arrays or arrays[name].shape != shape:
                raise BundleCorrupt(
                    f"The bundle {manifest.version} has no array '{name}' of shape {shape}."
                )
            if not np.isfinite(arrays[name]).all():
                raise BundleCorrupt(
                    f"The bundle {manifest.version} has an array '{name}' that is not finite."
                )
        if not terms or len(set(bundle.vocabulary)) != terms:
            raise BundleCorrupt(f"The bundle {manifest.version} has no terms, or one twice.")
        if not (arrays["slope"] > 0).all():
            raise BundleCorrupt(f"The bundle {manifest.version} has a slope that is not positive.")
        self._lexical = LexicalView(bundle.vocabulary, arrays["idf"])
        self._heads = LinearHeads(arrays["dense"], arrays["sparse"], arrays["intercept"])
        self._calibration = PlattScaling(arrays["slope"], arrays["offset"])
        self._quantiles = arrays["quantiles"]
        self._scope_threshold = float(arrays["scope_threshold"][0])

    def predict(
        self,
        texts: Sequence[PreparedText],
        progress: Callable[[int, int], None] | None = None,
    ) -> Prediction:
        """Predict for texts in their order; each answer is independent of the others."""
        if not texts:
            return self._prediction(np.zeros((0, len(head_names(self._taxonomy)))), ())
        reading = read(
            self._encoder,
            [[sentence.text for sentence in text.sentences] for text in texts],
            progress,
        )
        terms = self._lexical.transform([text.text for text in texts])
        probabilities = self._calibration.probabilities(
            self._heads.log_odds(reading.vectors, terms)
        )
        return self._prediction(probabilities, reading.parts)

    def _prediction(self, probabilities: Doubles, parts: tuple[int, ...]) -> Prediction:
        columns = axis_columns(self._taxonomy)
        return Prediction(
            axes={
                axis.id: predict_axis(probabilities[:, of_axis], float(quantile))
                for axis, of_axis, quantile in zip(
                    self._taxonomy.axes, columns, self._quantiles, strict=True
                )
            },
            areas=probabilities[:, columns[-1].stop : -1],
            in_scope=probabilities[:, -1] >= self._scope_threshold,
            parts=parts,
        )
