"""Finds what LaTeX puts around and into words: a reader of the set text sees none of it."""

import re
from collections.abc import Iterator

from safezone.text.aligned import Edit

_COMMAND = (
    r"\\(?:text(?:bf|it|rm|sc|tt|sf|sl|up|md|normal)?|emph|mbox|hbox|underline"
    r"|math(?:rm|bf|it|sf|tt|cal|bb|normal)|operatorname)\s?"
)
_SWITCH = r"\\(?:it|bf|em|rm|sc|sf|tt|sl|itshape|bfseries|rmfamily)\s+"
# Each takes something away before and after its only group. None holds another one's braces, so
# that of nested ones the innermost goes first.
_AROUND = (
    re.compile(rf"{_COMMAND}\{{([^{{}}]{{0,500}})\}}"),
    re.compile(rf"\{{{_SWITCH}([^{{}}]{{0,500}})\}}"),
    re.compile(r"(?<![\w$\\])\$([A-Za-z]{4,40})\$(?![\w$])"),
)
# Hyphenation points and empty groups inside a word.
_INSIDE = re.compile(r"(?<=\w)(?:\\-|\{\})(?=\w)")
# So many deep at most.
DEPTH = 4


def find_latex(text: str) -> list[Edit]:
    """One edit for each thing to take away, sorted; what they uncover is for another call."""
    if "\\" not in text and "{}" not in text and "$" not in text:
        return []
    edits = [Edit(*match.span(), "") for match in _INSIDE.finditer(text)]
    if edits:
        return edits
    return next((found for pattern in _AROUND if (found := list(_taken(pattern, text)))), [])


def _taken(pattern: re.Pattern[str], text: str) -> Iterator[Edit]:
    for match in pattern.finditer(text):
        yield Edit(match.start(), match.start(1), "")
        yield Edit(match.end(1), match.end(), "")
