"""What our own abstracts bring: models of public records, of ours, and of both, in one run.

    python bench/training_data.py --public TRAIN.jsonl --test TEST.jsonl [--cache DIR]

Fits heads on the encoder as it comes with public records, with ours (texts that are no abstracts
teach both), and with both; the shipped model, whose encoder is adapted, stands beside them. Prints
Markdown tables: quadratic-weighted kappa and expected calibration error on both files, how many of
the contrast pairs that no model saw are read right on all sides, and kappa on whole public sources
that were left out of training. Intervals are bootstrap 95%.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit

from safezone.bootstrap import load_assessor, load_encoder
from safezone.config import read_settings
from safezone.corpus.records import Record, read_records
from safezone.model.lexical import LexicalView
from safezone.model.ports import Encoder
from safezone.model.predictor import Model, axis_columns, predict_axis
from safezone.taxonomy import Taxonomy, load_taxonomy
from safezone.text.prepare import prepare
from safezone.training.embed import embed
from safezone.training.evaluate import evaluate, true_levels
from safezone.training.fit import train
from safezone.training.linear import Views, fit_heads
from safezone.training.metrics import quadratic_weighted_kappa
from safezone.training.report import format_estimate
from safezone.training.settings import TrainingSettings
from safezone.training.targets import Targets, make_targets

OWN = Path(__file__).resolve().parents[1] / "training_data"
MEASURES = ("quadratic_weighted_kappa", "expected_calibration_error")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--own", type=Path, default=OWN)
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    taxonomy = load_taxonomy()
    encoder = load_encoder(read_settings())

    def read(path: Path) -> list[Record]:
        return read_records([path], taxonomy)

    public = read(arguments.public)
    ours = read(arguments.own)
    others = [record for record in ours if record.levels is None]
    tests = {
        "test": read(arguments.test),
        "held-out pairs": read(arguments.own / "held_out"),
    }
    samples: Mapping[str, tuple[Sequence[Record], Sequence[Record]]] = {
        "(a) public only": (public, others),
        "(b) ours only": (ours, ()),
        "(c) both": (public, ours),
    }
    models = {
        name: Model(
            train(
                sample,
                supplement=supplement,
                name="bench",
                encoder=encoder,
                taxonomy=taxonomy,
                settings=TrainingSettings(resamples=10),
                cache=arguments.cache,
            ),
            encoder,
            taxonomy,
        )
        for name, (sample, supplement) in samples.items()
    }
    models["(d) both, encoder adapted, as shipped"] = load_assessor(read_settings()).model
    reports: dict[str, dict[str, Any]] = {}
    for name, model in models.items():
        for on, records in tests.items():
            predicted = model.predict([prepare(r.title, r.abstract) for r in records])
            report = evaluate(records, predicted.axes, predicted.areas, taxonomy)
            reports.setdefault(on, {})[name] = report

    header = "| trained on | " + " | ".join(axis.name for axis in taxonomy.axes) + " |"
    rule = "| --- " * (len(taxonomy.axes) + 1) + "|"
    for on, of_model in reports.items():
        for measure in MEASURES:
            print(
                f"\n{measure.replace('_', ' ')} on {on}, {len(tests[on])} rows\n\n{header}\n{rule}"
            )
            for name, report in of_model.items():
                cells = [format_estimate(report["axes"][a.id][measure]) for a in taxonomy.axes]
                print(f"| {name} |", " | ".join(cells), "|")
    for share in ("all_right", "order_right"):
        print(f"\nheld-out contrast pairs, {share.replace('_', ' ')}\n\n{header}\n{rule}")
        for name, report in reports["held-out pairs"].items():
            pairs = report["pairs"]
            cells = [
                f"{format_estimate(pairs[a.id][share])} of {pairs[a.id]['pairs']}"
                for a in taxonomy.axes
            ]
            print(f"| {name} |", " | ".join(cells), "|")
    print(
        f"\nquadratic-weighted kappa on a source left out, before calibration\n\n{header}\n{rule}"
    )
    for source, name, kappas in left_out(public, ours, encoder, taxonomy, arguments.cache):
        print(f"| {source} by {name} |", " | ".join(f"{kappa:.2f}" for kappa in kappas), "|")


def left_out(
    public: Sequence[Record],
    ours: Sequence[Record],
    encoder: Encoder,
    taxonomy: Taxonomy,
    cache: Path | None,
) -> Iterator[tuple[str, str, list[float]]]:
    """The three large sources, each read by models that saw none of it."""
    records = [*public, *ours]
    texts = [prepare(record.title, record.abstract) for record in records]
    documents = [[sentence.text for sentence in text.sentences] for text in texts]
    vectors = embed(encoder, texts, cache)
    thresholds = axis_columns(taxonomy)[-1].stop
    every = make_targets(records, taxonomy)
    targets = Targets(every.reached[:, :thresholds], every.used[:, :thresholds])
    source = np.array([record.source for record in records])
    is_public = np.arange(len(records)) < len(public)
    settings = TrainingSettings().heads
    for out in ("sbir", "arxiv", "nsf"):
        tested = is_public & (source == out)
        for name, teaching in (
            ("(a)", is_public & ~tested),
            ("(b)", ~is_public),
            ("(c)", ~tested),
        ):
            lexical = LexicalView.fit(
                [document for document, used in zip(documents, teaching, strict=True) if used],
                settings.max_terms,
                settings.min_documents,
            )
            views = Views(vectors, lexical.transform(documents))
            heads = fit_heads(views.rows(teaching), targets.rows(teaching), settings)
            log_odds = heads.log_odds(vectors[tested, None], views.terms[tested])
            levels = true_levels([r for r, used in zip(records, tested, strict=True) if used])
            yield (
                out,
                name,
                [
                    quadratic_weighted_kappa(
                        levels[:, number], predict_axis(expit(log_odds[:, columns]), 1.0)
                    )
                    for number, columns in enumerate(axis_columns(taxonomy))
                ],
            )


if __name__ == "__main__":
    main()
