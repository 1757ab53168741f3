"""Adapting a small transformer: it learns, can be stopped, and touches nothing it must not."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix
from torch.nn.functional import binary_cross_entropy_with_logits

from safezone.model.encoders.tokenizer import PieceTokenizer
from safezone.model.heads import Doubles, LinearHeads
from safezone.model.ports import Floats
from safezone.model.reading import pool
from safezone.training.adaptation import adapt as module
from safezone.training.adaptation.adapt import adapt
from safezone.training.adaptation.lessons import Lessons
from safezone.training.adaptation.network import Network
from safezone.training.adaptation.settings import AdaptationSettings, ViewSettings
from safezone.training.adaptation.views import Example
from tiny_encoders import POSITIONS, save_tiny_bert, tiny_tokenizer

torch.set_num_threads(1)

TOKENIZER = PieceTokenizer(tiny_tokenizer())
# What the heads are taught: is there a laser in it, is there moss, nothing at all.
MARKS, FILLERS = ("laser", "moss"), ("ice", "soil", "reef", "data", "open", "model", "study")
TEXTS = 48
SETTINGS = AdaptationSettings(
    epochs=16,
    batch=8,
    frozen=1,
    rate=5e-3,
    head_rate=5e-2,
    query_rate=3e-2,
    views=ViewSettings(pieces=POSITIONS - 2),
)
STEPS = SETTINGS.epochs * TEXTS // SETTINGS.batch


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_bert(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="module")
def lessons() -> Lessons:
    """Texts of a title and three sentences; the third head has no weight anywhere."""
    rng = np.random.default_rng(0)
    examples, targets = [], np.zeros((TEXTS, 3), dtype=np.float32)
    for row in range(TEXTS):
        marked = rng.random(2) < 0.5
        targets[row, :2] = marked
        title, *body = [
            [piece for word in words for piece in TOKENIZER.pieces([word])[0]]
            for words in np.array_split(rng.choice(FILLERS, 12), 4)
        ]
        for mark in np.array(MARKS)[marked]:
            body[int(rng.integers(3))] += TOKENIZER.pieces([mark])[0]
        examples.append(Example((title,), tuple(body), varied=True, harmless=not marked.any()))
    weights = np.array([[1.0, 1.0, 0.0]], dtype=np.float32).repeat(TEXTS, axis=0)
    return Lessons(examples, targets, weights, np.array([0, 1, 1]))


def _adapt(folder: Path, lessons: Lessons, **changes: Any) -> Network:
    arguments: dict[str, Any] = {"settings": SETTINGS, "seed": 3, "tokenizer": TOKENIZER, **changes}
    return adapt(folder, lessons, **arguments)


@pytest.fixture(scope="module")
def adapted(folder: Path, lessons: Lessons) -> Network:
    return _adapt(folder, lessons)


def _read(network: Network, lessons: Lessons) -> torch.Tensor:
    texts = [[p for s in (*of.title, *of.body) for p in s] for of in lessons.examples]
    with torch.inference_mode():
        log_odds: torch.Tensor = network(*module._padded(texts, TOKENIZER))
    return log_odds


def _loss(log_odds: torch.Tensor, lessons: Lessons) -> list[float]:
    """The mean of each of the first two heads."""
    targets = torch.from_numpy(lessons.targets)
    of_each = binary_cross_entropy_with_logits(log_odds, targets, reduction="none")
    return [float(of_head) for of_head in of_each.mean(dim=0)[:2]]


def _same(one: Network, two: Network) -> bool:
    state = two.state_dict()
    return all(torch.equal(value, state[name]) for name, value in one.state_dict().items())


def test_it_learns_what_it_is_taught(adapted: Network, lessons: Lessons) -> None:
    log_odds = _read(adapted, lessons)
    constant = torch.from_numpy(module._first_log_odds(lessons)).expand(TEXTS, 3)
    for learned, guessed in zip(_loss(log_odds, lessons), _loss(constant, lessons), strict=True):
        assert guessed > 0.6
        assert learned < guessed / 5
    right = (log_odds[:, :2] > 0).numpy() == (lessons.targets[:, :2] > 0.5)
    assert right.mean() > 0.95


def test_more_epochs_teach_more(folder: Path, lessons: Lessons, adapted: Network) -> None:
    short = _adapt(folder, lessons, settings=replace(SETTINGS, epochs=1))
    assert sum(_loss(_read(short, lessons), lessons)) > sum(_loss(_read(adapted, lessons), lessons))


def test_the_same_seed_gives_the_same_network_and_another_another(
    folder: Path, lessons: Lessons, adapted: Network
) -> None:
    assert _same(_adapt(folder, lessons), adapted)
    assert not _same(_adapt(folder, lessons, seed=4), adapted)


def test_progress_counts_the_steps(folder: Path, lessons: Lessons) -> None:
    seen: list[tuple[int, int]] = []
    _adapt(folder, lessons, progress=lambda *counts: seen.append(counts))
    assert seen == [(step, STEPS) for step in range(1, STEPS + 1)]


class _Stopped(Exception):
    pass


def _stop_at(last: int) -> Callable[[int, int], None]:
    def progress(done: int, _: int) -> None:
        if done == last:
            raise _Stopped

    return progress


# Before and after the weights begin to be averaged; just before, at and after a checkpoint.
@pytest.mark.parametrize("stops", [[2], [7], [20, 21], [STEPS - 6, STEPS - 1]])
def test_a_run_that_was_stopped_goes_on_to_the_very_same_network(
    folder: Path,
    lessons: Lessons,
    adapted: Network,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stops: list[int],
) -> None:
    monkeypatch.setattr(module, "_CHECKPOINT_EVERY", 3)
    for stop in stops:
        with pytest.raises(_Stopped):
            _adapt(folder, lessons, checkpoint=tmp_path, progress=_stop_at(stop))
    seen: list[int] = []
    again = _adapt(folder, lessons, checkpoint=tmp_path, progress=lambda done, _: seen.append(done))
    assert _same(again, adapted)
    # A step is told of before it is kept: what was told last is done again.
    assert seen == list(range((stops[-1] - 1) // 3 * 3 + 1, STEPS + 1))


def test_a_finished_run_is_not_repeated(
    folder: Path, lessons: Lessons, adapted: Network, tmp_path: Path
) -> None:
    first = _adapt(folder, lessons, checkpoint=tmp_path / "deep" / "cache")
    again = _adapt(folder, lessons, checkpoint=tmp_path / "deep" / "cache", progress=_stop_at(1))
    assert _same(first, adapted)
    assert _same(again, adapted)


def test_another_run_does_not_take_over_its_state(
    folder: Path, lessons: Lessons, tmp_path: Path
) -> None:
    short = replace(SETTINGS, epochs=1)
    _adapt(folder, lessons, settings=short, checkpoint=tmp_path)
    flipped = replace(lessons, targets=1 - lessons.targets)
    lighter = replace(lessons, weights=lessons.weights * np.float32(0.5))
    fewer = replace(
        lessons,
        examples=[*lessons.examples[:-1], replace(lessons.examples[-1], title=())],
    )
    other = tmp_path / "other"
    other.mkdir()
    changed = save_tiny_bert(other)
    with torch.no_grad():
        network = Network(changed, [0], np.zeros(1, dtype=np.float32)).transformer
        network.embeddings.LayerNorm.bias += 1
    network.save_pretrained(changed)
    runs: list[tuple[Path, Lessons, dict[str, Any]]] = [
        (folder, flipped, {}),
        (folder, lighter, {}),
        (folder, fewer, {}),
        (folder, lessons, {"seed": 4}),
        (folder, lessons, {"settings": replace(short, rate=1e-3)}),
        (changed, lessons, {}),
    ]
    for number, (where, what, changes) in enumerate(runs, start=2):
        how = {"settings": short, "checkpoint": tmp_path, **changes}
        with pytest.raises(_Stopped):
            _adapt(where, what, **how, progress=_stop_at(1))
        _adapt(where, what, **how)
        assert len(list(tmp_path.glob("*.pt"))) == number
    assert not list(tmp_path.glob("*.writing"))


class _Trap:
    """What, unpickled, leaves a folder behind."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return os.mkdir, (self.path,)


def test_nothing_in_the_kept_state_is_executed(
    folder: Path, lessons: Lessons, tmp_path: Path
) -> None:
    short = replace(SETTINGS, epochs=1)
    _adapt(folder, lessons, settings=short, checkpoint=tmp_path)
    [file] = tmp_path.glob("*.pt")
    torch.save({"done": 0, "network": _Trap(tmp_path / "trap")}, file)
    with pytest.raises(Exception, match="weights_only"):
        _adapt(folder, lessons, settings=short, checkpoint=tmp_path)
    assert not (tmp_path / "trap").exists()
    torch.load(file, weights_only=False)
    assert (tmp_path / "trap").exists()  # so the trap works


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
    whole = _adapt(folder, lessons, settings=replace(SETTINGS, epochs=1, frozen=0))
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
    assert _same(_adapt(folder, replace(lessons, targets=targets)), adapted)

    short = replace(SETTINGS, epochs=1)
    weights = lessons.weights.copy()
    weights[5, 0] = 0
    unused = replace(lessons, weights=weights)
    flipped = lessons.targets.copy()
    flipped[5, 0] = 1 - flipped[5, 0]
    one = _adapt(folder, unused, settings=short)
    assert _same(_adapt(folder, replace(unused, targets=flipped), settings=short), one)
    used = replace(lessons, targets=flipped)
    assert not _same(_adapt(folder, used, settings=short), one)


def test_a_head_starts_at_the_rate_of_what_it_is_taught(lessons: Lessons) -> None:
    reached = lessons.targets.sum(axis=0) + 1
    missed = TEXTS - lessons.targets.sum(axis=0) + 1
    expected = np.log(reached / missed)
    np.testing.assert_allclose(module._first_log_odds(lessons)[:2], expected[:2], rtol=1e-6)
    assert module._first_log_odds(lessons)[2] == 0


def _by_reading(network: Network, pieces: list[int], query: list[int]) -> Doubles:
    """Log-odds as serving computes them, from what leaves the network."""
    queries, dense, bias = network.heads.parameters_for_reading()
    with torch.inference_mode():
        ids, attended, _ = module._padded([pieces], TOKENIZER)
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
