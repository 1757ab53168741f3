"""Language identification, by py3langid: deterministic, offline, and its model is no pickle."""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier


@cache
def load_languages() -> "Future[LanguageIdentifier]":
    """Begin to load the library's model, once in a process, beside what the caller goes on with.

    Unpacking it takes as long as loading everything else, and leaves Python's one lock to others.
    """
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    thread = ThreadPoolExecutor(1, "languages")
    loading = thread.submit(LanguageIdentifier.from_model_file, MODEL_FILE, norm_probs=True)
    thread.shutdown(wait=False)
    return loading


def detect_language(text: str) -> tuple[str, float]:
    """The ISO 639 code of the most probable language, and its probability between 0 and 1.

    Texts without a letter are `und` (undetermined) with probability 0.
    """
    if not any(character.isalpha() for character in text):
        return "und", 0.0
    language, probability = load_languages().result().classify(text)
    return str(language), float(probability)
