"""How good the shipped model is beside simpler ones, on the same rows in one run.

    python bench/quality.py --train TRAIN.jsonl --test TEST.jsonl [--model models/NAME]

Prints a Markdown table: majority class, TF-IDF with cumulative logistic regression (both fitted
here on the training file), and the bundle. Intervals are bootstrap 95%.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from safezone.bootstrap import load_assessor
from safezone.config import read_settings
from safezone.corpus.records import Record, read_records
from safezone.model.predictor import AxisPrediction, predict_axis
from safezone.taxonomy import Taxonomy, load_taxonomy
from safezone.text.prepare import prepare
from safezone.training.evaluate import evaluate, true_levels
from safezone.training.report import format_estimate

Axes = Mapping[str, AxisPrediction]
MEASURES = (
    "quadratic_weighted_kappa",
    "macro_f1",
    "top_auroc",
    "brier_score",
    "expected_calibration_error",
)


def majority(train: Sequence[Record], test: Sequence[Record], taxonomy: Taxonomy) -> Axes:
    """The training records' level frequencies, whatever the text."""
    levels = true_levels(train)
    axes = {}
    for number, axis in enumerate(taxonomy.axes):
        at_least = [(levels[:, number] >= k).mean() for k in range(1, len(axis.levels))]
        axes[axis.id] = predict_axis(np.tile(at_least, (len(test), 1)), 1.0)
        axes[axis.id].levels[:] = np.bincount(levels[:, number]).argmax()
    return axes


def tfidf(train: Sequence[Record], test: Sequence[Record], taxonomy: Taxonomy) -> Axes:
    """TF-IDF of words and word pairs, one logistic regression a threshold."""
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), min_df=3, sublinear_tf=True, stop_words="english"
    )
    x = vectorizer.fit_transform(f"{record.title}. {record.abstract}" for record in train)
    x_test = vectorizer.transform(f"{record.title}. {record.abstract}" for record in test)
    levels = true_levels(train)
    axes = {}
    for number, axis in enumerate(taxonomy.axes):
        at_least = [
            LogisticRegression(C=10, max_iter=1000)
            .fit(x, levels[:, number] >= threshold)
            .predict_proba(x_test)[:, 1]
            for threshold in range(1, len(axis.levels))
        ]
        axes[axis.id] = predict_axis(np.stack(at_least, axis=1), 1.0)
    return axes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    arguments = parser.parse_args()
    taxonomy = load_taxonomy()
    train, test = (
        [record for record in read_records([path], taxonomy) if record.levels is not None]
        for path in (arguments.train, arguments.test)
    )
    assessor = load_assessor(read_settings(model=arguments.model))
    prediction = assessor.model.predict([prepare(r.title, r.abstract) for r in test])
    systems: dict[str, Axes] = {
        "majority class": majority(train, test, taxonomy),
        "TF-IDF + logistic regression": tfidf(train, test, taxonomy),
        f"safezone ({assessor.provenance.model})": prediction.axes,
    }
    reports = {
        name: evaluate(test, axes, prediction.areas, taxonomy) for name, axes in systems.items()
    }
    for measure in MEASURES:
        print(f"\n{measure.replace('_', ' ')}, {len(test)} rows\n")
        print("| system |", " | ".join(axis.name for axis in taxonomy.axes), "|")
        print("| --- " * (len(taxonomy.axes) + 1) + "|")
        for name, report in reports.items():
            cells = [format_estimate(report["axes"][axis.id][measure]) for axis in taxonomy.axes]
            print(f"| {name} |", " | ".join(cells), "|")


if __name__ == "__main__":
    main()
