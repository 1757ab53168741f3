"""What our own abstracts bring: models of public records, of ours, and of both, in one run.

    python bench/training_data.py --public TRAIN.jsonl --test TEST.jsonl [--cache DIR]

Fits three models (texts that are no abstracts teach all of them) and prints Markdown tables:
quadratic-weighted kappa and expected calibration error on both files, and how many of the contrast
pairs that no model saw are read right on all sides. Intervals are bootstrap 95%.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safezone.bootstrap import load_encoder
from safezone.config import read_settings
from safezone.corpus.records import Record, read_records
from safezone.model.predictor import Model
from safezone.taxonomy import load_taxonomy
from safezone.text.prepare import prepare
from safezone.training.evaluate import evaluate
from safezone.training.fit import TrainingSettings, train
from safezone.training.report import format_estimate

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

    def read(*paths: Path) -> list[Record]:
        return read_records(paths, taxonomy)

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
    reports: dict[str, dict[str, Any]] = {}
    for name, (sample, supplement) in samples.items():
        bundle = train(
            sample,
            supplement=supplement,
            name="bench",
            encoder=encoder,
            taxonomy=taxonomy,
            settings=TrainingSettings(resamples=10),
            cache=arguments.cache,
        )
        model = Model(bundle, encoder, taxonomy)
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


if __name__ == "__main__":
    main()
