"""Adapting: the whole transformer is trained on the labels, with the heads that will read it."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from safezone.errors import TrainingError
from safezone.model.encoders.tokenizer import PieceTokenizer
from safezone.model.ports import Floats
from safezone.training.adaptation.lessons import Lessons
from safezone.training.adaptation.network import Network
from safezone.training.adaptation.settings import AdaptationSettings
from safezone.training.adaptation.views import batches, view

# How many steps lie between two checkpoints.
_CHECKPOINT_EVERY = 100


def adapt(
    folder: Path,
    lessons: Lessons,
    settings: AdaptationSettings,
    seed: int,
    tokenizer: PieceTokenizer,
    checkpoint: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Network:
    """Train the transformer of a sentence-transformers folder, and heads on it.

    The same lessons, settings and seed give the same network on the same machine. `checkpoint` is a
    folder in which the state is kept, so that a run that was stopped goes on where it was, and one
    that was finished is not repeated. `progress` is called with the steps done and all steps.

    Raises TrainingError when the views are longer than the transformer has places for.
    """
    torch.manual_seed(seed)
    network = Network(folder, lessons.query.tolist(), _first_log_odds(lessons))
    places = network.transformer.config.max_position_embeddings - 2
    if settings.views.pieces > places:
        raise TrainingError(
            f"Views of {settings.views.pieces} word pieces do not fit into this encoder, which "
            f"takes {places}. Set the adaptation's views.pieces to at most that."
        )
    network.train()
    groups = network.groups(
        settings.frozen,
        settings.rate,
        settings.layer_decay,
        settings.head_rate,
        settings.query_rate,
    )
    rates = [group["lr"] for group in groups]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98))
    average = torch.optim.swa_utils.AveragedModel(network)
    schedule = list(_schedule(lessons, settings, seed))
    # At least the last step: an average of nothing would be the network as it came.
    first_averaged = min(int(len(schedule) * (1 - settings.averaged)), len(schedule) - 1)

    path = None
    if checkpoint is not None:
        checkpoint.mkdir(parents=True, exist_ok=True)
        path = checkpoint / f"adaptation-{_key(folder, lessons, settings, seed)}.pt"
    done = 0
    if path is not None and path.exists():
        # Tensors and numbers only; nothing in the file is executed.
        state = torch.load(path, weights_only=True)
        network.load_state_dict(state["network"])
        average.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        done = state["done"]
    harmless = [example for example in lessons.examples if example.harmless and example.body]
    for step in range(done, len(schedule)):
        share = min(1.0, (step + 1) / (settings.warm_up * len(schedule)))
        share *= 1 - step / len(schedule)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * share
        rows = schedule[step]
        # Of the step alone, so that a run that goes on sees the views it would have seen.
        rng = np.random.default_rng([seed, step])
        texts = [view(lessons.examples[row], harmless, settings.views, rng) for row in rows]
        loss = _loss(
            network(*_padded(texts, tokenizer)),
            torch.from_numpy(lessons.targets[rows]),
            torch.from_numpy(lessons.weights[rows]),
        )
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if step >= first_averaged:
            average.update_parameters(network)
        if progress:
            progress(step + 1, len(schedule))
        if path is not None and ((step + 1) % _CHECKPOINT_EVERY == 0 or step + 1 == len(schedule)):
            _save(
                path,
                {
                    "network": network.state_dict(),
                    "average": average.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "done": step + 1,
                },
            )
    network.load_state_dict(average.module.state_dict())
    return network.eval()


def _first_log_odds(lessons: Lessons) -> Floats:
    """Each head's log-odds over all texts, with one added to each count."""
    reached = (lessons.targets * lessons.weights).sum(axis=0) + 1
    missed = ((1 - lessons.targets) * lessons.weights).sum(axis=0) + 1
    log_odds: Floats = np.log(reached / missed).astype(np.float32)
    return log_odds


def _schedule(lessons: Lessons, settings: AdaptationSettings, seed: int) -> Iterator[list[int]]:
    lengths = [example.length for example in lessons.examples]
    for epoch in range(settings.epochs):
        yield from batches(lengths, settings.batch, seed * 1000 + epoch)


def _padded(
    texts: Sequence[Sequence[int]], tokenizer: PieceTokenizer
) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, which of them are attended to, and which of them are the texts' own pieces."""
    width = max(map(len, texts)) + 2
    ids = torch.full((len(texts), width), tokenizer.padding)
    attended = torch.zeros((len(texts), width), dtype=torch.bool)
    counted = torch.zeros((len(texts), width), dtype=torch.bool)
    for row, text in enumerate(texts):
        ids[row, : len(text) + 2] = torch.tensor([tokenizer.first, *text, tokenizer.last])
        attended[row, : len(text) + 2] = True
        counted[row, 1 : len(text) + 1] = True
    return ids, attended, counted


def _loss(log_odds: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Weighted binary cross-entropy: the sum over heads, the mean over texts."""
    of_each = binary_cross_entropy_with_logits(log_odds, targets, reduction="none")
    return (of_each * weights).sum(dim=1).mean()


def _key(folder: Path, lessons: Lessons, settings: AdaptationSettings, seed: int) -> str:
    """What makes a run the same run."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.safetensors")):
        digest.update(file.read_bytes())
    for array in (lessons.targets, lessons.weights, lessons.query):
        digest.update(array.tobytes())
    texts = [(example.title, example.body) for example in lessons.examples]
    digest.update(json.dumps([texts, asdict(settings), seed]).encode())
    return digest.hexdigest()[:16]


def _save(path: Path, state: dict[str, object]) -> None:
    scratch = path.with_suffix(".writing")
    torch.save(state, scratch)
    scratch.replace(path)
