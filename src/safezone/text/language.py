"""Language identification, by py3langid: deterministic, offline, and its model is no pickle."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect_language(text: str) -> tuple[str, float]:
    """The ISO 639 code of the most probable language, and its probability between 0 and 1.

    Texts without a letter are `und` (undetermined) with probability 0.
    """
    if not any(character.isalpha() for character in text):
        return "und", 0.0
    language, probability = _identifier().classify(text)
    return str(language), float(probability)
