"""Adapting a small transformer: it learns, and touches nothing that it must not."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix
from torch.nn.functional import binary_cross_entropy_with_logits

from safezone.errors import TrainingError
from safezone.model.heads import Doubles, LinearHeads
from safezone.model.ports import Floats
from safezone.model.reading import pool
from safezone.training.adaptation import adapt as module
from safezone.training.adaptation.adapt import _first_log_odds, _padded
from safezone.training.adaptation.lessons import Lessons
from safezone.training.adaptation.network import Network
from safezone.training.adaptation.settings import ViewSettings
from tiny_encoders import POSITIONS
from toy_lessons import SETTINGS, STEPS, TEXTS, TOKENIZER, adapt_to, same


def _read(network: Network, lessons: Lessons) -> torch.Tensor:
    texts = [[p for s in (*of.title, *of.body) for p in s] for of in lessons.examples]
    with torch.inference_mode():
        log_odds: torch.Tensor = network(*_padded(texts, TOKENIZER))
    return log_odds


def _loss(log_odds: torch.Tensor, lessons: Lessons) -> list[float]:
    """The mean of each of the first two heads."""
    targets = torch.from_numpy(lessons.targets)
    of_each = binary_cross_entropy_with_logits(log_odds, targets, reduction="none")
    return [float(of_head) for of_head in of_each.mean(dim=0)[:2]]


def test_it_learns_what_it_is_taught(adapted: Network, lessons: Lessons) -> None:
    log_odds = _read(adapted, lessons)
    constant = torch.from_numpy(_first_log_odds(lessons)).expand(TEXTS, 3)
    for learned, guessed in zip(_loss(log_odds, lessons), _loss(constant, lessons), strict=True):
        assert guessed > 0.6
        assert learned < guessed / 5
    right = (log_odds[:, :2] > 0).numpy() == (lessons.targets[:, :2] > 0.5)
    assert right.mean() > 0.95


def test_more_epochs_teach_more(folder: Path, lessons: Lessons, adapted: Network) -> None:
    short = adapt_to(folder, lessons, settings=replace(SETTINGS, epochs=1))
    assert sum(_loss(_read(short, lessons), lessons)) > sum(_loss(_read(adapted, lessons), lessons))


def test_the_same_seed_gives_the_same_network_and_another_another(
    folder: Path, lessons: Lessons, adapted: Network
) -> None:
    assert same(adapt_to(folder, lessons), adapted)
    assert not same(adapt_to(folder, lessons, seed=4), adapted)


def test_progress_counts_the_steps(folder: Path, lessons: Lessons) -> None:
    seen: list[tuple[int, int]] = []
    adapt_to(folder, lessons, progress=lambda *counts: seen.append(counts))
    assert seen == [(step, STEPS) for step in range(1, STEPS + 1)]


@pytest.mark.parametrize(("averaged", "steps"), [(1.0, 18), (0.4, 8), (0.1, 2), (0.0, 1)])
def test_the_result_is_the_average_over_the_last_steps(
    folder: Path,
    lessons: Lessons,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    averaged: float,
    steps: int,
) -> None:
    """By what is kept after every step."""
    kept: list[dict[str, torch.Tensor]] = []

    def keep(_: Path, state: dict[str, Any]) -> None:
        kept.append({name: value.clone() for name, value in state["network"].items()})

    monkeypatch.setattr(module, "_CHECKPOINT_EVERY", 1)
    monkeypatch.setattr(module, "_save", keep)
    settings = replace(SETTINGS, epochs=3, averaged=averaged)
    found = adapt_to(folder, lessons, settings=settings, checkpoint=tmp_path).state_dict()
    assert len(kept) == 18
    last = kept[-steps:]
    for name, value in found.items():
        mean = torch.stack([of_step[name].double() for of_step in last]).mean(dim=0)
        torch.testing.assert_close(value.double(), mean, rtol=0, atol=1e-5)
    of_the_last = torch.equal(found["heads.weight"], kept[-1]["heads.weight"])
    assert of_the_last == (steps == 1)


def test_frozen_layers_and_embeddings_stay_and_the_others_learn(
    folder: Path, lessons: Lessons, adapted: Network
) -> None:
    before = Network(folder, [0], np.zeros(1, dtype=np.float32)).transformer.state_dict()
    changed = {
        name
        for name, value in adapted.transformer.state_dict().items()
        if not torch.equal(value, before[name])
    }
    assert changed == {name for name in before if name.startswith("encoder.layer.1.")}
    whole = adapt_to(folder, lessons, settings=replace(SETTINGS, epochs=1, frozen=0))
    learned = whole.transformer.state_dict()
    held = [name for name in before if name.startswith(("embeddings.", "pooler."))]
    assert [name for name in held if not torch.equal(learned[name], before[name])] == []
    assert not torch.equal(
        learned["encoder.layer.0.output.dense.weight"],
        before["encoder.layer.0.output.dense.weight"],
    )


def test_what_has_no_weight_stays_out_of_the_loss(
    folder: Path, lessons: Lessons, adapted: Network
) -> None:
    """Neither a head without weight nor a text's answer that is not used teaches anything."""
    targets = lessons.targets.copy()
    targets[:, 2] = np.random.default_rng(1).random(TEXTS)
    assert same(adapt_to(folder, replace(lessons, targets=targets)), adapted)

    short = replace(SETTINGS, epochs=1)
    weights = lessons.weights.copy()
    weights[5, 0] = 0
    unused = replace(lessons, weights=weights)
    flipped = lessons.targets.copy()
    flipped[5, 0] = 1 - flipped[5, 0]
    one = adapt_to(folder, unused, settings=short)
    assert same(adapt_to(folder, replace(unused, targets=flipped), settings=short), one)
    used = replace(lessons, targets=flipped)
    assert not same(adapt_to(folder, used, settings=short), one)


def test_views_that_the_transformer_has_no_places_for_are_refused_before_a_step(
    folder: Path, lessons: Lessons
) -> None:
    steps: list[int] = []
    settings = replace(SETTINGS, views=ViewSettings(pieces=POSITIONS - 1))
    with pytest.raises(TrainingError, match=f"{POSITIONS - 1} word pieces .* {POSITIONS - 2}"):
        adapt_to(folder, lessons, settings=settings, progress=lambda done, _: steps.append(done))
    assert steps == []


def test_a_head_starts_at_the_rate_of_what_it_is_taught(lessons: Lessons) -> None:
    reached = lessons.targets.sum(axis=0) + 1
    missed = TEXTS - lessons.targets.sum(axis=0) + 1
    expected = np.log(reached / missed)
    np.testing.assert_allclose(_first_log_odds(lessons)[:2], expected[:2], rtol=1e-6)
    assert _first_log_odds(lessons)[2] == 0


def _by_reading(network: Network, pieces: list[int], query: list[int]) -> Doubles:
    """Log-odds as serving computes them, from what leaves the network."""
    queries, dense, bias = network.heads.parameters_for_reading()
    with torch.inference_mode():
        ids, attended, _ = _padded([pieces], TOKENIZER)
        states = network.transformer(input_ids=ids, attention_mask=attended).last_hidden_state
    vectors: Floats = states[0, 1:-1].numpy()
    pooled, _ = pool(vectors, [len(pieces)], queries)
    nothing = np.zeros((0, len(query)), dtype=np.float32)
    heads = LinearHeads(dense, nothing, np.array(query), np.zeros_like(bias), bias)
    return heads.log_odds(pooled, csr_matrix((1, 0)))


def test_what_leaves_the_network_says_what_the_network_says(
    adapted: Network, lessons: Lessons
) -> None:
    inside = _read(adapted, lessons).numpy()
    for row, example in enumerate(lessons.examples):
        pieces = [piece for sentence in (*example.title, *example.body) for piece in sentence]
        outside = _by_reading(adapted, pieces, lessons.query.tolist())
        np.testing.assert_allclose(outside[0], inside[row], rtol=0, atol=1e-4)


def test_the_queries_have_learned_where_to_look(adapted: Network) -> None:
    queries, _, _ = adapted.heads.parameters_for_reading()
    assert queries.shape == (2, 32)
    assert np.linalg.norm(queries, axis=1).min() > 0.1
