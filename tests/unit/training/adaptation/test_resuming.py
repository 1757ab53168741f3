"""An adaptation that was stopped goes on where it was, and one that was finished is kept."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from safezone.training.adaptation import adapt as module
from safezone.training.adaptation.lessons import Lessons
from safezone.training.adaptation.network import Network
from tiny_encoders import save_tiny_bert
from toy_lessons import SETTINGS, STEPS, adapt_to, same


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
            adapt_to(folder, lessons, checkpoint=tmp_path, progress=_stop_at(stop))
    seen: list[int] = []
    again = adapt_to(
        folder, lessons, checkpoint=tmp_path, progress=lambda done, _: seen.append(done)
    )
    assert same(again, adapted)
    # A step is told of before it is kept: what was told last is done again.
    assert seen == list(range((stops[-1] - 1) // 3 * 3 + 1, STEPS + 1))


def test_a_finished_run_is_not_repeated(
    folder: Path, lessons: Lessons, adapted: Network, tmp_path: Path
) -> None:
    first = adapt_to(folder, lessons, checkpoint=tmp_path / "deep" / "cache")
    again = adapt_to(folder, lessons, checkpoint=tmp_path / "deep" / "cache", progress=_stop_at(1))
    assert same(first, adapted)
    assert same(again, adapted)


def test_another_run_does_not_take_over_its_state(
    folder: Path, lessons: Lessons, tmp_path: Path
) -> None:
    short = replace(SETTINGS, epochs=1)
    adapt_to(folder, lessons, settings=short, checkpoint=tmp_path)
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
            adapt_to(where, what, **how, progress=_stop_at(1))
        adapt_to(where, what, **how)
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
    adapt_to(folder, lessons, settings=short, checkpoint=tmp_path)
    [file] = tmp_path.glob("*.pt")
    torch.save({"done": 0, "network": _Trap(tmp_path / "trap")}, file)
    with pytest.raises(Exception, match="weights_only"):
        adapt_to(folder, lessons, settings=short, checkpoint=tmp_path)
    assert not (tmp_path / "trap").exists()
    torch.load(file, weights_only=False)
    assert (tmp_path / "trap").exists()  # so the trap works
