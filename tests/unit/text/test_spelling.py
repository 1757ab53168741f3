"""British and American spelling are read alike, and nothing else is touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.audit.spelling import word_pairs
from safezone.text.aligned import AlignedText
from safezone.text.prepare import prepare
from safezone.text.spelling import find_spellings


def respelt(text: str) -> str:
    return AlignedText.of(text).edited(find_spellings(text)).text


def test_every_pair_of_the_audit_which_was_listed_apart_is_read_as_one() -> None:
    apart = [(one, other) for one, other, _ in word_pairs() if respelt(one) != respelt(other)]
    assert apart == []


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("We analyse tumours.", "We analyze tumors."),
        ("Centre, CENTRES, centred, kilometres", "Center, CENTERS, centered, kilometers"),
        ("neurobehavioural Colour-blind", "neurobehavioral Color-blind"),
        ("unorganised self-organisation", "unorganized self-organization"),
        ("hyperglycaemic leukaemias", "hyperglycemic leukemias"),
        ("modelled, labelling, counsellors", "modeled, labeling, counselors"),
        ("programmes of defence", "programs of defense"),
        ("grey discs; GREY", "gray disks; GRAY"),
    ],
)
def test_the_american_way_is_kept_with_its_capitals(british: str, american: str) -> None:
    assert respelt(british) == american
    assert respelt(american) == american


@pytest.mark.parametrize(
    "text",
    [
        "Organisms and analysts; analysis, analyses, hypothesis, emphasis",
        "premise, exercises, advise, otherwise, precise, surprise, enterprise",
        "four hours of tours, contour, your course",
        "controlled cells, initially totally calling, excellent medallion",
        "programmed, greyhound, disclose, discovery, entire, measure, metrepole",
        "β-analyse1 und größere tumour_1",
    ],
)
def test_words_that_only_look_alike_stay(text: str) -> None:
    assert respelt(text) == text


@given(st.text(st.sampled_from("aeilnorsuyz -'T"), max_size=60))
def test_what_is_respelt_stays_so(text: str) -> None:
    assert respelt(respelt(text)) == respelt(text)


def test_a_sentence_keeps_its_offsets() -> None:
    [sentence] = prepare("", "  The colour of fibres. ").sentences
    assert (sentence.text, sentence.start, sentence.end) == ("The color of fibers.", 2, 23)
