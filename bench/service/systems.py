"""The servers that are compared, and what each does with a text."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.environments import ROOT
from bench.service.load import Asked, post

from safezone.model.encoders.sentence_transformers import minilm_folder

_PEERS = Path(__file__).parent / "peers"
_REQUIREMENTS = Path(__file__).parent / "requirements"

Command = Sequence[str | Path]


@dataclass(frozen=True, slots=True)
class Text:
    title: str
    abstract: str


def read_texts(path: Path) -> list[Text]:
    """Titles and abstracts of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Text(row["title"], row["abstract"]) for row in rows]


@dataclass(frozen=True)
class System:
    """`command(python, port)` starts it; `body(text)` is what it is asked at `path`.

    `whole` tells whether it answers with safezone's whole assessment. Versions that `requirements`
    leave open are those of `constraints`.
    """

    name: str
    note: str
    path: str
    command: Callable[[Path, int], Command]
    body: Callable[[Text], Mapping[str, object]]
    whole: bool = True
    requirements: Path | None = None
    constraints: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    def asks(self, text: Text) -> Asked:
        return Asked(post(self.path, json.dumps(self.body(text)).encode()))


def _proposal(text: Text) -> Mapping[str, object]:
    return {"title": text.title, "abstract": text.abstract}


def _infinity(python: Path, port: int) -> Command:
    options = ("--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--engine", "torch")
    return (python.parent / "infinity_emb", "v2", "--model-id", minilm_folder(), *options)


# Neither the rate nor work on jobs is what is measured.
_UNHINDERED = {"SAFEZONE_RATE": "1000000/second", "SAFEZONE_JOB_WORKERS": "0"}
SAFEZONE = System(
    "safezone",
    "the service as it is shipped",
    "/v1/assessments",
    lambda python, port: (python, "-m", "safezone", "serve", "--port", str(port)),
    _proposal,
    settings={**_UNHINDERED, "SAFEZONE_AUTH": "off"},
)
PLAIN = System(
    "plain",
    "the same model in a FastAPI endpoint of 20 lines; no queue, no limits, no problems",
    "/assess",
    lambda python, port: (python, _PEERS / "plain.py", str(port)),
    _proposal,
)
_LITSERVE = System(
    "litserve",
    "the same model in LitServe, up to 8 requests a batch",
    "/predict",
    lambda python, port: (python, _PEERS / "batched.py", str(port)),
    _proposal,
    requirements=_REQUIREMENTS / "litserve.txt",
    constraints=ROOT / "requirements.lock",
)
_INFINITY = System(
    "infinity",
    "LESS WORK: vectors of all-MiniLM-L6-v2 alone, of the first 256 pieces; up to 32 a batch",
    "/embeddings",
    _infinity,
    lambda text: {"model": "model", "input": [f"{text.title}. {text.abstract}"]},
    whole=False,
    requirements=_REQUIREMENTS / "infinity.txt",
)
SYSTEMS: Mapping[str, System] = {
    system.name: system for system in (SAFEZONE, PLAIN, _LITSERVE, _INFINITY)
}
