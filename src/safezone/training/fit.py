"""Training: from labelled records to a bundle.

1. Cross-fitting: in each fold, heads are fitted on the other folds and score this one, so that
   every row has log-odds from heads that never saw it.
2. Calibrators, conformal quantiles and the abstention threshold are fitted on those.
3. The heads of the bundle are fitted on all rows.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safezone.corpus.records import Record, records_digest
from safezone.model.bundle import (
    FORMAT,
    LEARNING_CURVE,
    Bundle,
    Manifest,
    SelfCheck,
    content_version,
    parameter_bytes,
)
from safezone.model.heads import Doubles
from safezone.model.lexical import LexicalView
from safezone.model.ports import Encoder
from safezone.model.predictor import Model, axis_columns, predict_axis
from safezone.taxonomy import Taxonomy
from safezone.text.cleaner import TEXT_VERSION
from safezone.text.prepare import prepare
from safezone.training.calibrate import conformal_quantile, cross_fitted_probabilities, fit_platt
from safezone.training.card import render_card
from safezone.training.embed import embed
from safezone.training.evaluate import evaluate, true_levels
from safezone.training.folds import make_folds
from safezone.training.learning_curve import learning_curve
from safezone.training.linear import HeadSettings, Views, cross_fit, fit_heads
from safezone.training.report import draw_learning_curve
from safezone.training.self_check import SELF_CHECK_ABSTRACT, SELF_CHECK_TITLE
from safezone.training.targets import Targets, make_targets, strata

# The share of research abstracts that the scope head may turn away, of rows it had not seen.
_SCOPE_FALSE_ALARMS = 0.005


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """`folds` for cross-fitting, `coverage` of the prediction sets, `seed` of the folds,
    `resamples` for the intervals of the metrics; `learning_curve`: also fit on parts of the records
    and picture in the card how quality grows with them.
    """

    folds: int = 5
    coverage: float = 0.9
    seed: int = 0
    resamples: int = 200
    learning_curve: bool = False
    heads: HeadSettings = field(default_factory=HeadSettings)


def train(
    sample: Sequence[Record],
    *,
    supplement: Sequence[Record] = (),
    name: str,
    encoder: Encoder,
    taxonomy: Taxonomy,
    settings: TrainingSettings,
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Bundle:
    """Fit a bundle on labelled records. The same records and settings give the same bundle.

    `sample` are records as they come from real portfolios: heads, calibration, prediction sets and
    metrics are fitted on them. `supplement` are records written to teach a boundary: they are no
    sample of anything, so they teach the heads and the abstention alone.

    `cache` is a folder in which embeddings are kept between runs. Raises TrainingError when the
    records are too few or a level never occurs among them.
    """
    records = [*sample, *supplement]
    targets = make_targets(records, taxonomy)
    texts = [prepare(record.title, record.abstract) for record in records]
    plain = [text.text for text in texts]
    folds = make_folds(plain, strata(records), settings.folds, settings.seed)
    vectors = embed(encoder, texts, cache, progress)
    lexical = LexicalView.fit(plain, settings.heads.max_terms, settings.heads.min_documents)
    views = Views(vectors, lexical.transform(plain))

    log_odds = cross_fit(views, targets, folds, settings.heads)
    calibrating = _calibrating(targets, len(sample))
    held_out = cross_fitted_probabilities(log_odds, calibrating, folds)
    quantiles = _quantiles(sample, held_out[: len(sample)], taxonomy, settings.coverage)
    calibration = fit_platt(log_odds, calibrating)
    heads = fit_heads(views, targets, settings.heads)
    arrays: dict[str, NDArray[Any]] = {
        "dense": heads.dense,
        "sparse": heads.sparse,
        "intercept": heads.intercept,
        "idf": lexical.idf,
        "slope": calibration.slope,
        "offset": calibration.offset,
        "quantiles": quantiles,
        "scope_threshold": np.array([_scope_threshold(records, held_out[:, -1])]),
    }
    curve: dict[str, Any] = {}
    if settings.learning_curve:
        curve["learning_curve"] = learning_curve(
            views, targets, records, len(sample), folds, log_odds, taxonomy, settings.heads
        )
    draft = Bundle(
        manifest=_manifest(name, encoder, taxonomy, settings, records, arrays, lexical.terms),
        arrays=arrays,
        vocabulary=lexical.terms,
        metrics={
            **_metrics(sample, held_out[: len(sample)], arrays, taxonomy, settings.resamples),
            "scope": _scope_metrics(records, held_out[:, -1], arrays["scope_threshold"][0]),
            **curve,
        },
        card="",
        pictures={LEARNING_CURVE: draw_learning_curve(curve["learning_curve"], taxonomy)}
        if curve
        else {},
    )
    return _finished(draft, encoder, taxonomy)


def _calibrating(targets: Targets, sampled: int) -> Targets:
    """Calibration is about real texts; only the last head needs the others too."""
    used = targets.used.copy()
    used[sampled:, :-1] = False
    return Targets(targets.reached, used)


def _labelled(records: Sequence[Record]) -> NDArray[np.bool_]:
    return np.array([record.levels is not None for record in records], dtype=bool)


def _quantiles(
    records: Sequence[Record], held_out: Doubles, taxonomy: Taxonomy, coverage: float
) -> Doubles:
    labelled = _labelled(records)
    levels = true_levels(records)
    return np.array(
        [
            conformal_quantile(
                predict_axis(held_out[labelled][:, columns], 1.0).probabilities,
                levels[:, number],
                coverage,
            )
            for number, columns in enumerate(axis_columns(taxonomy))
        ]
    )


def _scope_threshold(records: Sequence[Record], in_scope: Doubles) -> float:
    labelled = _labelled(records)
    if labelled.all():
        return 0.0  # nothing taught the difference, so nothing is turned away
    return float(np.quantile(in_scope[labelled], _SCOPE_FALSE_ALARMS, method="lower"))


def _metrics(
    records: Sequence[Record],
    held_out: Doubles,
    arrays: Mapping[str, NDArray[Any]],
    taxonomy: Taxonomy,
    resamples: int,
) -> dict[str, Any]:
    labelled = _labelled(records)
    columns = axis_columns(taxonomy)
    axes = {
        axis.id: predict_axis(held_out[labelled][:, columns[number]], arrays["quantiles"][number])
        for number, axis in enumerate(taxonomy.axes)
    }
    areas = held_out[labelled][:, columns[-1].stop : -1]
    return {
        "measured_on": "the real records trained on, each by heads and calibrators that had not "
        "seen it",
        **evaluate(
            [record for record in records if record.levels is not None],
            axes,
            areas,
            taxonomy,
            resamples,
        ),
    }


def _scope_metrics(
    records: Sequence[Record], in_scope: Doubles, threshold: float
) -> dict[str, int]:
    labelled = _labelled(records)
    turned_away = in_scope < threshold
    return {
        "research_abstracts": int(labelled.sum()),
        "of_these_turned_away": int(turned_away[labelled].sum()),
        "other_texts": int((~labelled).sum()),
        "of_those_turned_away": int(turned_away[~labelled].sum()),
    }


def _manifest(
    name: str,
    encoder: Encoder,
    taxonomy: Taxonomy,
    settings: TrainingSettings,
    records: Sequence[Record],
    arrays: Mapping[str, NDArray[Any]],
    terms: tuple[str, ...],
) -> Manifest:
    info = encoder.info
    version = content_version(
        parameter_bytes(arrays), "\n".join(terms).encode(), info.name.encode(), info.digest.encode()
    )
    calibrating = ("slope", "offset", "quantiles", "scope_threshold")
    return Manifest(
        format=FORMAT,
        name=name,
        version=f"{name}+{version}",
        encoder=info.name,
        encoder_digest=info.digest,
        encoder_dimension=info.dimension,
        taxonomy_version=taxonomy.version,
        text_version=TEXT_VERSION,
        calibration_version=content_version(parameter_bytes({k: arrays[k] for k in calibrating})),
        coverage=settings.coverage,
        areas=taxonomy.area_slugs,
        training={
            "records": len(records),
            "records_sha256": records_digest(records),
            "sources": dict(sorted(Counter(record.source for record in records).items())),
            "settings": asdict(settings),
        },
        self_check=SelfCheck(title=SELF_CHECK_TITLE, abstract=SELF_CHECK_ABSTRACT, levels={}),
    )


def _finished(draft: Bundle, encoder: Encoder, taxonomy: Taxonomy) -> Bundle:
    """The draft with what only its own model can say: the self-check's answer, and the card."""
    prediction = Model(draft, encoder, taxonomy).predict(
        [prepare(SELF_CHECK_TITLE, SELF_CHECK_ABSTRACT)]
    )
    levels = {axis.id: axis.level_ids[prediction.axes[axis.id].levels[0]] for axis in taxonomy.axes}
    self_check = draft.manifest.self_check.model_copy(update={"levels": levels})
    manifest = draft.manifest.model_copy(update={"self_check": self_check})
    return replace(draft, manifest=manifest, card=render_card(manifest, draft.metrics, taxonomy))
