"""The model: what it refuses, and what it computes, in closed form and against its parts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from safezone.errors import BundleCorrupt, BundleMismatch
from safezone.model.bundle import Bundle
from safezone.model.encoders.debug import DebugEncoder
from safezone.model.ports import EncoderInfo
from safezone.model.predictor import (
    Model,
    Prediction,
    axis_columns,
    head_names,
    predict_axis,
)
from safezone.taxonomy import Taxonomy
from safezone.text.prepare import PreparedText

ARRAYS = (
    *("queries", "dense", "sparse", "query", "centre", "baseline"),
    *("slope", "offset", "idf", "quantiles", "scope_threshold"),
)
# They say themselves how many queries there are, or which are read: any length may be right.
LENGTHS = [name for name in ARRAYS if name != "queries"]
FLOATS = [name for name in ARRAYS if name != "query"]


class OtherEncoder(DebugEncoder):
    """The debug encoder under another identity."""

    def __init__(self, **changes: Any) -> None:
        self.info = replace(DebugEncoder.info, **changes)


def _with(bundle: Bundle, **arrays: NDArray[Any]) -> Bundle:
    changed: Mapping[str, NDArray[Any]] = {**bundle.arrays, **arrays}
    return replace(bundle, arrays=changed)


def _numbers(prediction: Prediction) -> NDArray[np.float64]:
    """Everything continuous that a prediction says, one row a text."""
    return np.hstack([axis.probabilities for axis in prediction.axes.values()] + [prediction.areas])


def test_heads_are_thresholds_then_areas_then_scope(taxonomy: Taxonomy) -> None:
    names = head_names(taxonomy)
    assert names[:3] == (
        "sensitivity>=boundary",
        "sensitivity>=sensitive",
        "instrumentation>=medium",
    )
    assert names[8] == "area:astronomy-cosmology"
    assert names[-1] == "scope"
    assert len(names) == len(set(names)) == 4 * 2 + 39 + 1
    columns = axis_columns(taxonomy)
    assert [(c.start, c.stop) for c in columns] == [(0, 2), (2, 4), (4, 6), (6, 8)]


@pytest.mark.parametrize(
    "changes", [{"digest": "0" * 64}, {"name": "minilm"}, {"dimension": 32}], ids=str
)
def test_another_encoder_is_a_mismatch(
    bundle: Bundle, taxonomy: Taxonomy, changes: dict[str, Any]
) -> None:
    encoder = OtherEncoder(**changes)
    with pytest.raises(BundleMismatch) as caught:
        Model(bundle, encoder, taxonomy)
    message = str(caught.value)
    for info in (DebugEncoder.info, encoder.info):
        assert info.name in message
        assert info.digest[:12] in message
    assert Model(bundle, OtherEncoder(), taxonomy).manifest == bundle.manifest


@pytest.mark.parametrize("change", ["fewer", "more", "another order"])
def test_other_areas_are_a_mismatch(bundle: Bundle, taxonomy: Taxonomy, change: str) -> None:
    areas = taxonomy.area_slugs
    other = {
        "fewer": areas[:-1],
        "more": (*areas, "alchemy"),
        "another order": (areas[1], areas[0], *areas[2:]),
    }[change]
    manifest = bundle.manifest.model_copy(update={"areas": other})
    with pytest.raises(BundleMismatch, match="research areas"):
        Model(replace(bundle, manifest=manifest), DebugEncoder(), taxonomy)


@pytest.mark.parametrize("name", ARRAYS)
def test_a_missing_array_is_corrupt(bundle: Bundle, taxonomy: Taxonomy, name: str) -> None:
    arrays = {key: value for key, value in bundle.arrays.items() if key != name}
    with pytest.raises(BundleCorrupt, match=f"'{name}'"):
        Model(replace(bundle, arrays=arrays), DebugEncoder(), taxonomy)


@pytest.mark.parametrize("name", LENGTHS)
@pytest.mark.parametrize("change", ["shorter", "longer", "another rank"])
def test_an_array_of_another_shape_is_corrupt(
    bundle: Bundle, taxonomy: Taxonomy, name: str, change: str
) -> None:
    array = bundle.arrays[name]
    other = {
        "shorter": array[:-1],
        "longer": np.concatenate([array, array[:1]]),
        "another rank": array[None],
    }[change]
    with pytest.raises(BundleCorrupt, match=f"'{name}'"):
        Model(_with(bundle, **{name: other}), DebugEncoder(), taxonomy)


def test_queries_of_another_dimension_or_none_at_all_are_corrupt(
    bundle: Bundle, taxonomy: Taxonomy
) -> None:
    queries = bundle.arrays["queries"]
    for other in (queries[:, :-1], queries[0], queries[None], queries[:0]):
        with pytest.raises(BundleCorrupt):
            Model(_with(bundle, queries=other), DebugEncoder(), taxonomy)


@pytest.mark.parametrize("number", [-1, 1])
def test_a_head_that_asks_a_query_which_is_not_there_is_corrupt(
    bundle: Bundle, taxonomy: Taxonomy, number: int
) -> None:
    query = bundle.arrays["query"].copy()
    query[3] = number
    with pytest.raises(BundleCorrupt, match="query"):
        Model(_with(bundle, query=query), DebugEncoder(), taxonomy)
    two = np.concatenate([bundle.arrays["queries"]] * 2)
    if number == 1:
        assert Model(_with(bundle, query=query, queries=two), DebugEncoder(), taxonomy)


@pytest.mark.parametrize("name", FLOATS)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_array_that_is_not_finite_is_corrupt(
    bundle: Bundle, taxonomy: Taxonomy, name: str, value: float
) -> None:
    """Else a model that diverged would call everything safe: no comparison with NaN is true."""
    array = np.array(bundle.arrays[name])
    array.flat[0] = value
    with pytest.raises(BundleCorrupt, match=f"'{name}'"):
        Model(_with(bundle, **{name: array}), DebugEncoder(), taxonomy)


def test_a_vocabulary_with_a_term_twice_is_corrupt(bundle: Bundle, taxonomy: Taxonomy) -> None:
    vocabulary = (*bundle.vocabulary[:-1], bundle.vocabulary[0])
    with pytest.raises(BundleCorrupt):
        Model(replace(bundle, vocabulary=vocabulary), DebugEncoder(), taxonomy)


def test_an_empty_vocabulary_is_corrupt(bundle: Bundle, taxonomy: Taxonomy) -> None:
    arrays = {name: bundle.arrays[name][:0] for name in ("sparse", "idf")}
    empty = replace(_with(bundle, **arrays), vocabulary=())
    with pytest.raises(BundleCorrupt):
        Model(empty, DebugEncoder(), taxonomy)


def test_answers_of_heads_that_are_constants(
    bundle: Bundle, taxonomy: Taxonomy, texts: list[PreparedText]
) -> None:
    """Without weights, head number n says logistic(slope * baseline + offset), chosen here."""
    wanted = np.full(48, 0.001)
    wanted[:8] = [0.8, 0.3, 0.4, 0.1, 0.5, 0.7, 0.9, 0.6]  # the third axis crosses
    wanted[8 + 5], wanted[-1] = 0.75, 0.25
    slope, offset = np.linspace(0.5, 2, 48), np.linspace(-1, 1, 48)
    constant = _with(
        bundle,
        dense=np.zeros_like(bundle.arrays["dense"]),
        sparse=np.zeros_like(bundle.arrays["sparse"]),
        slope=slope,
        offset=offset,
        centre=np.zeros_like(bundle.arrays["centre"]),
        baseline=(np.log(wanted / (1 - wanted)) - offset) / slope,
        quantiles=np.array([0.55, 0.65, 1.0, 0.0]),
        scope_threshold=np.array([0.2]),
    )
    found = Model(constant, DebugEncoder(), taxonomy).predict(texts[:2])
    expected = {
        "sensitivity": ([0.2, 0.5, 0.3], 1, [False, True, False]),
        "instrumentation": ([0.6, 0.3, 0.1], 0, [True, False, False]),
        "data_use": ([0.5, 0.0, 0.5], 2, [True, True, True]),
        "benefit": ([0.1, 0.3, 0.6], 2, [False, False, True]),
    }
    for axis_id, (probabilities, level, inside) in expected.items():
        axis = found.axes[axis_id]
        np.testing.assert_allclose(axis.probabilities, [probabilities] * 2, atol=1e-6)
        assert axis.levels.tolist() == [level] * 2
        assert axis.sets.tolist() == [inside] * 2
    np.testing.assert_allclose(found.areas, [wanted[8:-1]] * 2, atol=1e-6)
    assert found.in_scope.tolist() == [True, True]

    above = _with(constant, scope_threshold=np.array([0.3]))
    assert not Model(above, DebugEncoder(), taxonomy).predict(texts[:2]).in_scope.any()


def test_a_set_at_quantile_one_excludes_nothing() -> None:
    axis = predict_axis(np.array([[0.9, 0.1]]), 1.0)
    assert axis.sets.all()
    assert axis.levels.tolist() == [1]


@settings(max_examples=15)
@given(data=st.data())
def test_single_equals_batch_in_any_order(
    model: Model, texts: list[PreparedText], data: st.DataObject
) -> None:
    chosen = data.draw(st.lists(st.sampled_from(range(len(texts))), min_size=1, max_size=6))
    together = model.predict([texts[i] for i in chosen])
    for row, i in enumerate(chosen):
        alone = model.predict([texts[i]])
        np.testing.assert_allclose(_numbers(alone)[0], _numbers(together)[row], rtol=0, atol=1e-6)
        assert alone.in_scope[0] == together.in_scope[row]
        assert alone.parts[0] == together.parts[row]


def test_different_texts_get_different_answers(model: Model, texts: list[PreparedText]) -> None:
    numbers = _numbers(model.predict(texts)).round(6)
    assert len({tuple(row) for row in numbers.tolist()}) == len(texts)


def test_every_probability_lies_between_0_and_1_and_levels_sum_to_1(
    model: Model, texts: list[PreparedText]
) -> None:
    prediction = model.predict(texts)
    assert ((_numbers(prediction) >= 0) & (_numbers(prediction) <= 1)).all()
    for axis in prediction.axes.values():
        np.testing.assert_allclose(axis.probabilities.sum(axis=1), 1.0, rtol=0, atol=1e-12)


def test_nothing_and_a_text_without_words_are_answered(model: Model, taxonomy: Taxonomy) -> None:
    nothing = model.predict([])
    assert [axis.probabilities.shape for axis in nothing.axes.values()] == [(0, 3)] * 4
    assert nothing.areas.shape == (0, len(taxonomy.areas))
    assert nothing.parts == ()
    assert nothing.explanations == ()
    assert nothing.in_scope.shape == (0,)
    empty = model.predict([PreparedText(())])
    assert empty.parts == (0,)
    assert np.isfinite(_numbers(empty)).all()
    [explanation] = empty.explanations
    assert explanation.contributions.shape == (0, 8)
    np.testing.assert_array_equal(explanation.log_odds, explanation.baseline)


def test_progress_reaches_the_number_of_texts(model: Model, texts: list[PreparedText]) -> None:
    seen: list[tuple[int, int]] = []
    model.predict(texts, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(texts), len(texts))


def test_encoder_infos_are_equal_only_in_every_field() -> None:
    info = EncoderInfo("a", "0", 1)
    assert info == EncoderInfo("a", "0", 1)
    assert (
        len({info, replace(info, name="b"), replace(info, digest="1"), replace(info, dimension=2)})
        == 4
    )
