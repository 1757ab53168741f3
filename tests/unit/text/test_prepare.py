"""From a caller's title and abstract to sentences that point back into them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.corpus.records import Record
from safezone.text import prepare as module
from safezone.text.cleaner import clean
from safezone.text.identities import Identity, IdentityKind
from safezone.text.prepare import PLACEHOLDERS, PreparedText, Sentence, neutralise, prepare

any_text = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.lists(
        st.sampled_from(
            [
                *(
                    "Peru ",
                    "the University of Oxford ",
                    "Dr. Ada Smith ",
                    "a@b.org ",
                    "We ",
                    "ice ",
                ),
                *(". ", "\u200b", "&amp;", "<b>", "冰", "😀", "\n\n", "(", "’s ", "-", "[1]"),
            ]
        ),
        max_size=30,
    ).map("".join),
)


@given(title=any_text, abstract=any_text)
def test_any_text_is_prepared_and_its_spans_are_in_order_inside_it(
    title: str, abstract: str
) -> None:
    fields = {"title": title, "abstract": abstract}
    done = {"title": 0, "abstract": 0}
    prepared = prepare(title, abstract)
    for sentence in prepared.sentences:
        assert done[sentence.field] <= sentence.start <= sentence.end <= len(fields[sentence.field])
        assert sentence.text == sentence.text.strip() != ""
        done[sentence.field] = sentence.end
    order = [sentence.field for sentence in prepared.sentences]
    assert order == sorted(order, reverse=True)  # the title before the abstract


def test_spans_of_whole_abstracts_leave_only_white_space_out(fixture_records: list[Record]) -> None:
    for record in fixture_records:
        covered = [
            record.abstract[sentence.start : sentence.end]
            for sentence in prepare("", record.abstract).sentences
        ]
        assert len(covered) > 1
        assert "".join("".join(covered).split()) == "".join(record.abstract.split())


def test_offsets_point_into_the_text_that_was_sent() -> None:
    abstract = (
        "  We drill <b>ice</b> 🧊&nbsp;cores\u200b.  The ﬁrst 冰 core\n\nis old! "
        "It rose by 5 &lt; 6 mm."
    )
    prepared = prepare("An ice\u00ad core", abstract)
    assert prepared.text == (
        "An ice core We drill ice 🧊 cores. The first 冰 core is old! It rose by 5 < 6 mm."
    )
    fields = {"title": "An ice\u00ad core", "abstract": abstract}
    assert [fields[s.field][s.start : s.end] for s in prepared.sentences] == [
        "An ice\u00ad core",
        "We drill <b>ice</b> 🧊&nbsp;cores\u200b.",
        "The ﬁrst 冰 core\n\nis old!",
        "It rose by 5 &lt; 6 mm.",
    ]


def test_a_neutralised_name_points_to_the_whole_name() -> None:
    abstract = "Ice melts. It is melting fast in the United States &amp; in Peru. We ask why."
    _, middle, last = prepare("", abstract).sentences
    assert middle.text == "It is melting fast in somewhere & in somewhere."
    assert abstract[middle.start : middle.end] == (
        "It is melting fast in the United States &amp; in Peru."
    )
    assert abstract[last.start : last.end] == "We ask why."


def test_every_identity_becomes_the_placeholder_of_its_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = "PLACE; PERSON; INSTITUTION; CONTACT; AWARD; MONEY."
    found = [
        Identity(source.index(kind.name), source.index(kind.name) + len(kind.name), kind)
        for kind in IdentityKind
    ]
    monkeypatch.setattr(module, "find_identities", lambda _: found)
    neutral = neutralise(clean(source))
    assert neutral.text == "{}; {}; {}; {}; {}; {}.".format(*map(PLACEHOLDERS.get, IdentityKind))
    start = neutral.text.index("institution")
    low, high = neutral.source_span(start, start + len("institution"))
    assert source[low:high] == "INSTITUTION"


def test_every_kind_of_identity_has_a_placeholder_that_keeps_words_apart() -> None:
    assert set(PLACEHOLDERS) == set(IdentityKind)
    for placeholder in PLACEHOLDERS.values():
        assert placeholder.isalpha() or placeholder == " "


def test_an_empty_title_has_no_sentence() -> None:
    assert prepare("", "Ice is old.") == PreparedText((Sentence("abstract", "Ice is old.", 0, 11),))


def test_nothing_gives_no_sentence_and_no_text() -> None:
    prepared = prepare(" \u200b", "")
    assert prepared == PreparedText(())
    assert prepared.text == ""


def test_the_text_is_all_sentences_with_one_space_between() -> None:
    assert prepare("Ice", "It is old.   It is cold.").text == "Ice It is old. It is cold."


@pytest.mark.parametrize("other", ["Brazil", "the United States", "South Korea", "Türkiye"])
def test_another_country_gives_the_same_sentences(other: str) -> None:
    template = "Lakes in {} are warming. A team from {} will measure them. We publish all data."
    texts = [
        [sentence.text for sentence in prepare("Lakes", template.format(name, name)).sentences]
        for name in ("Germany", other)
    ]
    assert texts[0] == texts[1]
    assert len(texts[0]) == 4


@pytest.mark.parametrize(
    ("one", "other", "placeholder"),
    [
        ("a team of the University of Oxford", "a team of Tsinghua University", "institution"),
        ("French colleagues", "Iranian colleagues", "somewhere"),
        ("Dr. Ada Smith", "Dr. Wei Zhang", "someone"),
    ],
)
def test_another_institution_nationality_or_person_gives_the_same_sentences(
    one: str, other: str, placeholder: str
) -> None:
    template = "The core was drilled by {} last year. We will date it now."
    first, second = (
        [sentence.text for sentence in prepare("", template.format(name)).sentences]
        for name in (one, other)
    )
    assert first == second
    assert len(first) == 2
    assert placeholder in first[0].split()
