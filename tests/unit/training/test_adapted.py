"""Fitting by adaptation: what is kept teaches nothing, and the parts fit together."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from safezone.assessment import Proposal
from safezone.bootstrap import load_assessor
from safezone.config import read_settings
from safezone.corpus.records import Record
from safezone.errors import TrainingError
from safezone.model.bundle import ENCODER, TOKENIZER, save_bundle
from safezone.model.encoders.debug import DebugEncoder
from safezone.model.encoders.onnx import OnnxEncoder
from safezone.model.encoders.tokenizer import PieceTokenizer
from safezone.model.lexical import LexicalView
from safezone.model.ports import Floats
from safezone.model.reading import document_vectors
from safezone.taxonomy import Taxonomy
from safezone.training import adapted as module
from safezone.training.adaptation.adapt import adapt
from safezone.training.adaptation.lessons import Lessons, head_queries, make_lessons
from safezone.training.adaptation.network import Network
from safezone.training.adaptation.settings import AdaptationSettings, ViewSettings
from safezone.training.adapted import fit_adapted, kept_rows
from safezone.training.fit import train
from safezone.training.fitted import Fitted
from safezone.training.linear import HeadSettings, fit_lexical_heads
from safezone.training.material import Material
from safezone.training.settings import TrainingSettings
from tiny_encoders import POSITIONS, save_tiny_bert, tiny_tokenizer

ADAPTATION = AdaptationSettings(epochs=1, frozen=1, views=ViewSettings(pieces=POSITIONS - 2))
SETTINGS = TrainingSettings(
    folds=3,
    resamples=5,
    heads=HeadSettings(max_terms=300, min_documents=2),
    adaptation=ADAPTATION,
)


@pytest.fixture(scope="module", autouse=True)
def _on_one_core() -> Iterator[None]:
    """Starting workers and threads would take longer than fitting so few rows."""
    usual = torch.get_num_threads()
    torch.set_num_threads(1)
    with joblib.parallel_config(backend="sequential"), threadpool_limits(1):
        yield
    torch.set_num_threads(usual)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_bert(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that was finished is not repeated by the next test."""
    return tmp_path_factory.mktemp("cache")


@dataclass(frozen=True)
class Run:
    """What was fitted, and what the parts were given and gave."""

    fitted: Fitted
    lessons: Lessons
    network: Network
    counted: list[list[str]]
    of_words: tuple[Floats, Floats]


@pytest.fixture(scope="module")
def run(material: Material, folder: Path, cache: Path) -> Run:
    seen: dict[str, Any] = {}

    def watched(folder: Path, lessons: Lessons, *rest: Any) -> Network:
        network = adapt(folder, lessons, *rest)
        seen.update(lessons=lessons, network=network)
        return network

    def watched_terms(documents: list[list[str]], *rest: int) -> LexicalView:
        seen.update(counted=documents)
        return fit_terms(documents, *rest)

    def watched_words(*arguments: Any) -> tuple[Floats, Floats]:
        of_words = fit_lexical_heads(*arguments)
        seen.update(of_words=of_words)
        return of_words

    fit_terms = LexicalView.fit
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "adapt", watched)
        patch.setattr(module, "fit_lexical_heads", watched_words)
        patch.setattr(LexicalView, "fit", watched_terms)
        fitted = fit_adapted(material, folder, ADAPTATION, SETTINGS, cache)
    return Run(fitted, **seen)


def _pieces(material: Material, rows: NDArray[np.int64]) -> set[tuple[int, ...]]:
    """The word pieces of each of these texts."""
    tokenizer = PieceTokenizer(tiny_tokenizer())
    return {
        tuple(piece for of in tokenizer.pieces(material.documents[row]) for piece in of)
        for row in rows.tolist()
    }


def test_what_is_kept_is_in_no_lesson_and_in_no_vocabulary(material: Material, run: Run) -> None:
    kept, lessons, counted = run.fitted.unseen, run.lessons, run.counted
    taught = {
        tuple(piece for sentence in (*of.title, *of.body) for piece in sentence)
        for of in lessons.examples
    }
    others = np.setdiff1d(np.arange(len(material.records)), kept)
    assert taught == _pieces(material, others)
    assert not taught & _pieces(material, kept)
    assert len(lessons.examples) == len(counted) == len(others)
    assert counted == [material.documents[row] for row in others]


def test_labels_of_what_is_kept_teach_nothing(material: Material, run: Run) -> None:
    """Nor do they change what is kept: only the first axis, by which folds are balanced, could."""
    fitted, lessons = run.fitted, run.lessons
    records = list(material.records)
    for row in fitted.unseen.tolist():
        levels = records[row].levels
        if levels:
            turned = (levels[0], *(2 - level for level in levels[1:]))
            records[row] = replace(records[row], levels=turned, areas=(1,), sure=1)
    other = Material.of(records[: material.sampled], records[material.sampled :], material.taxonomy)
    kept = kept_rows(other, SETTINGS.seed)
    assert kept.tolist() == fitted.unseen.tolist()
    assert not np.array_equal(other.targets.reached, material.targets.reached)
    taught = np.setdiff1d(np.arange(len(records)), kept)
    again = make_lessons(other, taught, PieceTokenizer(tiny_tokenizer()))
    assert again.examples == lessons.examples
    np.testing.assert_array_equal(again.targets, lessons.targets)
    np.testing.assert_array_equal(again.weights, lessons.weights)


def test_log_odds_are_those_of_the_heads_on_what_the_files_read(
    material: Material, run: Run
) -> None:
    fitted = run.fitted
    encoder = OnnxEncoder(fitted.files[ENCODER], fitted.files[TOKENIZER])
    assert encoder.info == fitted.encoder.info
    documents = [material.documents[row] for row in fitted.unseen]
    vectors = document_vectors(encoder, documents, fitted.queries)
    found = fitted.heads.log_odds(vectors, fitted.lexical.transform(documents))
    np.testing.assert_allclose(found, fitted.log_odds, rtol=0, atol=1e-5)
    assert len({tuple(row) for row in fitted.log_odds.round(4).tolist()}) > len(documents) / 2


def test_log_odds_are_the_networks_own_and_a_share_of_those_of_the_words(
    material: Material, run: Run
) -> None:
    fitted, (sparse, constants) = run.fitted, run.of_words
    documents = [material.documents[row] for row in fitted.unseen]
    queries, dense, bias = run.network.heads.parameters_for_reading()
    pooled = document_vectors(fitted.encoder, documents, queries)[:, fitted.heads.query]
    of_network = np.einsum("nhd,dh->nh", pooled, dense) + bias
    of_words = fitted.lexical.transform(documents) @ sparse + constants
    share = np.abs(fitted.heads.sparse).sum(axis=0) / np.abs(sparse).sum(axis=0).clip(1e-9)
    told = np.abs(sparse).sum(axis=0) > 0  # heads that the words say anything of
    expected = of_network + share * of_words
    np.testing.assert_allclose(fitted.log_odds[:, told], expected[:, told], rtol=0, atol=1e-3)
    assert told.sum() > 8
    assert np.abs(bias).max() > 0.5


def test_the_average_of_what_is_kept_stands_at_the_baseline(material: Material, run: Run) -> None:
    fitted = run.fitted
    documents = [material.documents[row] for row in fitted.unseen]
    vectors = document_vectors(fitted.encoder, documents, fitted.queries)
    average = vectors.mean(axis=0, keepdims=True)
    found = fitted.heads.log_odds(average, fitted.lexical.transform([[]]))
    np.testing.assert_allclose(found[0], fitted.heads.baseline, rtol=0, atol=1e-4)


def test_there_is_a_query_for_every_axis_the_areas_and_the_scope(
    run: Run, taxonomy: Taxonomy
) -> None:
    fitted = run.fitted
    assert fitted.queries.shape == (6, 32)
    assert fitted.heads.query.tolist() == head_queries(taxonomy).tolist()
    assert fitted.heads.dense.shape == (32, 48)
    assert len(fitted.folds) == len(fitted.unseen)
    assert set(fitted.folds.tolist()) == {0, 1, 2}


def test_a_bundle_with_an_encoder_of_its_own_answers_without_being_told_of_one(
    sample: list[Record],
    supplement: list[Record],
    folder: Path,
    cache: Path,
    taxonomy: Taxonomy,
    tmp_path: Path,
    run: Run,
) -> None:
    bundle = train(
        sample,
        supplement=supplement,
        name="adapted",
        encoder=DebugEncoder(),
        taxonomy=taxonomy,
        settings=SETTINGS,
        folder=folder,
        cache=cache,
    )
    fitted = run.fitted
    assert bundle.encoder == fitted.files
    assert bundle.metrics["rows"] == sum(row < len(sample) for row in fitted.unseen)
    save_bundle(bundle, tmp_path / "adapted")
    assessor = load_assessor(read_settings(model=tmp_path / "adapted"))
    assert assessor.self_check()
    assert assessor.provenance.encoder == fitted.encoder.info.name
    assert assessor.provenance.weights_sha256 == fitted.encoder.info.digest
    proposals = [Proposal(record.abstract, record.title) for record in sample[:5]]
    together = assessor.assess(proposals)
    for proposal, assessment in zip(proposals, together, strict=True):
        [alone] = assessor.assess([proposal])
        assert not assessment.abstained
        for axis in taxonomy.axes:
            of_both = [getattr(of, axis.id).probabilities for of in (alone, assessment)]
            assert of_both[0] == pytest.approx(of_both[1], abs=1e-5)


def test_without_a_folder_nothing_is_adapted(sample: list[Record], taxonomy: Taxonomy) -> None:
    with pytest.raises(TrainingError, match="folder"):
        train(sample, name="adapted", encoder=DebugEncoder(), taxonomy=taxonomy, settings=SETTINGS)


def test_a_folder_without_a_tokenizer_is_refused(
    material: Material, folder: Path, tmp_path: Path
) -> None:
    for file in folder.iterdir():
        if file.name != "tokenizer.json":
            (tmp_path / file.name).symlink_to(file)
    with pytest.raises(TrainingError, match=r"tokenizer\.json"):
        fit_adapted(material, tmp_path, ADAPTATION, SETTINGS)


def test_too_few_records_are_refused(
    sample: list[Record], folder: Path, taxonomy: Taxonomy
) -> None:
    with pytest.raises(TrainingError, match="too few"):
        fit_adapted(Material.of(sample[:12], [], taxonomy), folder, ADAPTATION, SETTINGS)
