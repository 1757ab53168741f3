"""From what was fitted to a bundle: calibration, prediction sets, abstention, metrics, manifest."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safezone.corpus.records import Record, records_digest
from safezone.model.bundle import (
    FORMAT,
    LEARNING_CURVE,
    RELIABILITY,
    Bundle,
    Manifest,
    SelfCheck,
    parameter_bytes,
)
from safezone.model.digests import content_version
from safezone.model.heads import Doubles
from safezone.model.ports import Encoder
from safezone.model.predictor import AxisPrediction, Model, axis_columns, predict_axis
from safezone.taxonomy import Taxonomy
from safezone.text.cleaner import TEXT_VERSION
from safezone.text.prepare import prepare
from safezone.training.calibrate import conformal_quantile, cross_fitted_probabilities, fit_platt
from safezone.training.card import render_card
from safezone.training.evaluate import evaluate, true_levels
from safezone.training.fitted import Fitted
from safezone.training.material import Material
from safezone.training.precedents import as_precedent
from safezone.training.report import draw_learning_curve, draw_reliability
from safezone.training.self_check import SELF_CHECK_ABSTRACT, SELF_CHECK_TITLE
from safezone.training.settings import TrainingSettings
from safezone.training.targets import Targets

# The share of research abstracts that the scope head may turn away, of rows it had not seen.
_SCOPE_FALSE_ALARMS = 0.005


def calibrated_bundle(
    fitted: Fitted,
    material: Material,
    name: str,
    settings: TrainingSettings,
    curve: Mapping[str, Any],
) -> Bundle:
    """The bundle of what was fitted, calibrated on the rows that it had not seen.

    `curve` holds a learning curve for the card and the metrics, or nothing.
    """
    taxonomy = material.taxonomy
    is_sample = material.is_sample[fitted.unseen]
    is_abstract = material.is_abstract[fitted.unseen]
    calibrating = _calibrating(material.targets.rows(fitted.unseen), is_sample)
    held_out = cross_fitted_probabilities(fitted.log_odds, calibrating, fitted.folds)
    in_scope = held_out[:, -1]
    # Real and labelled: what the levels' sets and metrics are about.
    chosen = is_sample & is_abstract
    measured, of_measured = material.rows(fitted.unseen[chosen]), held_out[chosen]
    calibration = fit_platt(fitted.log_odds, calibrating)
    arrays: dict[str, NDArray[Any]] = {
        "queries": fitted.queries,
        **{part.name: getattr(fitted.heads, part.name) for part in fields(fitted.heads)},
        "idf": fitted.lexical.idf,
        "slope": calibration.slope,
        "offset": calibration.offset,
        "quantiles": _quantiles(measured, of_measured, taxonomy, settings.coverage),
        "scope_threshold": np.array([_scope_threshold(in_scope, is_abstract)]),
        # Half precision: a cosine needs no more.
        "precedents": fitted.precedents.astype(np.float16),
    }
    axes = {
        axis.id: predict_axis(of_measured[:, columns], quantile)
        for axis, columns, quantile in zip(
            taxonomy.axes, axis_columns(taxonomy), arrays["quantiles"], strict=True
        )
    }
    draft = Bundle(
        manifest=_manifest(name, fitted, taxonomy, settings, material.records, arrays),
        arrays=arrays,
        vocabulary=fitted.lexical.terms,
        metrics={
            "measured_on": "real records, each by an encoder, heads and calibrators that had not "
            "seen it",
            **evaluate(
                measured,
                axes,
                of_measured[:, axis_columns(taxonomy)[-1].stop : -1],
                taxonomy,
                settings.resamples,
            ),
            "scope": _scope_metrics(in_scope, is_abstract, arrays["scope_threshold"][0]),
            **curve,
        },
        card="",
        encoder=fitted.files,
        precedents=tuple(
            as_precedent(record, taxonomy) for record in material.rows(fitted.precedent_rows)
        ),
        pictures=_pictures(measured, axes, curve, taxonomy),
    )
    return _finished(draft, fitted.encoder, taxonomy)


def _calibrating(targets: Targets, is_sample: NDArray[np.bool_]) -> Targets:
    """Calibration is about real texts; only the last head needs the others too."""
    used = targets.used.copy()
    used[~is_sample, :-1] = False
    return Targets(targets.reached, used)


def _quantiles(
    records: Sequence[Record], held_out: Doubles, taxonomy: Taxonomy, coverage: float
) -> Doubles:
    levels = true_levels(records)
    return np.array(
        [
            conformal_quantile(
                predict_axis(held_out[:, columns], 1.0).probabilities,
                levels[:, number],
                coverage,
            )
            for number, columns in enumerate(axis_columns(taxonomy))
        ]
    )


def _scope_threshold(in_scope: Doubles, is_abstract: NDArray[np.bool_]) -> float:
    if is_abstract.all():
        return 0.0  # nothing taught the difference, so nothing is turned away
    return float(np.quantile(in_scope[is_abstract], _SCOPE_FALSE_ALARMS, method="lower"))


def _pictures(
    records: Sequence[Record],
    axes: Mapping[str, AxisPrediction],
    curve: Mapping[str, Any],
    taxonomy: Taxonomy,
) -> dict[str, bytes]:
    reliability = BytesIO()
    draw_reliability(reliability, records, axes, taxonomy)
    pictures = {RELIABILITY: reliability.getvalue()}
    if curve:
        pictures[LEARNING_CURVE] = draw_learning_curve(curve["learning_curve"], taxonomy)
    return pictures


def _scope_metrics(
    in_scope: Doubles, is_abstract: NDArray[np.bool_], threshold: float
) -> dict[str, int]:
    turned_away = in_scope < threshold
    return {
        "research_abstracts": int(is_abstract.sum()),
        "of_these_turned_away": int(turned_away[is_abstract].sum()),
        "other_texts": int((~is_abstract).sum()),
        "of_those_turned_away": int(turned_away[~is_abstract].sum()),
    }


def _manifest(
    name: str,
    fitted: Fitted,
    taxonomy: Taxonomy,
    settings: TrainingSettings,
    records: Sequence[Record],
    arrays: Mapping[str, NDArray[Any]],
) -> Manifest:
    info = fitted.encoder.info
    version = content_version(
        parameter_bytes(arrays),
        "\n".join(fitted.lexical.terms).encode(),
        info.name.encode(),
        info.digest.encode(),
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
