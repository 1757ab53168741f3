"""Finds letters that only look like what a person reads, and what they stand for.

A person reads 'sеnsor' with a Cyrillic letter in it, or 's3n5or', as the word it looks like; a
tokenizer does not. Each disguised letter is replaced by the one letter it stands for, so that
offsets stay exact.
"""

import re
from collections.abc import Iterator

from safezone.text.aligned import Edit

# Letters of other scripts that are drawn like Latin ones (a choice from Unicode's confusables.txt:
# those that a reader of running text takes for the Latin letter).
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝѵӏкмтгпґАВЕКМНОРСТУХІЈЅԌԚԜ"  # Cyrillic
    "αοινρυκΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"  # Greek
    "օոսցհԼՕՏՍ"  # Armenian
    "ɑɡıɩʀꓐꓚꓓꓰꓖꓢ",  # phonetic letters, Lisu
    "aeopcyxijshdqwvlkmtrnrABEKMHOPCTYXIJSGQWaoivpukABEZHIKMNOPTYXonughLOSUagiirBCDEGS",
)
_LOOKALIKE = re.compile(f"[{''.join(map(chr, _LOOKALIKES))}]")
_WORD = re.compile(r"[^\W\d_]{2,}")
# Digits and signs that stand for letters in 'l33t'.
_DIGITS = str.maketrans("013457@$", "oieastas")
# No part of an address, and no TeX, whose dollar signs are none of a word's.
_TOKEN = re.compile(r"(?<![\w@$./\\])[A-Za-z0-9@$]{5,40}(?![\w@$^\\{]|\.\w)")
# Begins with the sign itself, which is quick to search a text for.
_INSIDE = re.compile(r"[013457@$](?<=[a-z].)[013457@$]?(?=[a-z])")
_RUN = re.compile(r"[0-9@$]+")
# So many letters a name of a gene ('Slc7a11', 'Il10ra') does not have.
_LETTERS_OF_A_CAPITALISED_WORD = 5


def find_disguises(text: str) -> list[Edit]:
    """One edit a disguised letter, sorted. What is put right has nothing left to put right."""
    edits: dict[int, Edit] = {}
    steps = (_mixed_words, _foreign_words, _digits) if _LOOKALIKE.search(text) else (_digits,)
    for step in steps:
        found = {edit.start: edit for edit in step(text)}
        text = _edited(text, found)
        edits |= found
    return [edits[start] for start in sorted(edits)]


def _edited(text: str, edits: dict[int, Edit]) -> str:
    if not edits:
        return text
    return "".join(
        edits[at].replacement if at in edits else character for at, character in enumerate(text)
    )


def _mixed_words(text: str) -> Iterator[Edit]:
    """Lookalikes in words that also hold Latin letters: 'α-synuclein' stays."""
    for match in _WORD.finditer(text):
        if not match[0].isascii() and any(map(str.isascii, match[0])):
            yield from _differences(match, match[0].translate(_LOOKALIKES))


def _foreign_words(text: str) -> Iterator[Edit]:
    """Words that hold nothing but lookalikes, in a text that is mostly Latin."""
    letters = [character for character in text if character.isalpha()]
    if 2 * sum(map(str.isascii, letters)) <= len(letters):
        return
    for match in _WORD.finditer(text):
        plain = match[0].translate(_LOOKALIKES)
        if plain.isascii():
            yield from _differences(match, plain)


def _digits(text: str) -> Iterator[Edit]:
    """Digits that stand among the small letters of a word: 's3ns0r', but neither 'MoS2' nor 'co2',
    'covid19' or '10th'.
    """
    if not _INSIDE.search(text):
        return
    for match in _TOKEN.finditer(text):
        token = match[0]
        letters = [character for character in token if character.isalpha()]
        runs = _RUN.findall(token)
        least = _LETTERS_OF_A_CAPITALISED_WORD if token[0].isupper() else 3
        if (
            runs
            and len(letters) >= least
            and all(letter.islower() for letter in letters[1:])
            and all(len(run) <= 2 and set(run) <= set("013457@$") for run in runs)
            and _INSIDE.search(token)
        ):
            yield from _differences(match, token.translate(_DIGITS))


def _differences(match: re.Match[str], plain: str) -> Iterator[Edit]:
    for at, (old, new) in enumerate(zip(match[0], plain, strict=True), match.start()):
        if old != new:
            yield Edit(at, at + 1, new)
