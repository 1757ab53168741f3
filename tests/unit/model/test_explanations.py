"""Explanations: the parts of the very log-odds that the probabilities come from."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from safezone.model import predictor
from safezone.model.bundle import Bundle
from safezone.model.encoders.debug import DebugEncoder
from safezone.model.predictor import Model
from safezone.taxonomy import Taxonomy
from safezone.text.prepare import PreparedText, Sentence


def test_an_explanation_sums_to_the_log_odds_of_the_probabilities(
    model: Model, texts: list[PreparedText]
) -> None:
    prediction = model.predict(texts)
    for row, (text, explanation) in enumerate(zip(texts, prediction.explanations, strict=True)):
        assert explanation.contributions.shape == (len(text.sentences), 8)
        np.testing.assert_allclose(
            explanation.baseline + explanation.contributions.sum(axis=0),
            explanation.log_odds,
            rtol=0,
            atol=1e-9,
        )
        for columns, axis in zip((0, 2, 4, 6), prediction.axes.values(), strict=True):
            at_least = expit(explanation.log_odds[columns : columns + 2])
            reached = [min(at_least), at_least[0]]  # the upper threshold never above the lower
            found = axis.probabilities[row, ::-1].cumsum()[:2]
            np.testing.assert_allclose(found, reached, rtol=0, atol=1e-12)


def test_the_baseline_is_that_of_every_text(model: Model, texts: list[PreparedText]) -> None:
    baselines = np.stack([found.baseline for found in model.predict(texts).explanations])
    assert (baselines == baselines[0]).all()


def test_a_sentence_that_says_nothing_known_contributes_only_its_pieces(
    bundle: Bundle, taxonomy: Taxonomy, texts: list[PreparedText]
) -> None:
    """With weights on the lexical view alone, it contributes nothing at all."""
    nothing = {name: np.zeros_like(bundle.arrays[name]) for name in ("dense", "centre")}
    lexical = replace(bundle, arrays={**bundle.arrays, **nothing})
    unknown = Sentence("abstract", "Xyzzy 42 plugh.", 0, 15)
    text = PreparedText((*texts[0].sentences, unknown))
    [found] = Model(lexical, DebugEncoder(), taxonomy).predict([text]).explanations
    assert not found.contributions[-1].any()
    assert found.contributions[:-1].any(axis=1).all()


def test_occlusion_is_what_the_log_odds_lose_without_a_sentence(
    model: Model, texts: list[PreparedText]
) -> None:
    for text, explanation in zip(texts[:4], model.predict(texts[:4]).explanations, strict=True):
        falls = model.read_sentences(text, explanation).occlusion
        assert falls.shape == (len(text.sentences), 8)
        for i in range(len(text.sentences)):
            left = PreparedText(text.sentences[:i] + text.sentences[i + 1 :])
            [without] = model.predict([left]).explanations
            np.testing.assert_allclose(
                falls[i], explanation.log_odds - without.log_odds, rtol=0, atol=1e-6
            )
        assert np.abs(falls).max() > 0.01


def test_a_sentence_alone_is_read_as_a_text_of_its_own(
    model: Model, texts: list[PreparedText]
) -> None:
    [explanation] = model.predict(texts[:1]).explanations
    alone = model.read_sentences(texts[0], explanation).alone
    ones = [PreparedText((sentence,)) for sentence in texts[0].sentences]
    for found, expected in zip(alone, model.predict(ones).explanations, strict=True):
        np.testing.assert_allclose(found, expected.log_odds, rtol=0, atol=1e-6)
    assert np.ptp(alone, axis=0).min() > 0


def test_without_its_only_sentence_a_text_is_left_with_the_baseline(
    model: Model, texts: list[PreparedText]
) -> None:
    alone = PreparedText(texts[0].sentences[1:2])
    nothing = PreparedText(())
    explanation, empty = model.predict([alone, nothing]).explanations
    [fall] = model.read_sentences(alone, explanation).occlusion
    np.testing.assert_allclose(fall, explanation.log_odds - explanation.baseline, atol=1e-9)
    readings = model.read_sentences(nothing, empty)
    assert readings.alone.shape == readings.occlusion.shape == (0, 8)


def test_of_many_sentences_only_those_that_contribute_most_are_left_out(
    model: Model, texts: list[PreparedText], monkeypatch: pytest.MonkeyPatch
) -> None:
    [explanation] = model.predict(texts[:1]).explanations
    every = model.read_sentences(texts[0], explanation).occlusion
    monkeypatch.setattr(predictor, "MOST_OCCLUDED", 3)
    some = model.read_sentences(texts[0], explanation).occlusion
    left_out = ~np.isnan(some).any(axis=1)
    largest = np.abs(explanation.contributions).max(axis=1)
    assert left_out.sum() == 3
    assert largest[left_out].min() > largest[~left_out].max()
    np.testing.assert_array_equal(some[left_out], every[left_out])
    assert np.isnan(some[~left_out]).all()
