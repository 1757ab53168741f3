"""Carriers: sentences that name somebody, for texts that do not.

Put at the end of a text, each can be exchanged for the same sentence with other names in it.
"""

import tomllib
from functools import cache
from random import Random

from safezone.swaps.lists import read_text

_ENDS_A_SENTENCE = frozenset(".!?:…\"')]}”’»")


@cache
def _carriers() -> dict[str, list[str]]:
    return tomllib.loads(read_text("safezone.swaps", "carriers.toml"))


def random_carrier(kind: str, random: Random) -> str:
    """A sentence that names `countries`, `institutions` or `people`.

    `named_in` of the kind's swap fills it in.
    """
    return random.choice(_carriers()[kind])


def with_ending(text: str, sentence: str) -> str:
    """The text with one more sentence at the end, apart from the last one."""
    text = text.rstrip()
    stop = "" if not text or text[-1] in _ENDS_A_SENTENCE else "."
    return f"{text}{stop} {sentence}".strip()
