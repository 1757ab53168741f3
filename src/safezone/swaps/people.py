"""Every person whom a text names with a title or a role, exchanged for another."""

import re
from dataclasses import dataclass
from functools import cache
from random import Random

from safezone.swaps.lists import read_fields

_CAPITALISED = r"[^\W\d_a-z]['’]?[^\W\d_]+"
_PERSON = re.compile(
    r"\b(?P<title>(?:(?:Dr|Prof|Mr|Mrs|Ms)\.?|Professor) |(?:PI|[Pp]rincipal [Ii]nvestigator): ?)"
    rf"(?P<name>(?:[A-Z]\. ?){{0,3}}{_CAPITALISED}(?:[-'’ ]{_CAPITALISED}){{0,3}})(?![\w-])"
)


@dataclass(frozen=True, slots=True)
class Names:
    """Given and family names that are typical of a country."""

    country: str
    given: tuple[str, ...]
    family: tuple[str, ...]


@cache
def names() -> tuple[Names, ...]:
    """Names of some thirty countries."""
    return tuple(
        Names(country, tuple(given.split(", ")), tuple(family.split(", ")))
        for country, given, family in read_fields("safezone.swaps", "names.txt")
    )


class PersonSwap:
    """One random exchange: every person becomes another, in all texts it is applied to."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._becomes: dict[str, str] = {}

    def apply(self, text: str) -> tuple[str, int]:
        """The text after the exchange, and how many mentions were exchanged."""
        return _PERSON.subn(self._new_words, text)

    def named_in(self, carrier: str) -> str:
        """A carrier sentence with two people from different countries."""
        blanks = {}
        for number, of_country in enumerate(self._random.sample(names(), 2), 1):
            family = self._random.choice(of_country.family)
            blanks[f"family_{number}"] = family
            blanks[f"full_{number}"] = f"{self._random.choice(of_country.given)} {family}"
        return carrier.format(**blanks)

    def _new_words(self, match: re.Match[str]) -> str:
        name = match["name"]
        if name not in self._becomes:
            of_country = self._random.choice(names())
            family = self._random.choice(of_country.family)
            given = self._random.choice(of_country.given)
            self._becomes[name] = f"{given} {family}" if " " in name else family
        return match["title"] + self._becomes[name]
