"""Every university in a text, exchanged for another institution."""

import re
from functools import cache
from random import Random

from safezone.swaps.lists import read_lines

_INSTITUTION = re.compile(
    r"\b(?:[Tt]he )?(?P<name>University of (?:the )?[A-Z][\w-]+(?: [A-Z][\w-]+)*"
    r"|(?:[A-Z][\w-]+ ){1,4}(?:University|Institute of Technology))(?![\w-])"
)


@cache
def institutions() -> tuple[str, ...]:
    """Institutions as they stand in the middle of a sentence."""
    return tuple(read_lines("safezone.swaps", "institutions.txt"))


class InstitutionSwap:
    """One random exchange: every 'University of X' becomes another, in all texts it is applied to.

    Where a text names more than there are in the list, the last ones stay.
    """

    def __init__(self, random: Random) -> None:
        self._unused = iter(random.sample(institutions(), len(institutions())))
        self._becomes: dict[str, str] = {}

    def apply(self, text: str) -> tuple[str, int]:
        """The text after the exchange, and how many mentions were exchanged."""
        return _INSTITUTION.subn(self._new_words, text)

    def named_in(self, carrier: str) -> str:
        """A carrier sentence with two institutions that are given to no other one."""
        return carrier.format(institution_1=next(self._unused), institution_2=next(self._unused))

    def _new_words(self, match: re.Match[str]) -> str:
        name = match["name"]
        if name not in self._becomes:
            self._becomes[name] = next(self._unused, match[0])
        new = self._becomes[name]
        return new[0].upper() + new[1:] if match[0].startswith("The ") else new
