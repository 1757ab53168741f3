"""Every country and nationality in a text, exchanged for another."""

import re
from dataclasses import dataclass
from functools import cache
from random import Random

from safezone.swaps.lists import read_fields
from safezone.swaps.stop_words import STOP_WORDS


@dataclass(frozen=True, slots=True)
class Country:
    """A country's names, the first its usual one, with the article it takes; and its demonym."""

    names: tuple[str, ...]
    demonym: str


@cache
def countries() -> tuple[Country, ...]:
    """A list of its own, in which a gap of the neutraliser's gazetteers can show."""
    found = []
    for name, demonym, others in read_fields("safezone.swaps", "countries.txt"):
        names = (name, *(other.strip() for other in others.split(",") if other.strip()))
        found.append(Country(names, demonym))
    return tuple(found)


def _bare(name: str) -> str:
    return name.removeprefix("the ")


@cache
def _mention() -> re.Pattern[str]:
    names = {_bare(name) for country in countries() for name in country.names}
    words = names | {country.demonym for country in countries()}
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    alternatives = "|".join(map(re.escape, longest_first))
    return re.compile(
        # 'US$' is a currency, which is another thing to exchange.
        rf"\b(?:(?P<article>the|a|an) )?(?P<word>{alternatives})(?![\w-]*\w|\$)",
        re.IGNORECASE,
    )


class CountrySwap:
    """One random exchange: every country becomes a different one, in all texts it is applied to.

    Articles and capitals are put right. Words of contested places ('South China Sea') stay, since
    those are places under study.
    """

    def __init__(self, random: Random) -> None:
        everyone = countries()
        order = list(range(len(everyone)))
        random.shuffle(order)
        # A rotation of a random order leaves nobody in place.
        becomes = {order[i]: everyone[order[i - 1]] for i in range(len(order))}
        self._by_name = {
            _bare(name).lower(): becomes[i]
            for i, country in enumerate(everyone)
            for name in country.names
        }
        self._by_demonym = {
            country.demonym.lower(): becomes[i] for i, country in enumerate(everyone)
        }

    def apply(self, text: str) -> tuple[str, int]:
        """The text after the exchange, and how many mentions were exchanged."""
        mentions = 0

        def replace(match: re.Match[str]) -> str:
            nonlocal mentions
            if match["word"][0].islower() or _is_contested(text, match):
                return match[0]
            mentions += 1
            new = self._new_words(text, match)
            before = text[max(0, match.start() - 20) : match.start()]
            article = match["article"] or ""
            capital = article[:1].isupper() or (not article and _SENTENCE_START.search(before))
            return new[0].upper() + new[1:] if capital else new

        return _mention().sub(replace, text), mentions

    def named_in(self, carrier: str) -> str:
        """A carrier sentence with the countries that it names exchanged."""
        return self.apply(carrier)[0]

    def _new_words(self, text: str, match: re.Match[str]) -> str:
        article, word = (match["article"] or "").lower(), match["word"]
        if word.lower() not in self._by_name:
            new = self._by_demonym[word.lower()].demonym
        else:
            new = self._by_name[word.lower()].names[0]
            # The last dot of 'the U.S.' may also be the full stop.
            if word.endswith(".") and _sentence_ends(text, match.end()):
                new += "."
            before = text[max(0, match.start() - 20) : match.start()]
            if article in ("a", "an") or _QUALIFIED.search(before):
                new = _bare(new)  # 'a US consortium', 'northern Italy', 'North America'
            elif article == "the":
                article = ""  # it went with the old name; the new one brings its own
        if article in ("a", "an"):
            article = "an" if _SPOKEN_WITH_A_VOWEL.match(new) else "a"
        return f"{article} {new}" if article else new


_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|\n\s*)$")
_QUALIFIED = re.compile(r"\b(?:(?:north|south|east|west|central)\S*|new|latin|mid)[\s-]+$", re.I)
_SPOKEN_WITH_A_VOWEL = re.compile(r"[AEIO]|Uz")
_CONTESTED = re.compile(
    r"(?:South|East) China Sea|Taiwan Strait|Korean (?:peninsula|demilitari[sz]ed zone|DMZ)",
    re.IGNORECASE,
)


def _sentence_ends(text: str, at: int) -> bool:
    """Whether the word after is written as the first of a sentence; names are no sign of one."""
    following = text[at:].split(maxsplit=1)[:1]
    if not following:
        return True
    word = following[0].strip(",")
    opens = word.lower() in STOP_WORDS or word.endswith("ly")
    return opens and word == word.capitalize()


def _is_contested(text: str, match: re.Match[str]) -> bool:
    return any(
        place.start() < match.end() and match.start() < place.end()
        for place in _CONTESTED.finditer(text)
    )
