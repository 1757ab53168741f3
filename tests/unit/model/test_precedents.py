"""Precedents: the nearest labelled examples, found by cosine and carried by the bundle."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.bootstrap import read_bundle
from safezone.config import read_settings
from safezone.corpus.records import Record
from safezone.errors import BundleCorrupt
from safezone.model.bundle import Bundle, save_bundle
from safezone.model.encoders.debug import DebugEncoder
from safezone.model.precedents import Precedent, Precedents, precedent_vector
from safezone.model.predictor import Model
from safezone.model.reading import document_vectors
from safezone.taxonomy import Taxonomy
from safezone.text.prepare import PreparedText, prepare
from tiny_bundles import FILES, load, reseal, tiny_bundle


def _examples(number: int) -> tuple[Precedent, ...]:
    return tuple(
        Precedent(
            id=f"own-{n}",
            title=f"Ice «{n}»",
            levels={"sensitivity": "safe"},
            areas=("chemistry",),
            why="Naïve, but so.",
        )
        for n in range(number)
    )


@given(st.integers(0, 8), st.integers(1, 10), st.integers(0, 99))
def test_the_nearest_come_first_with_their_cosines(number: int, wanted: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(number, 5))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    sought = precedent_vector(rng.normal(size=(2, 5)).astype(np.float32))
    examples = _examples(number)
    found = Precedents(examples, vectors).nearest(sought, wanted)
    cosines = (vectors @ sought).tolist()
    expected = sorted(range(number), key=lambda n: -cosines[n])[:wanted]
    assert [example for example, _ in found] == [examples[n] for n in expected]
    assert [cosine for _, cosine in found] == pytest.approx(
        [cosines[n] for n in expected], abs=1e-6
    )


def test_of_equally_near_examples_the_first_of_the_bundle_come_first() -> None:
    alike, far = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    examples = _examples(6)
    precedents = Precedents(examples, np.stack([far, alike, far, alike, alike, alike]))
    for wanted in (1, 2, 3):
        found = precedents.nearest(alike.astype(np.float32), wanted)
        assert found == tuple((examples[n], 1.0) for n in (1, 3, 4)[:wanted])


def test_documents_are_compared_by_the_average_of_their_vectors_at_length_one() -> None:
    vectors = np.array([[[3.0, 0, 0], [0, 0, 8.0]], [[0, 0, 0], [0, 0, 0]]], dtype=np.float32)
    np.testing.assert_allclose(
        precedent_vector(vectors), [[3 / 73**0.5, 0, 8 / 73**0.5], [0, 0, 0]], atol=1e-6
    )
    np.testing.assert_array_equal(precedent_vector(vectors[0]), precedent_vector(vectors)[0])


@pytest.fixture(scope="module")
def texts(fixture_records: list[Record]) -> list[PreparedText]:
    return [prepare(record.title, record.abstract) for record in fixture_records[:8]]


@pytest.fixture(scope="module")
def bundle(debug_bundle_path: Path, texts: list[PreparedText]) -> Bundle:
    """The debug bundle with these texts as precedents."""
    plain = read_bundle(read_settings(model=debug_bundle_path))
    vectors = document_vectors(
        DebugEncoder(),
        [[sentence.text for sentence in text.sentences] for text in texts],
        plain.arrays["queries"],
    )
    arrays = {**plain.arrays, "precedents": precedent_vector(vectors).astype(np.float16)}
    return replace(plain, arrays=arrays, precedents=_examples(len(texts)))


def test_a_texts_nearest_precedent_is_the_text_itself(
    bundle: Bundle, taxonomy: Taxonomy, texts: list[PreparedText]
) -> None:
    model = Model(bundle, DebugEncoder(), taxonomy)
    for number, found in enumerate(model.predict(texts[::-1]).precedents[::-1]):
        assert len(found) == 3
        [(nearest, cosine), *others] = found
        assert nearest.id == f"own-{number}"
        assert cosine == pytest.approx(1.0, abs=2e-3)
        assert all(other < cosine - 0.01 for _, other in others)


def test_precedents_have_no_part_in_the_answer(
    bundle: Bundle, taxonomy: Taxonomy, texts: list[PreparedText]
) -> None:
    nothing = bundle.arrays["precedents"][:0]
    plain = replace(bundle, precedents=(), arrays={**bundle.arrays, "precedents": nothing})
    with_them = Model(bundle, DebugEncoder(), taxonomy).predict(texts)
    without = Model(plain, DebugEncoder(), taxonomy).predict(texts)
    assert set(without.precedents) == {()}
    for axis in taxonomy.axes:
        np.testing.assert_array_equal(
            with_them.axes[axis.id].probabilities, without.axes[axis.id].probabilities
        )


@pytest.mark.parametrize("number", [0, 7, 9])
def test_precedents_that_are_not_as_many_as_their_vectors_are_corrupt(
    bundle: Bundle, taxonomy: Taxonomy, number: int
) -> None:
    with pytest.raises(BundleCorrupt, match="'precedents'"):
        Model(replace(bundle, precedents=_examples(number)), DebugEncoder(), taxonomy)


def test_a_bundle_keeps_its_precedents(tmp_path: Path) -> None:
    save_bundle(replace(tiny_bundle(), precedents=_examples(3)), tmp_path / "model")
    assert load(tmp_path / "model").precedents == _examples(3)
    assert {file.name for file in (tmp_path / "model").iterdir()} == {*FILES, "precedents.json"}
    save_bundle(tiny_bundle(), tmp_path / "model")
    assert load(tmp_path / "model").precedents == ()


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'[{"id": "x"}]', b"\xff", b"[" * 100_000])
def test_sealed_precedents_that_are_none_are_refused(tmp_path: Path, content: bytes) -> None:
    save_bundle(replace(tiny_bundle(), precedents=_examples(1)), tmp_path / "model")
    (tmp_path / "model" / "precedents.json").write_bytes(content)
    with pytest.raises(BundleCorrupt, match=r"precedents\.json"):
        load(tmp_path / "model")
    reseal(tmp_path / "model")
    with pytest.raises(BundleCorrupt):
        load(tmp_path / "model")
