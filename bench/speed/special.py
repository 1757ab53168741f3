"""Texts of unusual lengths, made of a few sentences of our own."""

from collections.abc import Mapping
from itertools import cycle, islice

from bench.speed.peers.protocol import Text

_PASSAGE = (
    "We measure how soil under old forests keeps its carbon when summers become drier.",
    "Sensors at three depths record moisture, temperature and gas exchange every ten minutes.",
    "A model of root growth is fitted to these records and to maps of the trees.",
    "Half of the plots are watered, so that effects of drought and of age can be told apart.",
    "All data, code and instruments' calibrations are published with the results.",
)
_SHORT = (
    "We measure soil carbon each spring.",
    "Roots grow deeper in dry years.",
    "The model is fitted to the records.",
    "All of our data are published.",
)
# Long enough to be read by all: the product says of a few words that it cannot tell.
ORDINARY: Text = ("", " ".join(_PASSAGE))


def _words(number: int) -> str:
    return " ".join(islice(cycle(" ".join(_PASSAGE).split()), number))


# In 1,950 of these words are some 2,200 word pieces: five parts of 510.
SPECIAL: Mapping[str, Text] = {
    "one word": ("", "Soil"),
    "20 words": ("", _words(20)),
    "5 parts": ("", _words(1_950)),
    "400 sentences": ("", " ".join(islice(cycle(_SHORT), 400))),
}
