"""How quality grows with data: what more records of a kind would bring."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from safezone.corpus.records import Record
from safezone.model.heads import Doubles
from safezone.model.predictor import axis_columns, predict_axis
from safezone.taxonomy import Taxonomy
from safezone.training.linear import HeadSettings, Views, cross_fit
from safezone.training.metrics import quadratic_weighted_kappa
from safezone.training.targets import Targets

SHARES = (0.1, 0.25, 0.5, 1.0)


def learning_curve(
    views: Views,
    targets: Targets,
    records: Sequence[Record],
    sampled: int,
    folds: NDArray[np.int64],
    whole: Doubles,
    taxonomy: Taxonomy,
    settings: HeadSettings,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Quadratic-weighted kappa of every axis as one kind of record grows while the other stays.

    The first `sampled` records are the sample, the rest the supplement. Each point is cross-fitted
    over `folds`; smaller shares are parts of larger ones. `whole` are the cross-fitted log-odds of
    all records, shape (records, heads): the last point of every line. A point names the kind that
    `grows`, its `share` and how many `records` that is, and gives `kappa` by the kind that it is
    measured on, and by axis.
    """
    levels, rows = level_array(records, len(taxonomy.axes)), len(records)
    abstract = levels[:, 0] >= 0
    is_sample = np.arange(rows) < sampled
    order = np.random.default_rng(seed).permutation(rows)
    kinds = {"sample": is_sample, "supplement": ~is_sample}
    thresholds = axis_columns(taxonomy)[-1].stop
    only_axes = Targets(targets.reached[:, :thresholds], targets.used[:, :thresholds])
    points = []
    for grows, kind in kinds.items():
        if not (kind & abstract).any():
            continue
        for share in SHARES:
            chosen = ~kind
            chosen[order[kind[order]][: int(share * kind.sum())]] = True
            log_odds = (
                whole[:, :thresholds]
                if chosen.all()
                else cross_fit(views, only_axes, folds, settings, chosen)
            )
            points.append(
                {
                    "grows": grows,
                    "share": share,
                    "records": int((chosen & kind & abstract).sum()),
                    "kappa": {
                        name: _kappas(log_odds, levels, of & abstract, taxonomy)
                        for name, of in kinds.items()
                        if (of & abstract).any()
                    },
                }
            )
    return points


def _kappas(
    log_odds: Doubles,
    levels: NDArray[np.int64],
    rows: NDArray[np.bool_],
    taxonomy: Taxonomy,
) -> dict[str, float]:
    return {
        axis.id: round(
            quadratic_weighted_kappa(
                levels[rows, number], predict_axis(expit(log_odds[rows][:, columns]), 1.0)
            ),
            4,
        )
        for number, (axis, columns) in enumerate(
            zip(taxonomy.axes, axis_columns(taxonomy), strict=True)
        )
    }


def level_array(records: Sequence[Record], axes: int) -> NDArray[np.int64]:
    """Level numbers, shape (records, axes), -1 where a text is no research abstract."""
    return np.array([record.levels or (-1,) * axes for record in records], dtype=np.int64)
