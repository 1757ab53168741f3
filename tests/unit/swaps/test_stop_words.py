"""The stop words are the library's."""

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from safezone.swaps.stop_words import STOP_WORDS


def test_they_are_those_of_scikit_learn() -> None:
    assert STOP_WORDS == ENGLISH_STOP_WORDS
