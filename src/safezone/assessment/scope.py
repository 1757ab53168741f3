"""Texts that the model has nothing to say about, recognised before and beside the model."""

import re

from safezone.policy.decide import ReasonCode
from safezone.text.language import detect_language

MIN_WORDS = 30
_ENGLISH_AT_LEAST = 0.5
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")

Finding = tuple[ReasonCode, str]

NOT_RESEARCH: Finding = (
    ReasonCode.NOT_RESEARCH_ABSTRACT,
    "The text does not read as the abstract of a research project. Send the abstract itself.",
)


def count_words(text: str) -> int:
    """Words of letters; numbers and signs do not count."""
    return len(_WORD.findall(text))


def identify_language(text: str) -> str:
    """ISO 639 code of the text's language; `und` where it cannot be told."""
    language, probability = detect_language(text)
    return language if probability >= _ENGLISH_AT_LEAST else "und"


def unreadable(text: str, words: int, language: str) -> Finding | None:
    """Why the model must not be asked about a text, if so."""
    # A few words are too little to tell the language by, unless the script already tells it. In
    # some scripts a whole abstract is few 'words', since no spaces part them.
    tellable = words >= MIN_WORDS or not _mostly_ascii(text)
    if language not in ("en", "und") and tellable:
        return (
            ReasonCode.NOT_ENGLISH,
            f"The text seems to be in another language ('{language}'); the model reads English. "
            "Send an English abstract, or have a person read it.",
        )
    if words < MIN_WORDS:
        return (
            ReasonCode.TOO_SHORT,
            f"The text has {words} words; at least {MIN_WORDS} are needed to say anything. Send "
            "the whole abstract.",
        )
    if language == "und":
        return (
            ReasonCode.NOT_ENGLISH,
            "The language of the text cannot be told; the model reads English. Send an English "
            "abstract, or have a person read it.",
        )
    return None


def _mostly_ascii(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return 2 * sum(letter.isascii() for letter in letters) >= len(letters)
