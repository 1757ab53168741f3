"""What the sources' own markup and headings are, and what only looks like them."""

import pytest

from safezone.corpus.sources.markup import plain
from safezone.corpus.sources.nih import _HEADINGS
from safezone.corpus.sources.nsf import _STATUTORY


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("a<br/>b", "a b"),
        ("<p class='x'>a</p>\n\n b", "a b"),
        ("CO<sub>2</sub>", "CO2"),
        ("H&amp;lt;0.05 &amp; more", "H<0.05 & more"),
        ("n<N and m>3", "n<N and m>3"),
        ("p<0.05, q >0.1", "p<0.05, q >0.1"),
        ("a <bold claim> stays", "a <bold claim> stays"),
        ("", ""),
    ],
)
def test_markup_goes_and_inequalities_stay(given: str, wanted: str) -> None:
    assert plain(given) == wanted


@pytest.mark.parametrize(
    "heading",
    [
        "DESCRIPTION (provided by applicant): ",
        "DESCRIPTION (Provided by the applicant) ",
        "(provided by candidate): ",
        "DESCRIPTION: ",
        "PROJECT SUMMARY/ABSTRACT ",
        "Project Summary / Abstract: ",
        "Project Summary\n",
        "ABSTRACT: ",
        "Project Abstract: ",
    ],
)
def test_headings_of_forms_go(heading: str) -> None:
    assert plain(heading + "Bone loss follows.", _HEADINGS) == "Bone loss follows."


@pytest.mark.parametrize(
    "text",
    [
        "Abstract thinking declines with age.",
        "Description of the cohort is given.",
        "Descriptions: see below.",
        "Projects of this kind fail.",
        "The PROJECT SUMMARY stays inside.",
    ],
)
def test_words_that_only_begin_like_a_heading_stay(text: str) -> None:
    assert plain(text, _HEADINGS) == text


def test_the_statutory_sentence_goes_wherever_it_stands() -> None:
    sentence = (
        "This award reflects NSF's statutory mission and has been deemed worthy of support through "
        "evaluation using the Foundation's intellectual merit and broader impacts review criteria."
    )
    assert plain(f"Before. {sentence} After.", _STATUTORY) == "Before. After."
