"""Annif by its own command line: each level of an axis is a subject, the best-scoring one counts.

Each axis is a vocabulary of its own, because one of a document's three levels holds and Annif's
`svc` takes single subjects only. A tenth of the training rows teaches the neural ensemble to
combine the other projects, a tenth chooses among all projects by weighted kappa, and then the
other projects are trained again on all rows. Left out: `mllm`, `stwfsa` and `yake` look for a
subject's name in the text, and no abstract names a level.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.quality.peers.protocol import Answer, Result, Row, Task, majority_level, run
from nltk.tokenize.punkt import PunktTrainer, save_punkt_params  # type: ignore[import-not-found]
from sklearn.metrics import cohen_kappa_score

SOURCES: Mapping[str, Mapping[str, object]] = {
    "tfidf": {},
    "svc": {"ngram": 2, "min_df": 2},
    "omikuji": {"ngram": 2, "min_df": 2},
    "fasttext": {
        "dim": 100,
        "lr": 0.5,
        "epoch": 25,
        "loss": "softmax",
        "wordNgrams": 2,
        "bucket": 200_000,
        "thread": 1,
    },
}
COMBINED: Mapping[str, Mapping[str, object]] = {
    "ensemble": {},
    "nn_ensemble": {"nodes": 100, "dropout_rate": 0.2, "epochs": 10},
}
# The rows that Punkt, which only tells sentences apart, learns abbreviations from.
_PUNKT_ROWS = 1000


class Annif:
    """The command line in a folder of its own; raises CalledProcessError where it fails."""

    def __init__(self, folder: Path, axes: Mapping[str, Sequence[str]]) -> None:
        self._folder = folder
        self._axes = axes
        self._command = Path(sys.executable).parent / "annif"
        self._environment = {
            **os.environ,
            "ANNIF_DATADIR": str(folder / "data"),
            "ANNIF_PROJECTS": str(folder / "projects.cfg"),
            "NLTK_DATA": str(folder / "nltk_data"),
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "projects.cfg").write_text(_projects(axes), encoding="utf-8")
        for axis, levels in axes.items():
            file = folder / f"{axis}.tsv"
            subjects = (f"<{_uri(axis, n)}>\t{axis}:{level}\n" for n, level in enumerate(levels))
            file.write_text("".join(subjects), encoding="utf-8")
            self._run("load-vocab", "--force", "--language", "en", axis, str(file))

    def train(self, axis: str, backend: str, rows: Sequence[Row]) -> None:
        documents = self._write(axis, rows, with_subjects=True)
        self._run("train", "--jobs", "1", f"{axis}-{backend}", str(documents))

    def levels(self, axis: str, backend: str, rows: Sequence[Row], otherwise: int) -> list[int]:
        """The best-scoring level of each row, `otherwise` where Annif suggests none."""
        documents = self._write(axis, rows, with_subjects=False)
        output = self._folder / "suggestions.jsonl"
        options = ("--no-include-doc", "--limit", str(len(self._axes[axis])))
        self._run(
            "index",
            *options,
            "--force",
            "--output",
            str(output),
            f"{axis}-{backend}",
            str(documents),
        )
        found = []
        with output.open(encoding="utf-8") as lines:
            for row, line in zip(rows, lines, strict=True):
                suggestions = json.loads(line)
                assert suggestions["document_id"] == row.id
                scores = {s["uri"]: s["score"] for s in suggestions["results"]}
                best = max(scores, key=lambda uri: scores[uri], default=_uri(axis, otherwise))
                found.append(int(best.rsplit(":", 1)[1]))
        return found

    def _write(self, axis: str, rows: Sequence[Row], with_subjects: bool) -> Path:
        path = self._folder / "documents.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for row in rows:
                document: dict[str, object] = {"document_id": row.id, "text": row.text}
                if with_subjects:
                    document["subjects"] = [{"uri": _uri(axis, row.levels[axis])}]
                file.write(json.dumps(document) + "\n")
        return path

    def _run(self, *arguments: str) -> None:
        print("annif", *arguments, flush=True)
        subprocess.run(
            [self._command, *arguments], env=self._environment, cwd=self._folder, check=True
        )


def _uri(axis: str, level: int) -> str:
    return f"urn:axis:{axis}:{level}"


def _projects(axes: Mapping[str, Sequence[str]]) -> str:
    """Annif's configuration: a project for each axis and backend."""
    sections = []
    for axis in axes:
        sources = {"sources": ",".join(f"{axis}-{backend}" for backend in SOURCES)}
        for backend, settings in {**SOURCES, **COMBINED}.items():
            lines: dict[str, object] = {
                "name": f"{axis} by {backend}",
                "language": "en",
                "vocab": axis,
                "backend": backend,
                "analyzer": "snowball(english)",
                **(sources if backend in COMBINED else {}),
                **settings,
            }
            body = "".join(f"{key}={value}\n" for key, value in lines.items())
            sections.append(f"[{axis}-{backend}]\n{body}")
    return "\n".join(sections)


def _teach_punkt(folder: Path, rows: Sequence[Row]) -> None:
    """Annif's analysers want NLTK's sentence splitter, whose usual data would be a download."""
    trainer = PunktTrainer()
    trainer.train("\n".join(row.text for row in rows[:_PUNKT_ROWS]))
    english = folder / "nltk_data" / "tokenizers" / "punkt_tab" / "english"
    english.mkdir(parents=True, exist_ok=True)
    save_punkt_params(trainer.get_params(), str(english))


def predict(task: Task) -> Result:
    folder = task.folder / "annif"
    _teach_punkt(folder, task.train)
    annif = Annif(folder, task.axes)
    combining, choosing = task.train[0::10], task.train[5::10]
    first = [row for number, row in enumerate(task.train) if number % 5]
    axes: dict[str, list[Answer]] = {}
    chosen = []
    for axis in task.axes:
        otherwise = majority_level(task, axis)
        for backend in SOURCES:
            annif.train(axis, backend, first)
        annif.train(axis, "nn_ensemble", combining)
        truth = [row.levels[axis] for row in choosing]
        kappas = {
            backend: cohen_kappa_score(
                truth, annif.levels(axis, backend, choosing, otherwise), weights="quadratic"
            )
            for backend in (*SOURCES, *COMBINED)
        }
        print(axis, kappas, flush=True)
        best = max(kappas, key=lambda backend: kappas[backend])
        for backend in SOURCES:
            annif.train(axis, backend, task.train)
        axes[axis] = [*annif.levels(axis, best, task.test, otherwise)]
        chosen.append(f"{axis} {best}")
    return Result(axes, f"best project on held-out training rows: {', '.join(chosen)}")


if __name__ == "__main__":
    run(predict)
