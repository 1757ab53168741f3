"""Which texts the model must not be asked about."""

import pytest

from safezone.assessment.scope import (
    MIN_WORDS,
    NOT_RESEARCH,
    count_words,
    identify_language,
    unreadable,
)
from safezone.policy.decide import ReasonCode
from sample_texts import ENGLISH, ENGLISH_WORDS, OTHER_LANGUAGES


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("12 345 — … !", 0),
        ("one", 1),
        ("One, two; three.", 3),
        ("state-of-the-art", 1),
        ("the laser's beam, the lasers’ beams", 6),
        ("CO2 and H2O", 4),  # digits between letters end a word: CO, and, H, O
        ("snake_case", 2),
        ("größer naïve", 2),
        (ENGLISH, ENGLISH_WORDS),
    ],
)
def test_words_are_runs_of_letters(text: str, words: int) -> None:
    assert count_words(text) == words


def test_english_is_english() -> None:
    assert identify_language(ENGLISH) == "en"


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_other_languages_are_told_apart(language: str) -> None:
    assert identify_language(OTHER_LANGUAGES[language]) == language


@pytest.mark.parametrize("text", ["", "12 345", "!!!"])
def test_a_text_without_letters_has_no_language(text: str) -> None:
    assert identify_language(text) == "und"


@pytest.mark.parametrize(
    ("text", "words", "language", "code"),
    [
        (ENGLISH, MIN_WORDS, "en", None),
        (ENGLISH, 500, "en", None),
        (ENGLISH, MIN_WORDS - 1, "en", ReasonCode.TOO_SHORT),
        ("", 0, "und", ReasonCode.TOO_SHORT),
        (ENGLISH, MIN_WORDS - 1, "und", ReasonCode.TOO_SHORT),
        (ENGLISH, MIN_WORDS, "und", ReasonCode.NOT_ENGLISH),
        (OTHER_LANGUAGES["fr"], MIN_WORDS, "fr", ReasonCode.NOT_ENGLISH),
        # In so few words a language is easily mistaken for another,
        (OTHER_LANGUAGES["fr"], MIN_WORDS - 1, "fr", ReasonCode.TOO_SHORT),
        # but not where its script tells it; scripts without spaces have few 'words'.
        (OTHER_LANGUAGES["zh"], 12, "zh", ReasonCode.NOT_ENGLISH),
        (OTHER_LANGUAGES["ja"], 12, "ja", ReasonCode.NOT_ENGLISH),
        (OTHER_LANGUAGES["ru"], MIN_WORDS - 1, "ru", ReasonCode.NOT_ENGLISH),
    ],
)
def test_what_cannot_be_read_and_why(
    text: str, words: int, language: str, code: ReasonCode | None
) -> None:
    finding = unreadable(text, words, language)
    assert (finding[0] if finding else None) == code


def test_the_reasons_say_what_was_found_and_what_to_do() -> None:
    too_short = unreadable(ENGLISH, 7, "en")
    foreign = unreadable(ENGLISH, 90, "fr")
    unknown = unreadable(ENGLISH, 90, "und")
    assert too_short
    assert "7 words" in too_short[1]
    assert str(MIN_WORDS) in too_short[1]
    assert foreign
    assert "'fr'" in foreign[1]
    assert unknown
    for finding in (too_short, foreign, unknown, NOT_RESEARCH):
        assert "Send" in finding[1]
        assert "Permafrost" not in finding[1]
