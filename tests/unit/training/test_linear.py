"""The linear heads: what scikit-learn fits on both views, side by side."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from safezone.model.heads import Doubles, LinearHeads
from safezone.training.linear import HeadSettings, Views, fit_heads, fit_lexical_heads
from safezone.training.targets import Targets

ROWS, DIMENSION, TERMS, HEADS = 80, 6, 12, 3
SETTINGS = HeadSettings(strength=10.0)


@pytest.fixture
def views() -> Views:
    """Vectors with very different means and scales, and sparse terms."""
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(ROWS, DIMENSION)) * 10.0 ** np.arange(-2, 4) + 5
    terms = generator.random((ROWS, TERMS)) * (generator.random((ROWS, TERMS)) < 0.3)
    return Views(vectors.astype(np.float32), csr_matrix(terms))


@pytest.fixture
def targets(views: Views) -> Targets:
    generator = np.random.default_rng(1)
    z = (views.vectors - 5) / 10.0 ** np.arange(-2, 4) @ generator.normal(size=(DIMENSION, HEADS))
    reached = z + views.terms @ generator.normal(size=(TERMS, HEADS)) > 0
    return Targets(np.asarray(reached), np.ones((ROWS, HEADS), dtype=bool))


def log_odds(heads: LinearHeads, views: Views) -> Doubles:
    return heads.log_odds(views.vectors[:, None], views.terms)


def stacked(views: Views, dense_weight: float) -> Doubles:
    """Both views in one dense array, vectors standardised to a length of about `dense_weight`."""
    vectors = views.vectors.astype(np.float64)
    standard = (vectors - vectors.mean(axis=0)) / (vectors.std(axis=0) + 1e-6)
    return np.hstack([dense_weight * standard / np.sqrt(DIMENSION), views.terms.toarray()])


def fitted_by_sklearn(
    features: Doubles, reached: NDArray[np.bool_], strength: float
) -> LogisticRegression:
    model = LogisticRegression(C=strength, solver="liblinear", max_iter=1000)
    return model.fit(features, reached)


@pytest.mark.parametrize("dense_weight", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("strength", [0.1, 10.0])
def test_log_odds_are_those_of_scikit_learn_on_stacked_features(
    views: Views, targets: Targets, dense_weight: float, strength: float
) -> None:
    settings = HeadSettings(strength=strength, dense_weight=dense_weight)
    found = log_odds(fit_heads(views, targets, settings, jobs=1), views)
    features = stacked(views, dense_weight)
    for head in range(HEADS):
        model = fitted_by_sklearn(features, targets.reached[:, head], strength)
        np.testing.assert_allclose(
            found[:, head], model.decision_function(features), rtol=0, atol=1e-4
        )


def test_lexical_heads_are_those_of_scikit_learn_on_the_terms_alone(
    views: Views, targets: Targets
) -> None:
    targets.used[50:, 0] = False
    targets.reached[:, 1] = True
    weights, constants = fit_lexical_heads(views.terms, targets, SETTINGS, jobs=1)
    assert (weights.shape, constants.shape) == ((TERMS, HEADS), (HEADS,))
    assert {weights.dtype, constants.dtype} == {np.dtype(np.float32)}
    found = views.terms @ weights + constants
    terms = views.terms.toarray()
    for head, rows in ((0, slice(50)), (2, slice(None))):
        model = fitted_by_sklearn(terms[rows], targets.reached[rows, head], SETTINGS.strength)
        np.testing.assert_allclose(
            found[:, head], model.decision_function(terms), rtol=0, atol=1e-4
        )
    np.testing.assert_allclose(found[:, 1], np.log(81.0), rtol=1e-6)


def test_standardised_vectors_have_the_length_of_the_setting(views: Views) -> None:
    lengths = np.linalg.norm(stacked(views, 2.5)[:, :DIMENSION], axis=1)
    assert np.sqrt((lengths**2).mean()) == pytest.approx(2.5, rel=1e-3)


def test_standardisation_is_folded_in_so_that_units_do_not_matter(
    views: Views, targets: Targets
) -> None:
    found = fit_heads(views, targets, SETTINGS, jobs=1)
    moved = Views(views.vectors * np.float32(8) - np.float32(40), views.terms)
    other = fit_heads(moved, targets, SETTINGS, jobs=1)
    np.testing.assert_allclose(log_odds(other, moved), log_odds(found, views), rtol=0, atol=5e-3)
    np.testing.assert_allclose(other.dense * 8, found.dense, rtol=1e-2, atol=1e-5)


def test_heads_are_small_floats_of_the_right_shapes(views: Views, targets: Targets) -> None:
    heads = fit_heads(views, targets, SETTINGS, jobs=1)
    arrays = (heads.dense, heads.sparse, heads.centre, heads.baseline)
    assert [array.shape for array in arrays] == [
        *((DIMENSION, HEADS), (TERMS, HEADS)),
        *((HEADS,), (HEADS,)),
    ]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}
    assert heads.query.tolist() == [0] * HEADS  # they all read the one vector


def test_the_baseline_is_what_the_average_vector_has_without_a_term(
    views: Views, targets: Targets
) -> None:
    heads = fit_heads(views, targets, SETTINGS, jobs=1)
    average = Views(views.vectors.mean(axis=0, keepdims=True), csr_matrix((1, TERMS)))
    np.testing.assert_allclose(log_odds(heads, average), [heads.baseline], rtol=0, atol=1e-4)
    assert np.abs(heads.centre).max() > 1e-3


@pytest.mark.parametrize(("label", "constant"), [(True, np.log(81.0)), (False, -np.log(81.0))])
def test_a_head_with_one_class_is_a_constant_at_its_rate(
    views: Views, targets: Targets, label: bool, constant: float
) -> None:
    targets.reached[:, 1] = label
    heads = fit_heads(views, targets, SETTINGS, jobs=1)
    np.testing.assert_allclose(log_odds(heads, views)[:, 1], constant, rtol=1e-6)
    assert not heads.dense[:, 1].any()
    assert heads.dense[:, 0].any()


def test_rows_that_do_not_teach_a_head_have_no_part_in_it(views: Views, targets: Targets) -> None:
    everything = log_odds(fit_heads(views, targets, SETTINGS, jobs=1), views)
    targets.used[50:, 0] = False
    found = log_odds(fit_heads(views, targets, SETTINGS, jobs=1), views)
    features = stacked(views, SETTINGS.dense_weight)
    alone = fitted_by_sklearn(features[:50], targets.reached[:50, 0], SETTINGS.strength)
    np.testing.assert_allclose(found[:, 0], alone.decision_function(features), rtol=0, atol=1e-4)
    assert np.abs(found[:, 0] - everything[:, 0]).max() > 0.1
    np.testing.assert_array_equal(found[:, 1:], everything[:, 1:])


def test_labels_of_rows_that_do_not_teach_change_nothing(views: Views, targets: Targets) -> None:
    targets.used[50:, 0] = False
    before = log_odds(fit_heads(views, targets, SETTINGS, jobs=1), views)
    targets.reached[50:, 0] ^= True
    after = log_odds(fit_heads(views, targets, SETTINGS, jobs=1), views)
    np.testing.assert_array_equal(after, before)


def test_the_same_rows_give_the_same_heads_on_one_core_or_several(
    views: Views, targets: Targets
) -> None:
    one, again, parallel = (fit_heads(views, targets, SETTINGS, jobs) for jobs in (1, 1, 2))
    for other in (again, parallel):
        np.testing.assert_array_equal(other.dense, one.dense)
        np.testing.assert_array_equal(other.sparse, one.sparse)
        np.testing.assert_array_equal(other.centre, one.centre)
        np.testing.assert_array_equal(other.baseline, one.baseline)


def test_a_vector_that_never_varies_does_not_blow_up(views: Views, targets: Targets) -> None:
    views.vectors[:, 2] = 7
    found = fit_heads(views, targets, SETTINGS, jobs=1)
    assert np.abs(log_odds(found, views)).max() < 100
    assert np.abs(found.dense[2]).max() < 1e-3


def test_views_are_chosen_row_by_row(views: Views) -> None:
    chosen = np.arange(ROWS) % 2 == 0
    half = views.rows(chosen)
    np.testing.assert_array_equal(half.vectors, views.vectors[::2])
    np.testing.assert_array_equal(half.terms.toarray(), views.terms.toarray()[::2])
