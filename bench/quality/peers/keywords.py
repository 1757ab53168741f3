"""Terms of critical-technology lists, counted: what a research office can do without a model.

It is not trained. The rules, by distinct terms found in the text:

- topic sensitivity: sensitive with a core term or three broad ones of any technology, boundary
  with a broad one, else safe;
- instrumentation risk: high with two core terms of technologies that are tools, medium with one
  core or two broad ones, else low;
- data-use risk and collaboration benefit: the top level with a core term, the middle one with a
  broad one, else the lowest.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.quality.peers.protocol import Result, Task, run

TERMS = Path(__file__).with_suffix(".toml")
KINDS = ("technology", "tool", "data", "challenge")


@dataclass(frozen=True)
class Needed:
    """A level is reached with so many core terms, or with so many broad ones."""

    core: int
    broad: int


_NEVER = 1_000_000
# For each axis: the kind of topic that counts, what makes the top level, what the middle one.
RULES = {
    "sensitivity": ("technology", Needed(1, 3), Needed(1, 1)),
    "instrumentation": ("tool", Needed(2, _NEVER), Needed(1, 2)),
    "data_use": ("data", Needed(1, _NEVER), Needed(1, 1)),
    "benefit": ("challenge", Needed(1, _NEVER), Needed(1, 1)),
}


@dataclass(frozen=True)
class Terms:
    """The core and the broad terms of one kind of topic."""

    core: frozenset[str]
    broad: frozenset[str]


class Matcher:
    """Counts which terms of each kind a text holds, and says what the rules make of it."""

    def __init__(self, terms: Mapping[str, Terms]) -> None:
        self._terms = terms
        self._patterns = {
            term: _pattern(term) for of in terms.values() for term in of.core | of.broad
        }

    def counts(self, text: str) -> dict[str, tuple[int, int]]:
        """By kind of topic: how many distinct core and broad terms the text holds."""
        found = {term for term, pattern in self._patterns.items() if pattern.search(text)}
        return {
            kind: (len(found & of.core), len(found & of.broad)) for kind, of in self._terms.items()
        }

    def levels(self, text: str) -> dict[str, int]:
        """By axis: the level number, 0 to 2."""
        counts = self.counts(text)
        return {
            axis: _level(*counts[kind], top, middle) for axis, (kind, top, middle) in RULES.items()
        }


def _level(core: int, broad: int, top: Needed, middle: Needed) -> int:
    for level, needed in ((2, top), (1, middle)):
        if core >= needed.core or broad >= needed.broad:
            return level
    return 0


def _pattern(term: str) -> re.Pattern[str]:
    """Whole words in any case, the last one in singular or plural, a hyphen as good as a space."""
    words = [re.escape(word) for word in term.split()]
    ending = "(?:y|ies)" if term.endswith("y") else "(?:s|es)?"
    joined = r"[\s-]+".join(words).removesuffix("y" if term.endswith("y") else "")
    return re.compile(rf"(?<![^\W_]){joined}{ending}(?![^\W_])", re.IGNORECASE)


def read_terms(path: Path = TERMS) -> dict[str, Terms]:
    """The terms of each kind; a technology that is a tool counts as both."""
    with path.open("rb") as file:
        topics = tomllib.load(file)["topic"]

    def of(kind: str, strength: str) -> Iterable[str]:
        for topic in topics:
            if topic["kind"] == kind or (kind == "tool" and topic.get("tool")):
                yield from topic[strength]

    return {
        kind: Terms(frozenset(of(kind, "core")), frozenset(of(kind, "broad"))) for kind in KINDS
    }


def predict(task: Task) -> Result:
    terms = read_terms()
    matcher = Matcher(terms)
    number = len({term for of in terms.values() for term in of.core | of.broad})
    levels = [matcher.levels(row.text) for row in task.test]
    axes = {axis: [of_row[axis] for of_row in levels] for axis in task.axes}
    return Result(axes, f"{number} terms, not trained")


if __name__ == "__main__":
    run(predict)
