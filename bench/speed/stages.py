"""How much of the whole product's time each stage takes: CPU seconds, not counting others' inside.

Functions are found by their names and replaced from outside wherever they are used, so that the
product knows nothing of it. One that has been renamed is told, and its time counts where it is
called from.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from typing import Any

from fastapi.responses import JSONResponse

from safezone.assessment import Assessment
from safezone.assessment.serialise import to_dict

ENCODING, REST = "encoding", "the rest"
# The last of the names that stand inside each other counts.
STAGES: Mapping[str, Sequence[str]] = {
    "cleaning": ("safezone.text.cleaner:clean",),
    "neutralising": ("safezone.text.prepare:neutralise",),
    "sentence splitting": ("safezone.text.sentences:sentence_spans",),
    "language": ("safezone.assessment.scope:identify_language",),
    "tokenising": ("safezone.model.encoders.exported:ExportedEncoder.pieces",),
    ENCODING: ("safezone.model.encoders.exported:ExportedEncoder.embed",),
    "pooling and heads": ("safezone.model.predictor:Model.predict",),
    "lexical view": ("safezone.model.lexical:LexicalView.by_sentence",),
    "evidence": ("safezone.assessment.evidence:axis_evidence",),
    "pointers": ("safezone.assessment.pointers:list_pointers",),
    "policy": ("safezone.policy.decide:decide", "safezone.policy.decide:abstained_route"),
    "serialising": ("bench.speed.stages:json_of",),
}


def json_of(assessment: Assessment) -> bytes:
    """The body of the API's answer."""
    return bytes(JSONResponse(to_dict(assessment)).body)


class Stopwatch:
    """CPU seconds of this process by stage, each without those of the stages inside it."""

    def __init__(self, clock: Callable[[], float] = time.process_time) -> None:
        self.seconds: dict[str, float] = {}
        self._clock = clock
        self._within = [REST]
        self._since = clock()

    @contextmanager
    def inside(self, stage: str) -> Iterator[None]:
        self._switch()
        self._within.append(stage)
        try:
            yield
        finally:
            self._switch()
            self._within.pop()

    def _switch(self) -> None:
        now = self._clock()
        stage = self._within[-1]
        self.seconds[stage] = self.seconds.get(stage, 0) + now - self._since
        self._since = now


@contextmanager
def watched(
    watch: Stopwatch, stages: Mapping[str, Sequence[str]] = STAGES
) -> Iterator[Sequence[str]]:
    """Functions report to the stopwatch, until the end; gives the names that are not there."""
    missing: list[str] = []
    undo: list[tuple[Any, str, Any]] = []
    for stage, names in stages.items():
        for name in names:
            try:
                undo += _replace(name, lambda of, stage=stage: _timed(of, watch, stage))  # type: ignore[misc]
            except (ImportError, AttributeError):
                missing.append(name)
    try:
        yield missing
    finally:
        for owner, attribute, original in reversed(undo):
            setattr(owner, attribute, original)


def stage_seconds(
    work: Callable[[], object],
    rounds: int,
    stages: Mapping[str, Sequence[str]] = STAGES,
) -> tuple[dict[str, float], list[str]]:
    """The least CPU seconds of each stage of `work` in any of the rounds, and missing names."""
    work()  # What is made when it is first needed is no stage.
    found: list[dict[str, float]] = []
    for _ in range(rounds):
        watch = Stopwatch()
        with watched(watch, stages) as missing, watch.inside(REST):
            work()
        found.append(watch.seconds)
    names = [*stages, REST]
    return {name: min(one.get(name, 0) for one in found) for name in names}, list(missing)


def _timed(function: Callable[..., Any], watch: Stopwatch, stage: str) -> Callable[..., Any]:
    @wraps(function)
    def timed(*arguments: Any, **named: Any) -> Any:
        with watch.inside(stage):
            return function(*arguments, **named)

    return timed


def _replace(
    name: str, by: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> list[tuple[Any, str, Any]]:
    """Put something in the place of a function, in every module that has it under any name; how it
    was before. Raises ImportError or AttributeError where it is not there.
    """
    module_name, _, path = name.partition(":")
    owner: Any = import_module(module_name)
    *classes, attribute = path.split(".")
    for of_class in classes:
        owner = getattr(owner, of_class)
    original = getattr(owner, attribute)
    new = by(original)
    places = [(owner, attribute)]
    if not classes:
        places += [
            (module, known_as)
            for module in list(sys.modules.values())
            if getattr(module, "__name__", "").startswith(("safezone", "bench"))
            for known_as, value in list(vars(module).items())
            if value is original and (module, known_as) != (owner, attribute)
        ]
    for place, known_as in places:
        setattr(place, known_as, new)
    return [(place, known_as, original) for place, known_as in places]
