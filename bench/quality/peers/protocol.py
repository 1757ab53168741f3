"""What the comparison and a peer say to each other: files in one folder.

A peer runs in an environment of its own, which has no safezone, so this file needs the standard
library only. The folder holds

    axes.json          {axis id: [level ids, lowest first]}
    train.jsonl        {"id", "text", "levels": {axis id: level number}}, one object a line
    test.jsonl         {"id", "text"}: the levels stay with the comparison

and the peer adds

    predictions.jsonl  {"id", "axes": {axis id: answer}}, in the order of test.jsonl
    note.txt           one line on how it was trained, for the table

where an answer is a probability for each level, lowest first, or the number of a level alone.
"""

import json
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Answer = int | list[float]
# The share by which a peer's probabilities may miss a sum of 1: some come in 32 bits.
_TOLERANCE = 1e-3


@dataclass(frozen=True)
class Row:
    """A text and its level numbers by axis; those of a test row are empty for a peer."""

    id: str
    text: str
    levels: Mapping[str, int]


@dataclass(frozen=True)
class Task:
    """What a peer is asked: train on `train`, then answer for `test`. `folder` is its own."""

    folder: Path
    axes: Mapping[str, Sequence[str]]
    train: Sequence[Row]
    test: Sequence[Row]


@dataclass(frozen=True)
class Result:
    """A peer's answers by axis, each in the order of the test rows, and a note for the table."""

    axes: Mapping[str, Sequence[Answer]]
    note: str = ""


def write_task(task: Task) -> None:
    """Write what the peer may see."""
    task.folder.mkdir(parents=True, exist_ok=True)
    (task.folder / "axes.json").write_text(json.dumps(task.axes), encoding="utf-8")
    for name, rows in (("train", task.train), ("test", task.test)):
        with (task.folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for row in rows:
                seen: dict[str, object] = {"id": row.id, "text": row.text}
                if name == "train":
                    seen["levels"] = dict(row.levels)
                file.write(json.dumps(seen) + "\n")


def read_task(folder: Path) -> Task:
    """The task as the peer sees it."""
    train, test = (
        [
            Row(seen["id"], seen["text"], seen.get("levels", {}))
            for seen in map(json.loads, _lines(folder / f"{name}.jsonl"))
        ]
        for name in ("train", "test")
    )
    axes = json.loads((folder / "axes.json").read_text(encoding="utf-8"))
    return Task(folder, axes, train, test)


def write_result(task: Task, result: Result) -> None:
    """Write a peer's answers into the task's folder."""
    with (task.folder / "predictions.jsonl").open("w", encoding="utf-8") as file:
        for number, row in enumerate(task.test):
            answers = {axis: result.axes[axis][number] for axis in task.axes}
            file.write(json.dumps({"id": row.id, "axes": answers}) + "\n")
    (task.folder / "note.txt").write_text(result.note, encoding="utf-8")


def read_result(task: Task) -> Result:
    """A peer's answers, checked. Raises ValueError or OSError, saying what is wrong with them."""
    lines = [json.loads(line) for line in _lines(task.folder / "predictions.jsonl")]
    if [line["id"] for line in lines] != [row.id for row in task.test]:
        raise ValueError("the predictions are not those of the test rows in their order.")
    axes = {
        axis: [_answer(line["axes"][axis], axis, len(levels)) for line in lines]
        for axis, levels in task.axes.items()
    }
    return Result(axes, (task.folder / "note.txt").read_text(encoding="utf-8"))


def run(predict: Callable[[Task], Result]) -> None:
    """A peer's main: read the folder on the command line, answer, write the answers there."""
    task = read_task(Path(sys.argv[1]))
    write_result(task, predict(task))


def majority_level(task: Task, axis: str) -> int:
    """The level of most training rows, the lower one where two are equally frequent."""
    counts = [0] * len(task.axes[axis])
    for row in task.train:
        counts[row.levels[axis]] += 1
    return counts.index(max(counts))


def _lines(path: Path) -> list[str]:
    # Not splitlines(): a text may hold line separators that end no line of JSON.
    with path.open(encoding="utf-8") as file:
        return list(file)


def _answer(answer: object, axis: str, levels: int) -> Answer:
    if isinstance(answer, int) and 0 <= answer < levels:
        return answer
    if (
        isinstance(answer, list)
        and len(answer) == levels
        and all(isinstance(p, float | int) and 0 <= p <= 1 + _TOLERANCE for p in answer)
        and math.isclose(sum(answer), 1, abs_tol=_TOLERANCE)
    ):
        return [p / sum(answer) for p in answer]
    raise ValueError(f"the answer for {axis} is neither a level nor {levels} probabilities.")
