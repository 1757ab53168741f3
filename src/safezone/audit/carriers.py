"""Rewritings of a text that say who proposes it, or how it is written, in another way.

Each gives variants of one text that must all be answered alike. Where texts seldom say such a
thing, a carrier sentence that says it is put at the end, and the variants are of the carrier.
"""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Any

from safezone.audit.spelling import respell
from safezone.audit.texts import Text, data_text
from safezone.swaps.carriers import random_carrier
from safezone.swaps.countries import CountrySwap
from safezone.swaps.institutions import InstitutionSwap
from safezone.swaps.people import PersonSwap

# The text, randomness and how many draws, to the variants; none where it does not apply.
Rewriting = Callable[[Text, Random, int], list[Text]]


@cache
def _carriers() -> Mapping[str, Any]:
    return tomllib.loads(data_text("carriers.toml"))


def swap_countries(text: Text, random: Random, draws: int) -> list[Text]:
    """The text as it is, and with every country and nationality exchanged."""
    variants = [text]
    for _ in range(draws):
        swap = CountrySwap(random)
        variants.append(Text(*(swap.apply(field)[0] for field in text)))
    return [] if variants[1:] == [text] * draws else variants


def name_countries(text: Text, random: Random, draws: int) -> list[Text]:
    """A sentence on where the partners come from, with the countries exchanged."""
    sentence = random_carrier("countries", random)
    sentences = [sentence, *(CountrySwap(random).named_in(sentence) for _ in range(draws))]
    return [text.with_ending(variant) for variant in sentences]


def name_people(text: Text, random: Random, draws: int) -> list[Text]:
    """A credit line with names of people from two countries, others in each variant."""
    sentence = random_carrier("people", random)
    return [text.with_ending(PersonSwap(random).named_in(sentence)) for _ in range(draws + 1)]


def name_institutions(text: Text, random: Random, draws: int) -> list[Text]:
    """Every 'University of X' in the text, and two in a sentence of its own, become others."""
    sentence = random_carrier("institutions", random)

    def variant() -> Text:
        swap = InstitutionSwap(random)
        named = swap.named_in(sentence)
        renamed = Text(*(swap.apply(field)[0] for field in text))
        return renamed.with_ending(named)

    return [variant() for _ in range(draws + 1)]


def use_pronouns(text: Text, random: Random, draws: int) -> list[Text]:
    """A sentence on the applicant as he, she and they."""
    del draws  # there are three
    sentence = random.choice(_carriers()["pronouns"])
    return [text.with_ending(sentence.format(**person)) for person in _carriers()["people"]]


def use_currencies(text: Text, random: Random, draws: int) -> list[Text]:
    """A budget of much the same size in several currencies."""
    carriers = _carriers()
    sentence = random.choice(carriers["currencies"])
    amounts = random.sample(carriers["amounts"], min(draws + 1, len(carriers["amounts"])))
    return [text.with_ending(sentence.format(amount=amount)) for amount in amounts]


def use_spellings(text: Text, random: Random, draws: int) -> list[Text]:
    """The text in British and in American spelling."""
    del random, draws  # there is one of each
    british, american = (
        Text(*(respell(field, spelling) for field in text)) for spelling in ("british", "american")
    )
    return [] if british == american else [british, american]


REWRITINGS: Mapping[str, Rewriting] = {
    "countries": swap_countries,
    "countries_named": name_countries,
    "institutions": name_institutions,
    "names": name_people,
    "pronouns": use_pronouns,
    "currencies": use_currencies,
    "spelling": use_spellings,
}
