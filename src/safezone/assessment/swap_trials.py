"""Versions of one proposal that name others, and which of them are worth reading."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from random import Random
from typing import Literal

from safezone.assessment.types import Proposal
from safezone.errors import InvalidProposal
from safezone.swaps.carriers import random_carrier, with_ending
from safezone.swaps.kinds import SWAPS
from safezone.text.prepare import prepare

Where = Literal["in_text", "added"]
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A proposal, and what the model is given of it: its prepared sentences."""

    proposal: Proposal
    words: Words

    @classmethod
    def of(cls, proposal: Proposal) -> "Version":
        prepared = prepare(proposal.title, proposal.abstract)
        return cls(proposal, tuple(sentence.text for sentence in prepared.sentences))


@dataclass(frozen=True, slots=True)
class Trial:
    """Versions of a text with others of one kind named in them, all to be answered as one.

    The reference is the text itself, or where a sentence was added, the first version.
    """

    kind: str
    where: Where
    reference: Version
    variants: tuple[Version, ...]

    @property
    def differing(self) -> tuple[Version, ...]:
        """The variants that reach the model in other words than the reference."""
        return tuple(one for one in self.variants if one.words != self.reference.words)


def make_trials(proposal: Proposal, random: Random, draws: int) -> list[Trial]:
    """`draws` variants a kind, in the text (none where it names nobody) and in a sentence added.

    Variants that would be longer than a proposal may be are left out.
    """
    original = Version.of(proposal)
    trials = [
        Trial(kind, "in_text", original, tuple(_exchanged(proposal, kind, random, draws)))
        for kind in SWAPS
    ]
    for kind in SWAPS:
        versions = tuple(_added(proposal, kind, random, draws + 1))
        trials.append(Trial(kind, "added", versions[0] if versions else original, versions[1:]))
    return trials


def choose(trials: Sequence[Trial], most: int) -> list[Version]:
    """At most `most` different versions to read, so that differing variants can be compared.

    Of each trial a variant with its reference, then of each another, while there is room.
    """
    chosen: dict[Words, Version] = {}
    for turn in zip_longest(*(trial.differing for trial in trials)):
        for trial, variant in zip(trials, turn, strict=True):
            if variant is not None:
                more = chosen | {one.words: one for one in (trial.reference, variant)}
                chosen = more if len(more) <= most else chosen
    return list(chosen.values())


def _exchanged(proposal: Proposal, kind: str, random: Random, draws: int) -> Iterator[Version]:
    for _ in range(draws):
        # One exchange for both fields, so that who is named in both stays one.
        swap = SWAPS[kind](random)
        title, in_title = swap.apply(proposal.title)
        abstract, in_abstract = swap.apply(proposal.abstract)
        if in_title or in_abstract:
            yield from _version(proposal, title, abstract)


def _added(proposal: Proposal, kind: str, random: Random, number: int) -> Iterator[Version]:
    carrier = random_carrier(kind, random)
    for _ in range(number):
        sentence = SWAPS[kind](random).named_in(carrier)
        yield from _version(proposal, proposal.title, with_ending(proposal.abstract, sentence))


def _version(proposal: Proposal, title: str, abstract: str) -> Iterator[Version]:
    try:
        version = replace(proposal, title=title, abstract=abstract)
    except InvalidProposal:
        return
    yield Version.of(version)
