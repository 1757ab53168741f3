"""Tricks: a text looks otherwise to a program, and much the same to a person."""

import html
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.audit import tricks
from safezone.audit.texts import Text, data_lines, own_records, seeded
from safezone.audit.tricks import TRICKS, Target, Trick
from safezone.taxonomy import load_taxonomy

TEXT = Text(
    "A new radar for small boats",
    "Fishing boats need to see in fog. We will build a phased-array radar from cheap parts. "
    "Tests take place in a harbour.",
)
TELLING = "We will build a phased-array radar from cheap parts."
START = TEXT.abstract.index(TELLING)
TARGET = Target(TEXT, (START, START + len(TELLING)))
HARMLESS = data_lines("harmless_sentences.txt")


def tried(trick: Trick, seed: int = 0, target: Target = TARGET) -> Text:
    return trick(target, seeded(seed))


@pytest.mark.parametrize("name", TRICKS)
def test_every_trick_changes_the_text_and_repeats_with_its_seed(name: str) -> None:
    changed = tried(TRICKS[name])
    assert changed != TEXT
    assert changed == tried(TRICKS[name])


@pytest.mark.parametrize("name", TRICKS)
@pytest.mark.parametrize("abstract", ["", "One", "No stop. . .", "ß 𝔘 \u200b 国家"])
def test_every_trick_takes_any_text(name: str, abstract: str) -> None:
    tried(TRICKS[name], target=Target(Text("", abstract), (0, 0)))


@pytest.mark.parametrize("trick", [tricks.pad_front, tricks.pad_between, tricks.pad_end])
def test_padding_adds_ten_harmless_sentences_and_keeps_the_own_in_order(trick: Trick) -> None:
    title, abstract = tried(trick)
    assert title == TEXT.title
    added = [sentence for sentence in HARMLESS if sentence in abstract]
    assert len(added) == 10
    for sentence in added:
        abstract = abstract.replace(sentence, "")
    assert " ".join(abstract.split()) == TEXT.abstract


def test_padding_stands_where_it_should() -> None:
    assert tried(tricks.pad_front).abstract.endswith(TEXT.abstract)
    assert tried(tricks.pad_end).abstract.startswith(TEXT.abstract)
    between = tried(tricks.pad_between).sentences()
    own = [i for i, sentence in enumerate(between) if sentence not in HARMLESS]
    gaps = [after - before - 1 for before, after in zip(own, [*own[1:], len(between)], strict=True)]
    assert own[0] == 0
    assert sum(gaps) == 10
    assert max(gaps) - min(gaps) <= 1


def test_the_telling_sentence_goes_to_the_end() -> None:
    assert tried(tricks.telling_sentence_last).abstract == (
        f"Fishing boats need to see in fog. Tests take place in a harbour. {TELLING}"
    )


def test_renaming_takes_title_and_abstract() -> None:
    title, abstract = tried(tricks.rename_field)
    assert title == "A new ranging for small boats"
    assert "phased-array ranging" in abstract


@given(st.sampled_from(own_records(load_taxonomy())), st.integers(0, 5))
def test_homoglyphs_take_three_letters_of_ten_and_look_the_same(record: object, seed: int) -> None:
    abstract = getattr(record, "abstract", "")
    changed = tried(tricks.homoglyphs, seed, Target(Text("", abstract), (0, 0))).abstract
    assert len(changed) == len(abstract)
    differ = [(old, new) for old, new in zip(abstract, changed, strict=True) if old != new]
    assert len(differ) == round(0.3 * sum(map(str.isalpha, abstract)))
    for old, new in differ:
        assert unicodedata.name(old).startswith("LATIN")
        assert unicodedata.name(new).startswith(("CYRILLIC", "GREEK"))


def test_invisible_characters_stand_inside_of_words_and_nothing_else_changes() -> None:
    changed = tried(tricks.zero_width)
    for old, new in zip(TEXT, changed, strict=True):
        assert new != old
        invisible = [c for c in new if unicodedata.category(c) == "Cf"]
        assert len(invisible) == len(re.findall(r"[A-Za-z]{5,}", old))
        assert "".join(c for c in new if c not in invisible) == old


def test_html_is_shown_as_the_text() -> None:
    for old, new in zip(TEXT, tried(tricks.html_markup), strict=True):
        shown = html.unescape(re.sub(r"<[^>]*>", "", new))
        assert "<" in new or "&" in new
        assert "".join(c for c in shown if unicodedata.category(c) != "Cf") == old


def test_latex_is_set_as_the_text() -> None:
    for old, new in zip(TEXT, tried(tricks.latex_markup), strict=True):
        assert "\\" in new or "{" in new
        assert re.sub(r"\\(?:textbf|emph|it |mbox|mathrm|textit|-)|[{}$]", "", new) == old


def test_leetspeak_puts_digits_for_letters_of_long_words() -> None:
    title, abstract = tried(tricks.leetspeak)
    back = str.maketrans("431057", "aeiost")
    assert Text(title.translate(back), abstract.translate(back)) == TEXT
    assert re.search(r"[a-z][0-9]|[0-9][a-z]", title + abstract)


def test_spaces_stand_between_the_letters_of_telling_words_only() -> None:
    title, abstract = tried(tricks.letter_spacing)
    assert title == "A new r a d a r for small boats"
    assert abstract == (
        "Fishing boats need to see in fog. We will b u i l d a p h a s e d-a r r a y r a d a r "
        "from c h e a p p a r t s. Tests take place in a harbour."
    )


@pytest.mark.parametrize("trick", [tricks.inject_front, tricks.inject_end])
def test_injections_are_three_sentences_beside_the_text(trick: Trick) -> None:
    abstract = tried(trick).abstract
    assert sum(sentence in abstract for sentence in data_lines("injections.txt")) == 3
    assert TEXT.abstract in abstract


def test_only_the_title_is_replaced_by_a_harmless_one() -> None:
    title, abstract = tried(tricks.harmless_title)
    assert title in data_lines("harmless_titles.txt")
    assert abstract == TEXT.abstract
