"""Text that remembers where in its source every character came from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the half-open span [start, end) by `replacement`."""

    start: int
    end: int
    replacement: str


@dataclass(frozen=True, slots=True)
class AlignedText:
    """A text and, for each of its characters, the half-open span of the source it stands for.

    `starts` and `ends` have one entry a character. They never decrease, so any span of the text
    maps to one span of the source (see `source_span`).
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, source: str) -> "AlignedText":
        n = len(source)
        return cls(source, range(n), range(1, n + 1))

    def edited(self, edits: Iterable[Edit]) -> "AlignedText":
        """The text after the edits, which must be sorted and must not overlap.

        Every character of a replacement stands for the whole span that it replaces; an insertion
        (an empty span) for what of the source lies between its neighbours.
        """
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for edit in edits:
            if not done <= edit.start <= edit.end <= len(self.text):
                raise ValueError("edits must be sorted, inside the text, and must not overlap")
            text += [self.text[done : edit.start], edit.replacement]
            starts += self.starts[done : edit.start]
            ends += self.ends[done : edit.start]
            low, high = self.source_span(edit.start, edit.end)
            starts += [low] * len(edit.replacement)
            ends += [high] * len(edit.replacement)
            done = edit.end
        if not text:
            return self
        text.append(self.text[done:])
        starts += self.starts[done:]
        ends += self.ends[done:]
        return AlignedText("".join(text), tuple(starts), tuple(ends))

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the source that the span [start, end) of this text stands for."""
        if start >= end:
            before = self.ends[start - 1] if start else 0
            after = self.starts[start] if start < len(self.starts) else before
            return min(before, after), max(before, after)
        return self.starts[start], self.ends[end - 1]
