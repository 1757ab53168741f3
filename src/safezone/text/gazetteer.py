"""Names of countries and nationalities, and where they stand in a text.

The names come from pycountry (ISO 3166), CLDR by way of babel (English names of
territories and languages) and countryinfo (demonyms). ``data/places.txt`` adds
what none of them has, and ``data/contested_places.txt`` lists the places that are
objects of study rather than marks of a proposer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

# A word is a run of word characters, accents written apart included. Letters with
# dots between them are one word too ('U.S.', 'S.p.A.'), its last dot included.
# Neither branch can match in two ways, so the scan is linear.
_WORD = re.compile(
    r"[\w\u0300-\u036f](?:[\w\u0300-\u036f]+|(?<=[^\W\d_])(?:\.[^\W\d_])+(?!\w)\.?|)"
)

HYPHENS = frozenset("-\u2010\u2011\u2012\u2013\u2212")
APOSTROPHES = frozenset("'\u2019\u02bc\u2018")

NameKind = Literal["place", "combining", "contested"]

# A language counts as a mark of nationality if it is official in a territory of
# at least this many people; below it CLDR lists names that read as other words.
_LEAST_SPEAKERS = 250_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text: three lists of one length."""

    words: list[str]
    starts: list[int]
    ends: list[int]


@dataclass(frozen=True, slots=True)
class _Rule:
    kind: NameKind
    mark: str  # how it must be written: "" in any case, "^" capitalised, "=" in capitals
    closing: str = ""  # what follows the last word: the ')' of 'Myanmar (Burma)'


@dataclass(slots=True)
class _Node:
    rule: _Rule | None = None
    children: dict[str, _Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Name:
    """A name found: the word after its last one, and the character after it."""

    last: int
    end: int
    kind: NameKind


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All names in one trie, and the libraries' names, any of which may be swapped."""

    root: _Node
    countries: tuple[str, ...]
    demonyms: tuple[str, ...]

    def beginnings(self, tokens: Tokens) -> list[int]:
        """Return the places of the words that some name begins with."""
        known = self.root.children
        return [at for at, key in enumerate(map(_key, tokens.words)) if key in known]

    def longest(self, text: str, tokens: Tokens, first: int) -> Name | None:
        """Return the longest name that begins with the word ``first``, if any."""
        node = self.root.children.get(_key(tokens.words[first]))
        name, at = None, first
        while node is not None:
            end, rule = tokens.ends[at], node.rule
            at += 1
            if rule is not None and _fits(text, tokens.words[first:at], end, rule):
                name = Name(at, end + len(rule.closing), rule.kind)
            if at == len(tokens.words):
                break
            step = _gap(text[end : tokens.starts[at]]) + _key(tokens.words[at])
            node = node.children.get(step)
        return name


def _fits(text: str, words: list[str], end: int, rule: _Rule) -> bool:
    """Tell whether words that end at ``end`` are written, and go on, as a rule wants."""
    if not text.startswith(rule.closing, end):
        return False
    after = text[end : end + 2]
    if rule.kind == "combining" and not (after[:1] in HYPHENS and after[1:].isalnum()):
        return False
    if rule.mark == "=":
        return all(word.isupper() for word in words)
    return not rule.mark or all(word[0].isupper() or word in ("of", "and") for word in words)


def data_lines(name: str) -> list[str]:
    """Return the lines of a data file beside this module, without comments."""
    text = files("safezone.text").joinpath("data", name).read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


@cache
def word_lists() -> dict[str, frozenset[str]]:
    """Return the lists of ``data/words.txt`` by name."""
    lists: dict[str, frozenset[str]] = {}
    for line in data_lines("words.txt"):
        name, _, words = line.partition(":")
        lists[name] = lists.get(name, frozenset()) | frozenset(words.split())
    return lists


def listed(word: str, name: str) -> bool:
    """Tell whether a list has a word, capitalised or as the 's of 'People's'."""
    return (word[0].isupper() or word == "s") and word.capitalize() in word_lists()[name]


def is_direction(word: str) -> bool:
    """Tell whether a word is a direction, as part of a name; 'New' and 'Great' only capitalised."""
    return listed(word, "new") or word.lower() in word_lists()["directions"]


def tokenise(text: str) -> Tokens:
    """Split a text into words. Takes time linear in its length."""
    found = list(_WORD.finditer(text))
    return Tokens(
        [match.group() for match in found],
        [match.start() for match in found],
        [match.end() for match in found],
    )


@lru_cache(maxsize=1 << 16)
def _key(word: str) -> str:
    word = word.lower().rstrip(".")
    return word if word.isascii() else unicodedata.normalize("NFC", word)


def _gap(between: str) -> str:
    """Reduce what stands between two words to what tells names apart."""
    bare = between.strip()
    if not bare or bare in HYPHENS:
        return " "
    return "'" if bare in APOSTROPHES else bare


def _country_names() -> Iterator[str]:
    import pycountry
    from babel import Locale

    for country in pycountry.countries:
        for part in ("name", "common_name", "official_name"):
            yield getattr(country, part, "")
    for former in pycountry.historic_countries:
        yield former.name.partition(",")[0]
    for code, name in Locale("en").territories.items():
        if not code.isdigit():  # a number stands for a continent or a part of one
            yield name


def _demonyms() -> Iterator[str]:
    import countryinfo

    for country in countryinfo.all_countries():
        yield from re.split(r"[,/]", country.demonym() or "")


def _languages() -> Iterator[str]:
    import countryinfo
    from babel import Locale
    from babel.core import get_global

    people = {land.iso(2): land.population() or 0 for land in countryinfo.all_countries()}
    names = Locale("en").languages
    for territory, languages in get_global("territory_languages").items():
        for code, facts in languages.items():
            official = facts["official_status"] in ("official", "de_facto_official")
            name = names.get(code, "")
            # A name of two words is a variant ('Traditional Chinese', 'Swiss
            # German') whose nationality is found inside it anyway.
            if official and name.isalpha() and people.get(territory, 0) >= _LEAST_SPEAKERS:
                yield name


def _spellings(name: str) -> Iterator[str]:
    """Yield a library's name of a country and the other ways to write it."""
    name = name.removeprefix("the ")
    plain = re.sub(r"\s*\([^)]*\)", "", name)
    forms = {name, plain, name.replace(" & ", " and ")}
    head, comma, tail = plain.partition(", ")
    if comma and (tail.endswith((" of", " of the")) or " " not in tail):
        forms |= {head, f"{tail.removeprefix('The ')} {head}"}
    for form in forms:
        for saint in ("Saint ", "St. ", "St "):
            spelt = re.sub(r"\b(?:St\.|Saint) ", saint, form)
            yield spelt
            apart = unicodedata.normalize("NFKD", spelt)
            yield "".join(char for char in apart if not unicodedata.combining(char))


def _inflections(demonym: str) -> Iterator[str]:
    yield demonym
    if demonym.endswith(("sh", "ch")):
        yield from (demonym + end for end in ("man", "men", "woman", "women"))
    elif not demonym.endswith(("s", "ese")):
        yield demonym + "s"


def _insert(root: _Node, name: str, rule: _Rule) -> None:
    tokens, node, at = tokenise(name), root, 0
    for word, start, end in zip(tokens.words, tokens.starts, tokens.ends, strict=True):
        step = _gap(name[at:start]) + _key(word) if at else _key(word)
        node, at = node.children.setdefault(step, _Node()), end
    node.rule = _Rule(rule.kind, rule.mark, name[at:])


@cache
def gazetteer() -> Gazetteer:
    """Build the gazetteer, once in a process.

    Raises ``ImportError`` if one of the three libraries is not installed.
    """
    lines = data_lines("places.txt")
    marks = {line.lstrip("!^="): line[0] for line in lines if line[0] in "!^="}
    contested = data_lines("contested_places.txt")
    left_out = {"", *contested, *(name for name, mark in marks.items() if mark == "!")}
    countries = sorted({name.removeprefix("the ") for name in _country_names()} - left_out)
    demonyms = sorted(set(_demonyms()) - left_out)
    names = {form for name in countries for form in _spellings(name)}
    names |= {form for name in demonyms for form in _inflections(name)}
    names |= {*_languages(), *(line.lstrip("!^=") for line in lines)}
    root = _Node()
    for name in names - left_out:
        kind: NameKind = "combining" if name.endswith("-") else "place"
        _insert(root, name.removesuffix("-"), _Rule(kind, marks.get(name, "")))
    for name in contested:
        _insert(root, name, _Rule("contested", ""))
    return Gazetteer(root, tuple(countries), tuple(demonyms))
