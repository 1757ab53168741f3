"""Text that remembers where in its source every character came from."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.text.aligned import AlignedText, Edit


def edits_of(length: int) -> st.SearchStrategy[list[Edit]]:
    """Sorted edits, insertions among them, that do not overlap, inside a text of that length."""

    def build(bounds: list[int], replacements: list[str]) -> list[Edit]:
        spans = list(pairwise(sorted(bounds)))[::2]
        return [
            Edit(start, end, replacement)
            for (start, end), replacement in zip(spans, replacements, strict=False)
        ]

    return st.builds(
        build,
        st.lists(st.integers(0, length), max_size=8),
        st.lists(st.text(max_size=4), min_size=8, max_size=8),
    )


@st.composite
def edited_twice(draw: st.DrawFn) -> tuple[str, AlignedText]:
    source = draw(st.text(max_size=30))
    once = AlignedText.of(source).edited(draw(edits_of(len(source))))
    return source, once.edited(draw(edits_of(len(once.text))))


def test_every_character_of_a_fresh_text_stands_for_itself() -> None:
    aligned = AlignedText.of("a😀b")
    assert aligned.text == "a😀b"
    assert list(aligned.starts) == [0, 1, 2]
    assert list(aligned.ends) == [1, 2, 3]


def test_a_replacement_stands_for_all_that_it_replaces() -> None:
    aligned = AlignedText.of("abcdef").edited([Edit(1, 3, "XYZ"), Edit(5, 6, "")])
    assert aligned == AlignedText("aXYZde", (0, 1, 1, 1, 3, 4), (1, 3, 3, 3, 4, 5))


def test_a_second_round_of_edits_still_points_to_the_source() -> None:
    once = AlignedText.of("abcdef").edited([Edit(1, 3, "XYZ")])
    assert once.text == "aXYZdef"
    twice = once.edited([Edit(0, 2, ""), Edit(3, 5, "-")])
    assert twice == AlignedText("Y-ef", (1, 1, 4, 5), (3, 4, 5, 6))


def test_an_insertion_stands_for_an_empty_span() -> None:
    aligned = AlignedText.of("abc").edited([Edit(2, 2, "--")])
    assert aligned == AlignedText("ab--c", (0, 1, 2, 2, 2), (1, 2, 2, 2, 3))


def test_an_insertion_at_the_start_is_not_lost() -> None:
    aligned = AlignedText.of("abc").edited([Edit(0, 0, "--")])
    assert aligned == AlignedText("--abc", (0, 0, 0, 1, 2), (0, 0, 1, 2, 3))


def test_an_insertion_inside_a_replacement_keeps_the_offsets_in_order() -> None:
    ligature = AlignedText.of("oﬁce").edited([Edit(1, 2, "ffi")])
    aligned = ligature.edited([Edit(2, 2, "-")])
    assert aligned.text == "of-fice"
    assert list(aligned.starts) == sorted(aligned.starts)
    assert list(aligned.ends) == sorted(aligned.ends)


def test_no_edit_leaves_the_text_as_it_is() -> None:
    aligned = AlignedText.of("abc")
    assert aligned.edited([]) == aligned


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(2, 3, ""), Edit(0, 1, "")],
        [Edit(0, 2, "x"), Edit(1, 3, "y")],
        [Edit(2, 1, "x")],
        [Edit(2, 4, "x")],
        [Edit(-1, 1, "x")],
    ],
    ids=["unsorted", "overlapping", "backward", "behind the end", "before the start"],
)
def test_edits_that_make_no_sense_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="must be sorted"):
        AlignedText.of("abc").edited(edits)


@given(st.data())
def test_the_edited_text_is_what_editing_from_the_right_gives(data: st.DataObject) -> None:
    source = data.draw(st.text(max_size=30))
    edits = data.draw(edits_of(len(source)))
    expected = source
    for edit in reversed(edits):
        expected = expected[: edit.start] + edit.replacement + expected[edit.end :]
    assert AlignedText.of(source).edited(edits).text == expected


@given(edited_twice())
def test_offsets_never_decrease_and_stay_inside_the_source(case: tuple[str, AlignedText]) -> None:
    source, aligned = case
    assert len(aligned.starts) == len(aligned.ends) == len(aligned.text)
    assert list(aligned.starts) == sorted(aligned.starts)
    assert list(aligned.ends) == sorted(aligned.ends)
    for start, end in zip(aligned.starts, aligned.ends, strict=True):
        assert 0 <= start <= end <= len(source)


@given(edited_twice(), st.data())
def test_a_span_maps_to_the_smallest_span_that_holds_its_characters(
    case: tuple[str, AlignedText], data: st.DataObject
) -> None:
    _, aligned = case
    start = data.draw(st.integers(0, len(aligned.text)))
    end = data.draw(st.integers(start, len(aligned.text)))
    low, high = aligned.source_span(start, end)
    if start < end:
        assert low == min(aligned.starts[start:end])
        assert high == max(aligned.ends[start:end])
    else:
        assert 0 <= low <= high <= len(case[0])


def test_an_empty_span_maps_to_what_lies_between_its_neighbours() -> None:
    aligned = AlignedText.of("abcdefg").edited([Edit(0, 2, "X"), Edit(3, 5, ""), Edit(6, 7, "YZ")])
    assert aligned.text == "XcfYZ"
    spans = [aligned.source_span(at, at) for at in range(6)]
    assert spans[:4] == [(0, 0), (2, 2), (3, 5), (6, 6)]
    assert spans[4:] == [(6, 7), (7, 7)]  # inside a replacement: all that it replaces
