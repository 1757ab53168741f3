"""The one text cleaner: what it removes, what it keeps, and where everything came from."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.text.cleaner import clean

# Every code point, lone surrogates, control characters and unassigned ones included.
any_character = st.characters(exclude_categories=())
_PIECES = [
    *("K", "a", "e", ".", " ", "  ", "\n", "\t", "\x00", "\x85", "\xa0", "\u2029", "\ud800"),
    *("\u0301", "\u0323", "e\u0301", "\u1100\u1161", "ﬁ", "Ｑ", "´", "ﷺ", "😀", "冰", "\U000e0041"),
    *("\u200b", "\u00ad", "\u202e", "\ufeff", "&", ";", "<", ">", "/", "&amp;", "&lt;", "&#38;"),
    *("&#xD800;", "&nbsp;", "&shy;", "&bogus;", "<p>", "</b>", "<br/>", '<a href="x">', "<script>"),
]
hostile_text = st.one_of(
    st.text(any_character, max_size=60),
    st.lists(st.sampled_from(_PIECES), max_size=40).map("".join),
)


@given(hostile_text)
def test_any_text_is_cleaned_and_its_offsets_are_in_order_inside_the_source(source: str) -> None:
    aligned = clean(source)
    assert list(aligned.starts) == sorted(aligned.starts)
    assert list(aligned.ends) == sorted(aligned.ends)
    for start, end in zip(aligned.starts, aligned.ends, strict=True):
        assert 0 <= start < end <= len(source)


@given(hostile_text)
def test_what_is_left_has_no_control_surrogate_or_stray_white_space(source: str) -> None:
    text = clean(source).text
    unwanted = {character for character in text if unicodedata.category(character) in _UNREADABLE}
    assert not unwanted
    assert text == " ".join(text.split())


_UNREADABLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@given(hostile_text, st.data())
def test_a_span_maps_to_source_text_that_contains_it(source: str, data: st.DataObject) -> None:
    aligned = clean(source)
    start = data.draw(st.integers(0, len(aligned.text)))
    end = data.draw(st.integers(start, len(aligned.text)))
    low, high = aligned.source_span(start, end)
    # Alone, the part has other edges, at which white space falls away.
    assert aligned.text[start:end].strip() in clean(source[low:high]).text


@given(st.lists(st.sampled_from(_PIECES), max_size=40).map("".join))
def test_a_character_that_cleaning_does_not_touch_stands_for_itself(source: str) -> None:
    aligned = clean(source)
    # No other piece holds or becomes a K; a mark or an entity may only follow one.
    kept = [
        (aligned.starts[at], aligned.ends[at])
        for at, character in enumerate(aligned.text)
        if character == "K"
    ]
    written = [at for at, character in enumerate(source) if character == "K"]
    assert [start for start, _ in kept] == written
    for start, end in kept:
        assert set(source[start + 1 : end]) <= {"\u0301", "\u0323"}


def test_plain_text_is_left_alone() -> None:
    text = "Sea ice at 0.5 °C, measured in 12 fjords (Müller & Ōe, 2020): 'fast' ice – 冰."
    aligned = clean(text)
    assert aligned.text == text
    assert list(aligned.starts) == list(range(len(text)))


@pytest.mark.parametrize(
    "invisible",
    [
        *("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u180e", "\u2061", "\ufff9"),
        *("\u200e", "\u200f", "\u061c", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e"),
        *("\u2066", "\u2067", "\u2068", "\u2069", "\U000e0001", "\U000e0061"),
        *("\ud800", "\udfff", "\ue000", "\uffff", "\u0378", "&shy;", "&#8203;", "&zwnj;"),
        # Default_Ignorable_Code_Point, but in no category of its own
        *("\u034f", "\u115f", "\u1160", "\u17b4", "\u180b", "\u3164", "\uffa0"),
        *("\ufe00", "\ufe0f", "\U000e0100"),
    ],
    ids=ascii,
)
def test_what_nobody_sees_does_not_break_a_word(invisible: str) -> None:
    aligned = clean(f"quan{invisible}tum {invisible}chip{invisible}")
    assert aligned.text == "quantum chip"
    t = 4 + len(invisible)
    assert (aligned.starts[4], aligned.ends[4]) == (t, t + 1)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("R&amp;D", "R&D"),
        ("a &lt; b &#60; c &#x3C; d", "a < b < c < d"),
        ("AT&T; R&D;", "AT&T; R&D;"),
        ("na&iuml;ve", "naïve"),
        ("ice&nbsp;&nbsp;core", "ice core"),
        ("&lt;br/&gt;ice&lt;br/&gt;core", "ice core"),
        ("<p>Ice.</p><p>Core.</p>", "Ice. Core."),
        ("<jats:p>Ice</jats:p>", "Ice"),
        ("<UL><LI>Ice</LI></UL>", "Ice"),
        ('see <a href="https://x.org">here</a>', "see here"),
        ("ﬁne ﬂow in ｆｕｌｌ width", "fine flow in full width"),
        ("cafe\u0301", "café"),
        ("  ice\t\n\n core\r\n", "ice core"),
        ("ice\x00\x1b core\x7f", "ice core"),
        ("ra<!-- x -->dar, son<wbr>ar, <font color='#333'>laser</font>", "radar, sonar, laser"),
        ("an r a d a r here; (l a s e r s)", "an radar here; (lasers)"),
        (r"\textbf{radar} \emph{a \textit{b} c} {\it laser}", "radar a b c laser"),
        (r"mis\-sile mis{}sile mis\textit{sile} \mbox{mis}sile", "missile " * 3 + "missile"),
        (r"$\mathrm{radar}$ and $laser$", "radar and laser"),
        ("", ""),
        (" \n\u200b ", ""),
    ],
)
def test_markup_forms_and_white_space_are_evened_out(source: str, text: str) -> None:
    assert clean(source).text == text


@pytest.mark.parametrize(
    "text",
    [
        "p < 0.05 and q > 1",
        "a<1 or b>2",
        "List<int> and <unknown> stay",
        "x <- y -> z",
        "if x<p and y>q then stop",
        "birds <b and missile seekers too> again",
        "axes x y z t and groups A B C D",
        r"$x_{i}$, $n$, $\alpha$ and \beta{x} of $10^5$ cost",
        "a set {} is empty; {a, b}",
    ],
)
def test_signs_that_are_no_markup_stay(text: str) -> None:
    assert clean(text).text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [("H<sub>2</sub>O", "H2O"), ("<b>quan</b>tum", "quantum"), ("10<sup>6</sup> rows", "106 rows")],
)
def test_markup_inside_a_word_does_not_cut_it(source: str, text: str) -> None:
    assert clean(source).text == text


def test_what_replaces_an_entity_points_to_the_whole_entity() -> None:
    source = "a &lt; b"
    aligned = clean(source)
    assert aligned.source_span(2, 3) == (2, 6)
    assert source[slice(*aligned.source_span(2, 5))] == "&lt; b"


def _seconds(source: str) -> float:
    """Processor time of one cleaning: the least of several, so that other work does not count."""
    times = []
    for _ in range(5):
        start = time.process_time()
        clean(source)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize(
    "unit",
    [
        *("<", "&", "&a", "&#1", "<p ", "<p x", "<p x>", "&lt;", " ", " \n", "\x00", "\u200b"),
        *("\u0301", "a\u0301", "😀", "ﷺ", "\ud800", "a", "\u0301\u0323", " a=b", ' a="b" ', " a ="),
    ],
    ids=ascii,
)
@pytest.mark.parametrize("opening", ["", "<p"])
def test_hostile_text_takes_time_linear_in_its_length(unit: str, opening: str) -> None:
    short, long = ((opening + unit * n)[:n] for n in (5_000, 20_000))
    # Four times the text: 4 where linear, 16 where quadratic.
    assert _seconds(long) / _seconds(short) < 12
