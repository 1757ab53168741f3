"""Find in a proposal's text everything that says who proposes it.

The caller puts one placeholder a kind in place of each span. A span is therefore
cut so that the text around it is the same whatever stands in it: with its article
('the United States' and 'China'), its possessive, and for a country the words that
are part of some countries' names ('South', 'Republic of'). Nothing is decided by
which country it is, only by the shape of the text, in which all places are alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from safezone.text import gazetteer as lexicon
from safezone.text.gazetteer import APOSTROPHES, HYPHENS, Name, Tokens, gazetteer, listed


class IdentityKind(StrEnum):
    """What an identity is; one placeholder belongs to each."""

    PLACE = "place"
    PERSON = "person"
    INSTITUTION = "institution"
    CONTACT = "contact"
    AWARD = "award"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Identity:
    """A span of characters from ``start`` to ``end``, the latter not included."""

    start: int
    end: int
    kind: IdentityKind


@dataclass(slots=True)
class _Shape:
    """The text in signs of ``data/shapes.txt``, and where each of them stands."""

    signs: str
    starts: list[int]
    ends: list[int]


_OPENING_QUOTE = re.compile(r"(?<!\w)['\u2018](?=\w)")
_NEXT = re.compile(r"\s*\Z|\s+(?=[A-Z])(\w+)")


@cache
def _classes() -> dict[str, str]:
    lists = lexicon.word_lists().items()
    return {word: sign for sign, words in lists if len(sign) == 1 for word in words}


@cache
def _pattern(file: str, name: str) -> re.Pattern[str]:
    """Compile a pattern of a data file, with all fragments that it refers to."""
    fragments: dict[str, str] = {}
    for line in lexicon.data_lines(file):
        left, _, right = line.partition("=")
        whole = re.sub(r"(?<!P)<(\w+)>", lambda m: f"(?:{fragments[m[1]]})", right)
        fragments[left.strip()] = whole.replace(" ", "")
    return re.compile(fragments[name])


def find_identities(text: str) -> list[Identity]:
    """Return the identities in a text, in order and apart from each other.

    The text may be of any length and content; the time is linear in its length.
    Raises ``ImportError`` if a library that the gazetteer is built from is missing.
    """
    found, rest = list[Identity](), text
    hint = _pattern("literals.txt", "hint").search(text)
    numbered = (IdentityKind.CONTACT, IdentityKind.AWARD) if hint else ()
    for kind in (*numbered, IdentityKind.MONEY):
        matches = _pattern("literals.txt", kind.value).finditer(rest)
        spans = [match.span(match.lastgroup or 0) for match in matches]
        found += (Identity(start, end, kind) for start, end in spans)
        rest = _covered(rest, spans)
    shape = _shape(rest, lexicon.tokenise(rest))
    for first, last, kind in _names(rest, shape):
        found.append(Identity(shape.starts[first], _complete(rest, shape, last), kind))
    return sorted(found, key=lambda identity: identity.start)


def _covered(line: str, spans: list[tuple[int, int]]) -> str:
    """Return a line with what was found already covered, its length kept."""
    if not spans:
        return line
    chars = list(line)
    for start, end in spans:
        chars[start:end] = "#" * (end - start)
    return "".join(chars)


def _widen_left(text: str, tokens: Tokens, first: int, floor: int) -> int:
    """Return the first word of a place, with all before it that belongs to it."""
    words = tokens.words

    def joined(at: int) -> bool:
        between = text[tokens.ends[at - 1] : tokens.starts[at]]
        return at > floor and (between.isspace() or between in HYPHENS | APOSTROPHES)

    while joined(first) and lexicon.is_direction(words[first - 1]):
        first -= 1
    at = first - (joined(first) and words[first - 1].lower() == "the")
    of = joined(at) and words[at - 1].lower() == "of" and joined(at - 1)
    if of and listed(words[at - 2], "state-forms"):
        first = at - 2
        while joined(first) and listed(words[first - 1], "state-qualities"):
            first -= 1
    return first - (joined(first) and words[first - 1] in lexicon.word_lists()["t"])


def _widen_right(text: str, tokens: Tokens, name: Name) -> tuple[int, int]:
    """Return the end of a place, with a 'Republic' or the like that follows."""
    end = name.end
    for at in range(name.last, len(tokens.words)):
        apart = not text[end : tokens.starts[at]].isspace()
        if apart or gazetteer().longest(text, tokens, at):
            break
        end = tokens.ends[at]
        if listed(tokens.words[at], "state-forms"):
            # 'Republic of' belongs to the name after it
            of = tokens.words[at + 1 : at + 2] in (["of"], ["OF"])
            return (name.last, name.end) if of else (at + 1, end)
        if not listed(tokens.words[at], "state-qualities"):
            break
    return name.last, name.end


def _name_at(text: str, tokens: Tokens, at: int) -> Name | None:
    """Return the name that begins with a word, if no longer one begins inside it."""
    names, word = gazetteer(), tokens.words[at]
    name = names.longest(text, tokens, at)
    # 'South' of 'South Korea, Republic of' is added to the longer one as to any place
    if name and (lexicon.is_direction(word) or listed(word, "state-forms")):
        inner = (names.longest(text, tokens, later) for later in range(at + 1, name.last))
        if any(other.last > name.last for other in inner if other):
            return None
    return name


def _places(text: str, tokens: Tokens) -> dict[int, tuple[int, int, str]]:
    """Map a place's first word to the word and character after it, and its sign."""
    places, floor = dict[int, tuple[int, int, str]](), 0
    for at in gazetteer().beginnings(tokens):
        name = _name_at(text, tokens, at) if at >= floor else None
        if name and name.kind == "contested":
            # As any word: no identity, though an institution's name may hold it
            places[at] = name.last, name.end, "C" if text[tokens.starts[at]].isupper() else "w"
            floor = name.last
        elif name:
            first = _widen_left(text, tokens, at, floor)
            floor, end = _widen_right(text, tokens, name)
            places[first] = floor, end, "P"
    return places


@lru_cache(maxsize=1 << 16)
def _sign(word: str) -> str:
    if sign := _classes().get(word):
        return sign
    if word[0].isdigit():
        return "y" if re.fullmatch(r"(?:19|20)\d\d[a-z]?", word) else "d"
    if not word[0].isupper():
        return "w"
    if len(word) == 1 or "." in word:
        return "I" if len(word) == 1 else "j"
    return "A" if len(word) <= 8 and word.isupper() else "C"


def _between(text: str, low: int, high: int) -> list[tuple[str, int, int]]:
    """Return the signs for what stands between two words, and where they stand."""
    between = text[low:high]
    bare = between.strip()
    if not bare:
        return [(";", low, high)] if between.count("\n") > 1 else []
    if between in HYPHENS or between in APOSTROPHES:
        return [("-" if between in HYPHENS else "'", low, high)]
    if bare in APOSTROPHES and _possessive(text, low) > low:
        return [("'", low, low + 1), ("w", low, low + 1)]
    if len(bare) > 3:
        return [(";", low, high)]
    marks = ((at, char) for at, char in enumerate(between, low) if not char.isspace())
    return [(char if char in ",.:()&/" else ";", at, at + 1) for at, char in marks]


def _shape(text: str, tokens: Tokens) -> _Shape:
    places = _places(text, tokens)
    signs, after, before = list[tuple[str, int, int]](), 0, 0
    words = zip(map(_sign, tokens.words), tokens.starts, tokens.ends, strict=True)
    for at, word in enumerate(words):
        if at < after:
            continue
        sign, start, end = word
        if text[before:start] != " ":
            signs += _between(text, before, start)
        if at in places:
            after, end, sign = places[at]
        signs.append((sign, start, end))
        before = end
    columns = list(zip(*signs, strict=True)) or [(), (), ()]
    return _Shape("".join(columns[0]), list(columns[1]), list(columns[2]))


def _names(text: str, shape: _Shape) -> list[tuple[int, int, IdentityKind]]:
    """Return the names of all kinds as ranges of signs, none in another."""
    names, acronyms, signs = list[tuple[int, int, IdentityKind]](), set[str](), shape.signs
    for kind in (IdentityKind.INSTITUTION, IdentityKind.PERSON):
        for match in _pattern("shapes.txt", kind.value).finditer(signs):
            first, last = match.span(match.lastgroup or 0)
            names.append((first, last, kind))
            inner = text[shape.starts[last - 2] : shape.ends[last - 2]]
            # In brackets a city may stand too, with one capital
            if signs[last - 1] == ")" and sum(map(str.isupper, inner)) > 1:
                acronyms.add(inner)
        signs = _covered(signs, [(first, last) for first, last, _ in names])
    acronyms -= lexicon.word_lists()["subjects"]
    for at, sign in enumerate(signs):
        if sign == "P":
            names.append((at, at + 1, IdentityKind.PLACE))
        elif sign in "AC" and text[shape.starts[at] : shape.ends[at]] in acronyms:
            names.append((at, at + 1, IdentityKind.INSTITUTION))
    return [(first - (signs[first - 1 : first] == "t"), last, kind) for first, last, kind in names]


def _possessive(text: str, end: int) -> int:
    """Return the end of a possessive that follows a name's end, or that end."""
    if text[end : end + 1] not in APOSTROPHES:
        return end
    if text[end + 1 : end + 2] in ("s", "S") and not text[end + 2 : end + 3].isalnum():
        return end + 2
    # Not if a quotation closes here, which began not long before
    return end + (not _OPENING_QUOTE.search(text, max(0, end - 100), end))


def _complete(text: str, shape: _Shape, last: int) -> int:
    """Return where a name ends: with its possessive, without a sentence's stop."""
    end = shape.ends[last - 1]
    # 'Inc.' keeps its dot, 'Corporation.' ends a sentence
    if shape.signs[last - 1] in "Zc" and end - shape.starts[last - 1] <= 4:
        end += text.startswith(".", end)
    if text[end - 1] == ".":
        following = _NEXT.match(text, end)
        if following and (following[1] is None or _sign(following[1]) in "St"):
            return end - 1
    return _possessive(text, end)
