"""Country-blindness, measured: swap every country and nationality, and see what moves."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from random import Random

import numpy as np
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from safezone.model.predictor import Model, Prediction
from safezone.text.prepare import PreparedText, prepare


@dataclass(frozen=True, slots=True)
class Country:
    """A country's names, the first its usual one, with the article it takes; and its demonym."""

    names: tuple[str, ...]
    demonym: str


@dataclass(frozen=True, slots=True)
class SwapReport:
    """`texts` that hold a country or nationality, in `draws` random swaps each.

    `mentions` counts the words swapped over all draws, `texts_read_otherwise` the swapped texts
    that the model was given in other words than the original; `largest_change` is of any level's
    or area's probability, 0 to 1; `level_flips` counts levels that became others.
    """

    draws: int
    texts: int
    mentions: int
    texts_read_otherwise: int
    largest_change: float
    level_flips: int


@cache
def countries() -> tuple[Country, ...]:
    """The audit's own list."""
    text = (resources.files("safezone.audit") / "data" / "countries.txt").read_text("utf-8")
    found = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, demonym, others = (part.strip() for part in line.split("|"))
            names = (name, *(other.strip() for other in others.split(",") if other.strip()))
            found.append(Country(names, demonym))
    return tuple(found)


def _bare(name: str) -> str:
    return name.removeprefix("the ")


@cache
def _mention() -> re.Pattern[str]:
    names = {_bare(name) for country in countries() for name in country.names}
    words = names | {country.demonym for country in countries()}
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    alternatives = "|".join(map(re.escape, longest_first))
    return re.compile(
        # 'US$' is a currency, which another rewriting exchanges.
        rf"\b(?:(?P<article>the|a|an) )?(?P<word>{alternatives})(?![\w-]*\w|\$)",
        re.IGNORECASE,
    )


class Swap:
    """One random exchange: every country becomes a different one, in all texts it is applied to.

    Articles and capitals are put right. Words of contested places ('South China Sea') stay, since
    those are places under study.
    """

    def __init__(self, random: Random) -> None:
        everyone = countries()
        order = list(range(len(everyone)))
        random.shuffle(order)
        # A rotation of a random order leaves nobody in place.
        becomes = {order[i]: everyone[order[i - 1]] for i in range(len(order))}
        self._by_name = {
            _bare(name).lower(): becomes[i]
            for i, country in enumerate(everyone)
            for name in country.names
        }
        self._by_demonym = {
            country.demonym.lower(): becomes[i] for i, country in enumerate(everyone)
        }

    def apply(self, text: str) -> tuple[str, int]:
        """The text after the exchange, and how many mentions were exchanged."""
        mentions = 0

        def replace(match: re.Match[str]) -> str:
            nonlocal mentions
            if match["word"][0].islower() or _is_contested(text, match):
                return match[0]
            mentions += 1
            new = self._new_words(text, match)
            before = text[max(0, match.start() - 20) : match.start()]
            article = match["article"] or ""
            capital = article[:1].isupper() or (not article and _SENTENCE_START.search(before))
            return new[0].upper() + new[1:] if capital else new

        return _mention().sub(replace, text), mentions

    def _new_words(self, text: str, match: re.Match[str]) -> str:
        article, word = (match["article"] or "").lower(), match["word"]
        if word.lower() not in self._by_name:
            new = self._by_demonym[word.lower()].demonym
        else:
            new = self._by_name[word.lower()].names[0]
            # The last dot of 'the U.S.' may also be the full stop.
            if word.endswith(".") and _sentence_ends(text, match.end()):
                new += "."
            before = text[max(0, match.start() - 20) : match.start()]
            if article in ("a", "an") or _QUALIFIED.search(before):
                new = _bare(new)  # 'a US consortium', 'northern Italy', 'North America'
            elif article == "the":
                article = ""  # it went with the old name; the new one brings its own
        if article in ("a", "an"):
            article = "an" if _SPOKEN_WITH_A_VOWEL.match(new) else "a"
        return f"{article} {new}" if article else new


_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|\n\s*)$")
_QUALIFIED = re.compile(r"\b(?:(?:north|south|east|west|central)\S*|new|latin|mid)[\s-]+$", re.I)
_SPOKEN_WITH_A_VOWEL = re.compile(r"[AEIO]|Uz")
_CONTESTED = re.compile(
    r"(?:South|East) China Sea|Taiwan Strait|Korean (?:peninsula|demilitari[sz]ed zone|DMZ)",
    re.IGNORECASE,
)


def _sentence_ends(text: str, at: int) -> bool:
    """Whether the word after is written as the first of a sentence; names are no sign of one."""
    following = text[at:].split(maxsplit=1)[:1]
    if not following:
        return True
    word = following[0].strip(",")
    opens = word.lower() in ENGLISH_STOP_WORDS or word.endswith("ly")
    return opens and word == word.capitalize()


def _is_contested(text: str, match: re.Match[str]) -> bool:
    return any(
        place.start() < match.end() and match.start() < place.end()
        for place in _CONTESTED.finditer(text)
    )


def measure_swaps(
    model: Model,
    texts: Sequence[tuple[str, str]],
    draws: int = 20,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> SwapReport:
    """Swap identities in (title, abstract) pairs `draws` times and compare all probabilities."""
    random = Random(seed)  # noqa: S311 - a measurement, not a secret
    originals = [prepare(title, abstract) for title, abstract in texts]
    mentions, with_mention, changed = 0, set(), []
    for draw in range(draws):
        for row, (title, abstract) in enumerate(texts):
            # One exchange for both fields, so that a country stays the same country.
            swap = Swap(random)
            (new_title, in_title), (new_abstract, in_abstract) = (
                swap.apply(title),
                swap.apply(abstract),
            )
            mentions += in_title + in_abstract
            if in_title or in_abstract:
                with_mention.add(row)
            variant = prepare(new_title, new_abstract)
            if _words(variant) != _words(originals[row]):
                changed.append((row, variant))
        if progress:
            progress(draw + 1, draws)
    largest, flips = 0.0, 0
    if changed:
        before = model.predict([originals[row] for row, _ in changed])
        after = model.predict([variant for _, variant in changed])
        largest, flips = _largest_change(before, after), _flips(before, after)
    return SwapReport(draws, len(with_mention), mentions, len(changed), largest, flips)


def _words(text: PreparedText) -> list[str]:
    return [sentence.text for sentence in text.sentences]


def _largest_change(before: Prediction, after: Prediction) -> float:
    changes = [np.abs(after.areas - before.areas).max()]
    for axis, prediction in before.axes.items():
        changes.append(np.abs(after.axes[axis].probabilities - prediction.probabilities).max())
    return float(max(changes))


def _flips(before: Prediction, after: Prediction) -> int:
    return sum(
        int((after.axes[axis].levels != prediction.levels).sum())
        for axis, prediction in before.axes.items()
    )
