"""Words that give a field away, replaced by modest ones."""

import re
from collections.abc import Mapping
from functools import cache

from safezone.audit.spelling import like
from safezone.audit.texts import data_fields


@cache
def euphemisms() -> Mapping[str, tuple[str, str]]:
    """(term, modest words), in the singular, by the term in small letters without hyphens."""
    return {_key(term): (term, modest) for term, modest in data_fields("euphemisms.txt")}


def _key(term: str) -> str:
    return term.lower().replace("-", " ")


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(euphemisms(), key=lambda key: (-len(key), key))
    # 'focal-plane array' is also written without its hyphen, 'mine like' with one.
    alternatives = "|".join("[ -]".join(map(re.escape, key.split())) for key in longest_first)
    return re.compile(rf"(?<!\w)(?P<term>{alternatives})(?P<plural>e?s)?(?!\w)", re.IGNORECASE)


def telling_terms(text: str) -> list[tuple[int, int]]:
    """Where the terms stand in a text, as half-open spans in order."""
    return [match.span() for match in _pattern().finditer(text)]


def with_euphemisms(text: str) -> str:
    """Every term, in the singular or plural, by its modest words; capitals and plurals stay."""

    def replace(match: re.Match[str]) -> str:
        term, modest = euphemisms()[_key(match["term"])]
        new = _plural(modest) if match["plural"] else modest
        # The capitals of 'DNA synthesis' are its own and say nothing of the sentence.
        return new if match["term"] == term else like(match[0], new)

    return _pattern().sub(replace, text)


def _plural(words: str) -> str:
    if re.search(r"[^aeiou]y$", words):
        return f"{words[:-1]}ies"
    return words + ("es" if words.endswith(("s", "x", "ch", "sh")) else "s")
