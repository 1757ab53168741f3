"""British and American spelling, one turned into the other."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from safezone.audit.texts import data_fields

Spelling = Literal["british", "american"]


@dataclass(frozen=True, slots=True)
class _Words:
    """Spellings to replace, in small letters, and a pattern that finds them."""

    new: Mapping[str, str]
    pattern: re.Pattern[str]


@cache
def word_pairs() -> tuple[tuple[str, str, bool], ...]:
    """Every inflected word as (British, American, whether it can be turned back)."""
    pairs = []
    for british, american, endings in data_fields("spelling.txt"):
        stem = british.removeprefix("> ")
        for ending in endings.split():
            suffix = "" if ending == "-" else ending
            pairs.append((stem + suffix, american + suffix, stem == british))
    return tuple(pairs)


@cache
def _words(spelling: Spelling) -> _Words:
    if spelling == "american":
        new = {british: american for british, american, _ in word_pairs()}
    else:
        new = {american: british for british, american, both_ways in word_pairs() if both_ways}
    longest_first = sorted(new, key=lambda word: (-len(word), word))
    return _Words(new, re.compile(rf"\b(?:{'|'.join(longest_first)})\b", re.IGNORECASE))


def respell(text: str, spelling: Spelling) -> str:
    """The text in one spelling; capitals stay."""
    words = _words(spelling)
    return words.pattern.sub(lambda match: like(match[0], words.new[match[0].lower()]), text)


def like(old: str, new: str) -> str:
    """`new`, in small letters, with the capitals of `old`: none, the first, or all."""
    if len(old) > 1 and old.isupper():
        return new.upper()
    return new[:1].upper() + new[1:] if old[:1].isupper() else new
