"""Sentence spans: exact, complete, and quick whatever is in the text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.text.cleaner import clean
from safezone.text.sentences import sentence_spans

_PIECES = [
    *(
        "ice",
        "A",
        "J. ",
        "Dr. ",
        "e.g. ",
        "U.S. ",
        "et al. ",
        "Fig. 3",
        "p. 5",
        "0.5",
        "1. ",
        "...",
    ),
    *(
        ".",
        ". ",
        "! ",
        "? ",
        "。",
        "！",
        "…",
        ": ",
        "; ",
        ", ",
        " ",
        "\n\n",
        "(",
        ")",
        "[1]",
        "[2, 3]",
    ),
    *(
        '"',
        "'",
        "“",
        "”",
        "‘",
        "’",
        "«",
        "»",
        "é",
        "e\u0301",
        "😀",
        "𝔘",
        "冰芯",
        "\u0600",
        "x@y.org",
    ),
]
any_text = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.lists(st.sampled_from(_PIECES), max_size=40).map("".join),
)


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@given(any_text)
def test_spans_hold_every_character_that_is_not_white_space_in_order(source: str) -> None:
    text = clean(source).text
    done = 0
    for start, end in sentence_spans(text):
        assert done <= start < end <= len(text)
        assert not text[done:start].strip()
        assert text[start:end] == text[start:end].strip()
        done = end
    assert not text[done:].strip()


@pytest.mark.parametrize(
    "expected",
    [
        ["We drill ice.", "It is old.", "We date it."],
        ["Wörter naïve café.", "Ōsaka æther.", "The end."],
        ["Sensors 🧪🧪 work.", "Maps 🗺️ too.", "And 👩‍🔬 people."],
        ["𝔘𝔫𝔦 letters here.", "Then plain ones.", "𐍈 is Gothic."],
        ["冰芯研究。", "We drill 冰 cores.", "The end 终."],
        ["Does it melt?", "It does!", "Nobody knew."],
        ["It was shown [1] twice [2, 3].", "Others [4] agree.", "See [5]."],
    ],
    ids=["ASCII", "accents", "emoji", "astral letters", "CJK", "other stops", "citations"],
)
def test_sentences_are_cut_at_exact_offsets(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_offsets_count_characters_and_not_bytes_or_code_units() -> None:
    # One character each, of two, three and four bytes in UTF-8.
    assert sentence_spans("é冰😀 is. Next one.") == [(0, 7), (8, 17)]


@pytest.mark.parametrize(
    "text",
    [
        "We met Dr. Smith of the institute yesterday.",
        "Several metals, e.g. iron, rust at 0.5 mm a year.",
        "This follows Müller et al. 2020 closely.",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize("text", ["", " ", "\n\n \t"])
def test_a_text_of_white_space_has_no_sentence(text: str) -> None:
    assert sentence_spans(text) == []


def test_white_space_around_a_sentence_is_not_part_of_it() -> None:
    assert sentence_spans("  Ice is old.   We date it.  ") == [(2, 13), (16, 27)]


def test_a_text_without_a_stop_is_one_sentence() -> None:
    assert sentences("ice cores of the last deglaciation") == ["ice cores of the last deglaciation"]


def _seconds(text: str) -> float:
    """Processor time of one split: the least of several, so that other work does not count."""
    times = []
    for _ in range(5):
        start = time.process_time()
        sentence_spans(text)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize(
    "unit", ["[1]", "[1] ", " [1]. ", "(", "([", "a. ", "e.g. ", "J. A. ", ". "]
)
def test_brackets_and_stops_take_time_linear_in_their_number(unit: str) -> None:
    short, long = ((unit * n)[:n] for n in (10_000, 40_000))
    # Four times the text: 4 where linear, 16 where quadratic. What is too quick to measure passes.
    assert _seconds(long) < max(12 * _seconds(short), 0.005)
