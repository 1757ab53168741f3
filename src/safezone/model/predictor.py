"""The model: prepared texts in, calibrated probabilities and prediction sets out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

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
from safezone.model.ports import Encoder, Floats
from safezone.model.precedents import Precedent, Precedents, precedent_vector
from safezone.model.reading import read
from safezone.taxonomy import Taxonomy
from safezone.text.prepare import PreparedText

# How many precedents an answer points to.
_PRECEDENTS = 3
# Of so many sentences at most is each left out in turn: every time, the others are read anew.
MOST_OCCLUDED = 24


@dataclass(frozen=True)
class AxisPrediction:
    """One axis for n texts: `probabilities` and `sets` (n, levels), `levels` (n,)."""

    probabilities: Doubles
    levels: NDArray[np.int64]
    sets: NDArray[np.bool_]


@dataclass(frozen=True)
class Explanation:
    """Where the calibrated log-odds of the axes' thresholds come from, for one text.

    `log_odds` and `baseline` have shape (thresholds,), `contributions` (sentences, thresholds), the
    thresholds of all axes in the order of `head_names`: the baseline and a column of contributions
    sum to the log-odds.
    """

    log_odds: Doubles
    baseline: Doubles
    contributions: Doubles


@dataclass(frozen=True)
class SentenceReadings:
    """What each sentence does for the log-odds of the axes' thresholds, measured by reading anew.

    Both have shape (sentences, thresholds): `alone` are the log-odds of the sentence read by
    itself, `occlusion` is how far those of the whole text fall when the sentence is left out, NaN
    for a sentence that was not left out. (Sufficiency and comprehensiveness in DeYoung et al.,
    2020; occlusion in Zeiler & Fergus, 2014.)
    """

    alone: Doubles
    occlusion: Doubles


@dataclass(frozen=True)
class Prediction:
    """What the model says of n texts.

    `areas` holds the probability that each area is one of the project's, shape (n, areas);
    `in_scope` whether a text reads as a research abstract, shape (n,); `parts` in how many parts
    each was read; `explanations` where the axes' probabilities come from; `precedents` the nearest
    labelled examples with their cosines, the nearest first; `vectors`, shape (n, dimension), of
    length 1 (0 without a word), what those cosines are taken of.
    """

    axes: Mapping[str, AxisPrediction]
    areas: Doubles
    in_scope: NDArray[np.bool_]
    parts: tuple[int, ...]
    explanations: tuple[Explanation, ...]
    precedents: tuple[tuple[tuple[Precedent, float], ...], ...]
    vectors: Floats


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
        self.card, self.metrics = bundle.card, bundle.metrics
        self.encoder = encoder
        self._taxonomy = taxonomy
        arrays = bundle.arrays
        heads, terms = len(head_names(taxonomy)), len(bundle.vocabulary)
        for name, shape in {
            "queries": (len(arrays.get("queries", ())), manifest.encoder_dimension),
            "dense": (manifest.encoder_dimension, heads),
            "sparse": (terms, heads),
            "query": (heads,),
            "centre": (heads,),
            "baseline": (heads,),
            "slope": (heads,),
            "offset": (heads,),
            "idf": (terms,),
            "quantiles": (len(taxonomy.axes),),
            "scope_threshold": (1,),
            "precedents": (len(bundle.precedents), manifest.encoder_dimension),
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
        if not np.isin(arrays["query"], np.arange(len(arrays["queries"]))).all():
            raise BundleCorrupt(f"The bundle {manifest.version} has a head without a query.")
        self._queries = arrays["queries"]
        self._precedents = Precedents(bundle.precedents, arrays["precedents"])
        self._lexical = LexicalView(bundle.vocabulary, arrays["idf"])
        self._heads = LinearHeads(
            query=arrays["query"],
            **{
                name: arrays[name].astype(np.float64)
                for name in ("dense", "sparse", "centre", "baseline")
            },
        )
        self._calibration = PlattScaling(arrays["slope"], arrays["offset"])
        self._quantiles = arrays["quantiles"]
        self._scope_threshold = float(arrays["scope_threshold"][0])

    def predict(
        self,
        texts: Sequence[PreparedText],
        progress: Callable[[int, int], None] | None = None,
    ) -> Prediction:
        """Predict for texts in their order; each answer is independent of the others."""
        documents = [[sentence.text for sentence in text.sentences] for text in texts]
        ends = np.cumsum([0, *map(len, documents)])
        terms = self._lexical.by_sentence(documents)
        contributions = [np.zeros((0, len(self._heads.baseline)))] * len(texts)
        parts = [0] * len(texts)
        precedents: list[tuple[tuple[Precedent, float], ...]] = [()] * len(texts)
        vectors = np.zeros((len(texts), self.manifest.encoder_dimension), dtype=np.float32)
        for i, reading in read(self.encoder, documents, self._queries, progress):
            contributions[i] = self._heads.contributions(
                reading.vectors, reading.attention, terms[ends[i] : ends[i + 1]]
            )
            parts[i] = reading.parts
            vectors[i] = precedent_vector(reading.vectors.sum(axis=0))
            precedents[i] = self._precedents.nearest(vectors[i], _PRECEDENTS)
        log_odds = np.zeros((len(texts), len(self._heads.baseline)))
        for i, added in enumerate(contributions):
            log_odds[i] = self._heads.baseline + added.sum(axis=0)
        return self._prediction(
            self._calibration.calibrated(log_odds),
            [self._calibration.slope * added for added in contributions],
            parts,
            precedents,
            vectors,
        )

    def read_sentences(self, text: PreparedText, explanation: Explanation) -> SentenceReadings:
        """Read each sentence of a text by itself, and the text without it.

        `explanation` is the text's own. Only the `MOST_OCCLUDED` sentences with the largest
        contributions are left out: each costs one reading of the text, all sentences by themselves
        cost one together.
        """
        order = np.argsort(-np.abs(explanation.contributions).max(axis=1, initial=0), kind="stable")
        chosen = np.sort(order[:MOST_OCCLUDED]).tolist()
        alone = [PreparedText((sentence,)) for sentence in text.sentences]
        without = [PreparedText(text.sentences[:i] + text.sentences[i + 1 :]) for i in chosen]
        found = [one.log_odds for one in self.predict([*alone, *without]).explanations]
        shape = explanation.contributions.shape
        falls = np.full(shape, np.nan)
        for i, log_odds in zip(chosen, found[len(alone) :], strict=True):
            falls[i] = explanation.log_odds - log_odds
        return SentenceReadings(np.array(found[: len(alone)]).reshape(shape), falls)

    def _prediction(
        self,
        log_odds: Doubles,
        contributions: Sequence[Doubles],
        parts: Sequence[int],
        precedents: Sequence[tuple[tuple[Precedent, float], ...]],
        vectors: Floats,
    ) -> Prediction:
        """From calibrated log-odds (n, heads), and what each text's sentences add to them."""
        columns = axis_columns(self._taxonomy)
        of_axes = slice(0, columns[-1].stop)
        baseline = self._calibration.calibrated(self._heads.baseline.astype(np.float64))
        probabilities = expit(log_odds)
        return Prediction(
            axes={
                axis.id: predict_axis(probabilities[:, of_axis], float(quantile))
                for axis, of_axis, quantile in zip(
                    self._taxonomy.axes, columns, self._quantiles, strict=True
                )
            },
            areas=probabilities[:, columns[-1].stop : -1],
            in_scope=probabilities[:, -1] >= self._scope_threshold,
            parts=tuple(parts),
            precedents=tuple(precedents),
            vectors=vectors,
            explanations=tuple(
                Explanation(row[of_axes], baseline[of_axes], added[:, of_axes])
                for row, added in zip(log_odds, contributions, strict=True)
            ),
        )
