"""Training: from labelled records to a bundle."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from safezone.corpus.records import Record, read_records, records_digest
from safezone.errors import TrainingError
from safezone.model.bundle import Bundle, load_bundle, save_bundle
from safezone.model.encoders.debug import DebugEncoder
from safezone.model.predictor import Model
from safezone.taxonomy import Taxonomy
from safezone.text.cleaner import TEXT_VERSION
from safezone.text.prepare import prepare
from safezone.training.fit import train
from safezone.training.linear import HeadSettings
from safezone.training.self_check import SELF_CHECK_ABSTRACT, SELF_CHECK_TITLE
from safezone.training.settings import TrainingSettings

SETTINGS = TrainingSettings(
    folds=3, resamples=5, heads=HeadSettings(max_terms=2_000, min_documents=2)
)
OUT_OF_SCOPE = Path(__file__).resolve().parents[3] / "training_data" / "out_of_scope.jsonl"

Fit = Callable[..., Bundle]


@pytest.fixture(scope="module", autouse=True)
def _on_one_core() -> Iterator[None]:
    """Starting workers and threads would take longer than fitting so few rows."""
    with joblib.parallel_config(backend="sequential"), threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def records(fixture_records: list[Record], taxonomy: Taxonomy) -> list[Record]:
    """Research abstracts of two sources, and other texts."""
    labelled = [
        replace(record, source="made" if number % 3 else "award")
        for number, record in enumerate(fixture_records)
    ]
    return [*labelled, *read_records([OUT_OF_SCOPE], taxonomy)[:40]]


@pytest.fixture(scope="module")
def fit(taxonomy: Taxonomy) -> Fit:
    def call(records: list[Record], settings: TrainingSettings = SETTINGS) -> Bundle:
        return train(
            records, name="small", encoder=DebugEncoder(), taxonomy=taxonomy, settings=settings
        )

    return call


@pytest.fixture(scope="module")
def bundle(fit: Fit, records: list[Record]) -> Bundle:
    return fit(records)


def files(bundle: Bundle, path: Path) -> dict[str, bytes]:
    save_bundle(bundle, path)
    return {file.name: file.read_bytes() for file in path.iterdir()}


def test_the_same_records_and_seed_give_the_same_bytes(
    bundle: Bundle, fit: Fit, records: list[Record], tmp_path: Path
) -> None:
    first, again = files(bundle, tmp_path / "a"), files(fit(records), tmp_path / "b")
    assert len(first) == 6
    assert first == again


def test_another_seed_gives_another_calibration_of_the_same_heads(
    bundle: Bundle, fit: Fit, records: list[Record]
) -> None:
    other = fit(records, replace(SETTINGS, seed=1))
    assert other.manifest.version != bundle.manifest.version
    assert other.manifest.calibration_version != bundle.manifest.calibration_version
    assert not np.array_equal(other.arrays["slope"], bundle.arrays["slope"])
    # The heads of the bundle see all rows, whatever the folds.
    np.testing.assert_array_equal(other.arrays["dense"], bundle.arrays["dense"])


def test_one_changed_label_changes_digest_and_versions(
    bundle: Bundle, fit: Fit, records: list[Record]
) -> None:
    changed = next(n for n, r in enumerate(records) if r.levels and r.levels[0] == 0)
    levels = records[changed].levels
    assert levels
    relabelled = [*records]
    relabelled[changed] = replace(records[changed], levels=(2, *levels[1:]))
    other = fit(relabelled)
    assert other.manifest.training["records_sha256"] == records_digest(relabelled)
    assert other.manifest.training["records_sha256"] != bundle.manifest.training["records_sha256"]
    assert other.manifest.version != bundle.manifest.version
    assert other.manifest.calibration_version != bundle.manifest.calibration_version


def test_the_manifest_counts_right(
    bundle: Bundle, records: list[Record], taxonomy: Taxonomy
) -> None:
    manifest = bundle.manifest
    training = manifest.training
    assert training["records"] == len(records) == 136
    assert training["sources"]["award"] == 32
    assert training["sources"]["made"] == 64
    assert sum(training["sources"].values()) == 136
    assert training["records_sha256"] == records_digest(records)
    assert training["settings"]["seed"] == 0
    assert training["settings"]["heads"]["max_terms"] == 2_000
    assert manifest.encoder_info == DebugEncoder.info
    assert manifest.taxonomy_version == taxonomy.version
    assert manifest.text_version == TEXT_VERSION
    assert manifest.coverage == 0.9
    assert manifest.areas == taxonomy.area_slugs
    assert manifest.version.startswith("small+")


def test_the_scope_counts_are_of_the_rows_of_each_kind(bundle: Bundle) -> None:
    scope = bundle.metrics["scope"]
    assert (scope["research_abstracts"], scope["other_texts"]) == (96, 40)
    assert scope["of_these_turned_away"] <= 1
    assert scope["of_those_turned_away"] > 20
    assert bundle.metrics["rows"] == 96


def test_held_out_metrics_beat_naming_the_most_frequent_level(
    bundle: Bundle, records: list[Record], taxonomy: Taxonomy
) -> None:
    levels = np.array([record.levels for record in records if record.levels is not None])
    for column, axis in enumerate(taxonomy.axes):
        measured = bundle.metrics["axes"][axis.id]
        shares = np.bincount(levels[:, column], minlength=3) / len(levels)
        most = shares.max()
        assert measured["macro_f1"]["value"] > 2 * most / (1 + most) / 3
        assert measured["quadratic_weighted_kappa"]["value"] > 0
        assert measured["top_average_precision"]["value"] > shares[2]
        assert measured["brier_score"]["value"] < 1 - (shares**2).sum()


def test_prediction_sets_cover_what_they_state(bundle: Bundle) -> None:
    for measured in bundle.metrics["axes"].values():
        # 0.9 less three standard errors of 96 rows
        assert measured["coverage"]["value"] > 0.81
        assert measured["mean_set_size"]["value"] <= 3


def test_the_self_check_is_what_the_saved_model_answers(
    bundle: Bundle, taxonomy: Taxonomy, tmp_path: Path
) -> None:
    save_bundle(bundle, tmp_path / "small")
    loaded = load_bundle(
        tmp_path / "small", taxonomy_version=taxonomy.version, text_version=TEXT_VERSION
    )
    check = loaded.manifest.self_check
    assert (check.title, check.abstract) == (SELF_CHECK_TITLE, SELF_CHECK_ABSTRACT)
    model = Model(loaded, DebugEncoder(), taxonomy)
    axes = model.predict([prepare(check.title, check.abstract)]).axes
    answer = {axis.id: axis.level_ids[axes[axis.id].levels[0]] for axis in taxonomy.axes}
    assert answer == check.levels


def test_without_other_texts_nothing_is_turned_away(
    fit: Fit, fixture_records: list[Record], taxonomy: Taxonomy
) -> None:
    bundle = fit(fixture_records)
    assert bundle.metrics["scope"] == {
        "research_abstracts": 96,
        "of_these_turned_away": 0,
        "other_texts": 0,
        "of_those_turned_away": 0,
    }
    model = Model(bundle, DebugEncoder(), taxonomy)
    texts = [prepare("", text) for text in ("", "Two eggs, flour and milk.", "x " * 500)]
    assert model.predict(texts).in_scope.all()


def test_a_level_that_never_occurs_is_refused(fit: Fit, records: list[Record]) -> None:
    without = [r for r in records if r.levels is None or r.levels[1] != 2]
    with pytest.raises(TrainingError, match="instrumentation 'high'"):
        fit(without)


def test_too_few_records_are_refused(fit: Fit, fixture_records: list[Record]) -> None:
    with pytest.raises(TrainingError, match="too few for 60 folds"):
        fit(fixture_records, replace(SETTINGS, folds=60))
