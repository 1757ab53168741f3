"""Training: from labelled records to a bundle.

1. An encoder and heads are fitted, in such a way that there are log-odds of rows which none of them
   had seen: either the encoder is adapted and part of the sample kept away (`adapted`), or heads on
   an encoder as it comes are cross-fitted (`frozen`).
2. Calibrators, conformal quantiles and the abstention threshold are fitted on those (`calibrated`).
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from safezone.corpus.records import Record
from safezone.errors import TrainingError
from safezone.model.bundle import Bundle
from safezone.model.ports import Encoder
from safezone.taxonomy import Taxonomy
from safezone.training.calibrated import calibrated_bundle
from safezone.training.frozen import fit_frozen, frozen_views
from safezone.training.learning_curve import learning_curve
from safezone.training.material import Material
from safezone.training.settings import TrainingSettings


def train(
    sample: Sequence[Record],
    *,
    supplement: Sequence[Record] = (),
    name: str,
    encoder: Encoder,
    taxonomy: Taxonomy,
    settings: TrainingSettings,
    folder: Path | None = None,
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Bundle:
    """Fit a bundle on labelled records. The same records and settings give the same bundle.

    `sample` are records as they come from real portfolios: heads, calibration, prediction sets and
    metrics are fitted on them. `supplement` are records written to teach a boundary: they are no
    sample of anything, so they teach the heads and the abstention alone.

    `folder` is the sentence-transformers folder of the encoder, needed where it is adapted. `cache`
    is a folder in which embeddings, and an adaptation that was stopped, are kept between runs.
    Raises TrainingError when the records are too few or a level never occurs among them.
    """
    material = Material.of(sample, supplement, taxonomy)
    curve: dict[str, Any] = {}
    if settings.adaptation is None or settings.learning_curve:
        views, lexical = frozen_views(encoder, material, settings.heads, cache, progress)
        fitted = fit_frozen(encoder, views, lexical, material, settings)
        if settings.learning_curve:
            curve["learning_curve"] = learning_curve(
                views,
                material.targets,
                material.records,
                material.sampled,
                fitted.folds,
                fitted.log_odds,
                taxonomy,
                settings.heads,
            )
    if settings.adaptation is not None:
        if folder is None:
            raise TrainingError("Only an encoder in a sentence-transformers folder is adapted.")
        # Here, because only those who adapt need PyTorch.
        from safezone.training.adapted import fit_adapted

        fitted = fit_adapted(material, folder, settings.adaptation, settings, cache, progress)
    return calibrated_bundle(fitted, material, name, settings, curve)
