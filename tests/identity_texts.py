"""Names and frames for the tests of the identity finder."""

from hypothesis import strategies as st

from safezone.text.gazetteer import data_lines, gazetteer
from safezone.text.identities import IdentityKind, find_identities

WORDS = {
    IdentityKind.PLACE: "somewhere",
    IdentityKind.PERSON: "someone",
    IdentityKind.INSTITUTION: "institution",
    IdentityKind.CONTACT: "",
    IdentityKind.AWARD: "",
    IdentityKind.MONEY: "money",
}


def found(text: str) -> list[tuple[str, str]]:
    """The kind and the words of every identity, for a test to compare."""
    return [(span.kind.value, text[span.start : span.end]) for span in find_identities(text)]


def of_kind(kind: str, text: str) -> list[str]:
    return [words for other, words in found(text) if other == kind]


def neutral(text: str) -> str:
    """The text as a caller neutralises it, one word for each kind."""
    parts, at = [], 0
    for span in find_identities(text):
        parts += [text[at : span.start], WORDS[span.kind]]
        at = span.end
    return "".join([*parts, text[at:]])


def own_names() -> list[str]:
    """The names of the project's own list that may stand anywhere, marks removed."""
    lines = (line for line in data_lines("places.txt") if not line.startswith("!"))
    contested = {*data_lines("contested_places.txt"), "Pole"}  # no Pole is a South Pole
    names = [line.lstrip("^=") for line in lines if not line.endswith("-")]
    return [name for name in names if name not in contested]


NAMES = sorted({*gazetteer().countries, *gazetteer().demonyms, *own_names()})
name = st.sampled_from(NAMES)

FRAMES = [
    "Sampling starts in {x} next year.",
    "{x} is where we begin.",
    "We compare rivers across the {x} and record their flow.",
    "A {x} team and an {x} team met.",
    "The {x} programme funds it.",
    "Results from {x}'s coast and {x}’s lakes agree.",
    "They say 'made in {x}' on the box.",
    "a {x}-based company sells non-{x} sensors",
    "{x}-led work on pan-{x} soils",
    "the {x}/Antarctica comparison",
    "In North {x}, South {x} and the north-eastern {x} plain",
    "New {x} sites were chosen; southern New {x} was not.",
    "Great {x} is wide",
    "the Republic of {x} and the Kingdom of the {x} met",
    "the {x} Federation signed it",
    "(in {x})",
    "see {x}, then stop",
    "samples ({x}: 12; Africa: 4)",
    "an Indian Ocean cruise past {x} now",
    "the University of {x} (UX) and UX staff",
    "at {x} National University in spring",
    "at the University of Technology of {x}, with others",
    "the {x} Academy of Sciences supports us",
    "the Institute of Physics, {x} Academy of Sciences",
    "Ministry of Health of {x} says",
    "{x}'s Ministry of Science and Technology",
    "the {x} Department of Chemistry and Soil",
    "the National Natural Science Foundation of {x} pays",
    "funded by the {x} Research Council",
    "{x} Optical Systems, Inc. will build it.",
    "{x} Tech hosts the server",
    "{x} Institute of Technology",
    "the Max Planck Institute for {x} Studies",
    "Dr. {x} Smith joins us",
    "{x} et al. (2018) agree",
    "as shown before ({x} & Brown, 2015)",
    "measured before ({x}, 2015)",
    "work led by {x} engineers",
    "the state-of-the-art {x} network",
    "{x}:",
]

PLAIN_NAMES = [name for name in NAMES if "." not in name]
