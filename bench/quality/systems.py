"""The systems that are compared: safezone and its peers, with their answers for the test rows."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError

import numpy as np
from bench.environments import ROOT, python_of, variables
from bench.quality.peers.protocol import Answer, Row, Task, read_result, write_task

from safezone.bootstrap import load_assessor
from safezone.config import read_settings
from safezone.corpus.records import Record, records_digest
from safezone.model.heads import ordinal_level
from safezone.model.predictor import AxisPrediction
from safezone.taxonomy import Taxonomy
from safezone.text.prepare import prepare

PEERS: Mapping[str, str] = {
    "base_rates": "base rates",
    "keywords": "keyword lists",
    "tfidf_logistic": "TF-IDF + logistic regression",
    "tfidf_svm": "TF-IDF + linear SVM",
    "model2vec": "model2vec + logistic regression",
    "setfit": "SetFit",
    "annif": "Annif",
}
REQUIREMENTS = Path(__file__).parent / "requirements"
_FOLDER = Path(__file__).parent / "peers"
# The same answers in every run, and a log without bars.
_VARIABLES = {"TOKENIZERS_PARALLELISM": "false", "TQDM_DISABLE": "1", "PYTHONHASHSEED": "0"}


class PeerFailed(Exception):
    """A peer that could not be installed, did not finish, or gave answers that are none."""


@dataclass(frozen=True)
class System:
    """What a system says of the test rows.

    `probabilistic` is False for one that names levels alone; its probabilities then are 1 for the
    level it names and measure nothing. `seconds` is what training and answering took, of safezone
    answering alone.
    """

    name: str
    note: str
    axes: Mapping[str, AxisPrediction]
    probabilistic: bool
    seconds: float


def safezone(model: Path | None, taught: Sequence[Record], tests: Sequence[Record]) -> System:
    """The bundle at `model`, or the shipped one. Raises SafezoneError where it cannot be used."""
    assessor = load_assessor(read_settings(model=model))
    start = time.perf_counter()
    prediction = assessor.model.predict([prepare(r.title, r.abstract) for r in tests])
    same = assessor.model.manifest.training.get("records_sha256") == records_digest(taught)
    return System(
        f"safezone ({assessor.provenance.model})",
        "a bundle trained before on " + ("the same records" if same else "OTHER records"),
        prediction.axes,
        True,
        time.perf_counter() - start,
    )


def peer(
    name: str, taught: Sequence[Record], tests: Sequence[Record], taxonomy: Taxonomy, work: Path
) -> System:
    """A peer, trained on the labelled ones of `taught`. Its answers are kept in `work`, and asked
    for again only where the records, the peer or its packages have changed. Raises PeerFailed.
    """
    axes = {axis.id: axis.level_ids for axis in taxonomy.axes}
    train, test = _rows(taught, taxonomy), _rows(tests, taxonomy)
    digest = _digest(name, json.dumps([axes, *map(_as_list, (*train, *test))]))
    task = Task(work / "runs" / f"{name}-{digest[:12]}", axes, train, test)
    timed = task.folder / "seconds.txt"
    try:
        if not timed.exists():
            write_task(task)
            python = python_of(name, requirements_of(name), work)
            print(f"{name}: training and answering", file=sys.stderr, flush=True)
            start = time.perf_counter()
            _run(name, python, task.folder)
            seconds = time.perf_counter() - start
            read_result(task)
            # Written last, so that it stands for answers that were found to be such.
            timed.write_text(f"{seconds:.1f}", encoding="utf-8")
        result = read_result(task)
    except CalledProcessError as error:
        raise PeerFailed(f"{name}: {error}. See {task.folder / 'log.txt'}.") from error
    except (ValueError, OSError) as error:
        raise PeerFailed(f"{name}: {error}") from error
    predictions = {axis: _prediction(result.axes[axis], len(axes[axis])) for axis in axes}
    return System(
        PEERS[name],
        result.note,
        {axis: prediction for axis, (prediction, _) in predictions.items()},
        all(probabilistic for _, probabilistic in predictions.values()),
        float(timed.read_text(encoding="utf-8")),
    )


def requirements_of(name: str) -> Path | None:
    """The pinned packages of a peer; None where the project's own environment has all it needs."""
    path = REQUIREMENTS / f"{name}.txt"
    return path if path.exists() else None


def _run(name: str, python: Path, folder: Path) -> None:
    """Run a peer on the task in `folder`. Raises CalledProcessError; what it printed is in log.txt.

    It runs from the repository's root, where it finds this package and nothing of safezone.
    """
    with (folder / "log.txt").open("wb") as log:
        subprocess.run(
            [python, "-m", f"bench.quality.peers.{name}", folder.resolve()],
            cwd=ROOT,
            env=variables(**_VARIABLES),
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
        )


def _rows(records: Sequence[Record], taxonomy: Taxonomy) -> list[Row]:
    """What a peer reads of the labelled records: like safezone, the title, then the abstract."""
    return [
        Row(
            record.id,
            f"{record.title}. {record.abstract}",
            {axis.id: level for axis, level in zip(taxonomy.axes, record.levels, strict=True)},
        )
        for record in records
        if record.levels is not None
    ]


def _as_list(row: Row) -> list[object]:
    return [row.id, row.text, list(row.levels.values())]


def _digest(name: str, task: str) -> str:
    """What a run depends on: the task, the peer's own files and its packages."""
    digest = hashlib.sha256(task.encode())
    requirements = requirements_of(name)
    own = sorted(path for path in _FOLDER.iterdir() if path.stem in (name, "protocol"))
    for path in [*own, *([requirements] if requirements else [])]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _prediction(answers: Sequence[Answer], levels: int) -> tuple[AxisPrediction, bool]:
    """Answers as a prediction, and whether all are probabilities. The level is the median one
    under the probabilities, the rule by which safezone names its own.
    """
    rows = [np.eye(levels)[a] if isinstance(a, int) else np.array(a) for a in answers]
    probabilities = np.array(rows).reshape(len(rows), levels)
    sets = np.ones(probabilities.shape, dtype=np.bool_)
    probabilistic = not any(isinstance(answer, int) for answer in answers)
    return AxisPrediction(probabilities, ordinal_level(probabilities), sets), probabilistic
