"""Explanations: the parts of the very log-odds that the probabilities come from."""

from dataclasses import replace

import numpy as np
from scipy.special import expit

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
