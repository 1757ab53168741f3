"""What the audit's parts share: texts, data files, even choices and repeatable randomness."""

from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

from safezone.corpus.records import Record, read_records
from safezone.swaps.carriers import with_ending
from safezone.swaps.lists import read_fields, read_lines, read_text
from safezone.taxonomy import Taxonomy
from safezone.text.prepare import PreparedText, prepare
from safezone.text.sentences import sentence_spans

T = TypeVar("T")

_PACKAGE = "safezone.audit"


class Text(NamedTuple):
    """A proposal as its applicant wrote it."""

    title: str
    abstract: str

    def prepared(self) -> PreparedText:
        """What the model reads of it."""
        return prepare(self.title, self.abstract)

    def with_ending(self, sentence: str) -> "Text":
        """The text with one more sentence at the end, apart from the last one."""
        return self._replace(abstract=with_ending(self.abstract, sentence))

    def sentences(self) -> list[str]:
        """The abstract's sentences as they were written."""
        return [self.abstract[start:end] for start, end in sentence_spans(self.abstract)]


def data_text(name: str) -> str:
    """A data file of the audit."""
    return read_text(_PACKAGE, name)


def data_lines(name: str) -> list[str]:
    """The lines of a data file, without empty ones and comments."""
    return read_lines(_PACKAGE, name)


def data_fields(name: str) -> list[list[str]]:
    """The lines of a data file as fields that `|` separates."""
    return read_fields(_PACKAGE, name)


def own_records(taxonomy: Taxonomy) -> list[Record]:
    """The abstracts that come with the audit; no model is trained on them."""
    path = resources.files(_PACKAGE) / "data" / "base_abstracts.jsonl"
    return read_records([Path(str(path))], taxonomy)


def evenly(items: Sequence[T], most: int) -> list[T]:
    """At most `most` items (0: all), spread evenly over the sequence, in its order."""
    if not 0 < most < len(items):
        return list(items)
    return [items[i * len(items) // most] for i in range(most)]


def seeded(*parts: object) -> Random:
    """Randomness that depends on nothing but `parts`, so that one draw moves no other."""
    return Random("/".join(map(str, parts)))  # noqa: S311 - a measurement, not a secret
