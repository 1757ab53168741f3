"""Evens out British and American spelling, which says where a proposer learned to write."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from safezone.text.aligned import Edit
from safezone.text.gazetteer import data_lines

_ANYTHING = "[a-z]{0,20}?"
_PREFIX = "(?:un|re|de|dis|non|over|under|pre|photo|multi|bio|ultra)?"
# For each group of stems: what may stand before a stem, the British letters after it, what must
# follow these, and the American letters.
_GROUPS = {
    "ise": (_PREFIX, "is", "(?=e|i|a[bt])", "iz"),
    "yse": (_PREFIX, "ys", "(?=e(?!s$)|ing)", "yz"),
    "our": (_ANYTHING, "our", "", "or"),
    "re": (_ANYTHING, "re", "(?=s?$)", "er"),
    "ll": (_PREFIX, "l", "(?=ed|ing|er|or)", ""),
}
_WORD = re.compile(r"(?<!\w)[A-Za-z]{4,30}(?!\w)")


@cache
def _lists() -> dict[str, list[str]]:
    """The stems of each group, and under 'word' the pairs of single words."""
    lists: dict[str, list[str]] = {}
    for line in data_lines("spelling.txt"):
        name, _, entries = line.partition(":")
        found = entries.split(",") if name == "word" else entries.split()
        lists.setdefault(name, []).extend(entry.strip() for entry in found)
    return lists


@cache
def _pattern() -> re.Pattern[str]:
    """Matches the start of a word, up to what is spelt otherwise, which is its only group."""
    ways = [
        rf"{before}(?:{'|'.join(_lists()[name])})(?P<{name}>{british}){follows}"
        for name, (before, british, follows, _) in _GROUPS.items()
    ]
    for number, entry in enumerate(_lists()["word"]):
        british = entry.split()[0]
        before = _ANYTHING if british.startswith("-") else ""
        follows = "" if british.endswith("-") else "$"
        ways.append(rf"{before}(?P<word{number}>{british.strip('-')}){follows}")
    return re.compile("|".join(ways))


@lru_cache(maxsize=1 << 16)
def _respelt(word: str) -> tuple[int, int, str] | None:
    """What of a word in small letters becomes what."""
    match = _pattern().match(word)
    if not match or match.lastgroup is None:
        return None
    group = match.lastgroup
    if group in _GROUPS:
        return *match.span(group), _GROUPS[group][-1]
    american = _lists()["word"][int(group.removeprefix("word"))].split()[1]
    return *match.span(group), american.strip("-")


def find_spellings(text: str) -> Iterator[Edit]:
    """One edit a word spelt in the way that is not kept, in order; capitals stay.

    An edit spans the whole word, so that a part of the word points to all of it.
    """
    for match in _WORD.finditer(text):
        word = match[0]
        if found := _respelt(word.lower()):
            start, end, new = found
            if word.isupper():
                new = new.upper()
            elif word[start].isupper():
                new = new.capitalize()
            yield Edit(match.start(), match.end(), word[:start] + new + word[end:])
