"""The kinds of identity that can be exchanged."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Protocol

from safezone.swaps.countries import CountrySwap
from safezone.swaps.institutions import InstitutionSwap
from safezone.swaps.people import PersonSwap


class Swap(Protocol):
    """One random exchange, the same in all texts that it is applied to."""

    def apply(self, text: str) -> tuple[str, int]:
        """The text after the exchange, and how many mentions were exchanged."""

    def named_in(self, carrier: str) -> str:
        """A carrier sentence of this kind that names others."""


SWAPS: Mapping[str, Callable[[Random], Swap]] = {
    "countries": CountrySwap,
    "institutions": InstitutionSwap,
    "people": PersonSwap,
}
