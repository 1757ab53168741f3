"""What the network is taught, and how loudly."""

from dataclasses import replace

import numpy as np
import pytest

from safezone.corpus.records import Record
from safezone.model.encoders.tokenizer import PieceTokenizer
from safezone.taxonomy import Taxonomy
from safezone.training.adaptation.lessons import Lessons, head_queries, make_lessons
from safezone.training.material import Material
from tiny_encoders import tiny_tokenizer

TOKENIZER = PieceTokenizer(tiny_tokenizer())
ABSTRACT = "We study reef data. The soil will open."
LEVELS = [(0, 0, 0, 2), (1, 1, 1, 1), (2, 2, 2, 0), (0, 1, 0, 0)]


@pytest.fixture(scope="module")
def records() -> list[Record]:
    """One source, so that balance leaves the weights alone; the last is no research abstract."""
    labelled = [
        Record(
            str(row), "made", f"Ice {row}.", "We study reef data. The soil will open.", of, (row,)
        )
        for row, of in enumerate(LEVELS)
    ]
    return [*labelled, replace(labelled[0], id="other", title="", levels=None, areas=())]


def lessons(records: list[Record], taxonomy: Taxonomy, rows: list[int] | None = None) -> Lessons:
    material = Material.of(records, [], taxonomy)
    chosen = np.arange(len(records)) if rows is None else np.array(rows)
    return make_lessons(material, chosen, TOKENIZER)


def test_each_axis_has_a_query_and_so_have_the_areas_together_and_the_scope(
    taxonomy: Taxonomy,
) -> None:
    assert head_queries(taxonomy).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, *[4] * 39, 5]


def test_texts_are_word_pieces_by_sentence_title_and_abstract_apart(
    records: list[Record], taxonomy: Taxonomy
) -> None:
    first, *_, other = lessons(records, taxonomy).examples
    assert list(first.title) == TOKENIZER.pieces(["Ice 0."])
    assert list(first.body) == TOKENIZER.pieces(["We study reef data.", "The soil will open."])
    assert other.title == ()


def test_only_abstracts_are_varied_and_only_harmless_ones_stand_in_others(
    records: list[Record], taxonomy: Taxonomy
) -> None:
    """Benefit is no risk: the first has the most of it."""
    examples = lessons(records, taxonomy).examples
    assert [example.varied for example in examples] == [True, True, True, True, False]
    assert [example.harmless for example in examples] == [True, False, False, False, False]


def test_the_rows_asked_for_are_taught_in_their_order(
    records: list[Record], taxonomy: Taxonomy
) -> None:
    whole, some = lessons(records, taxonomy), lessons(records, taxonomy, [3, 1])
    assert [list(example.title) for example in some.examples] == [
        TOKENIZER.pieces(["Ice 3."]),
        TOKENIZER.pieces(["Ice 1."]),
    ]
    np.testing.assert_array_equal(some.targets, whole.targets[[3, 1]])
    assert some.weights.shape == some.targets.shape == (2, 48)


def test_targets_are_levels_reached_and_a_further_area_counts_less(
    records: list[Record], taxonomy: Taxonomy
) -> None:
    records = [replace(records[0], areas=(7, 3, 2)), *records[1:]]
    targets = lessons(records, taxonomy).targets
    assert targets[0, :8].tolist() == [0, 0, 0, 0, 0, 0, 1, 1]
    areas = targets[0, 8:-1]
    assert areas[7] == 1
    assert areas[[2, 3]].tolist() == pytest.approx([0.6, 0.6])
    assert areas.sum() == pytest.approx(2.2)
    assert targets[:, -1].tolist() == [1, 1, 1, 1, 0]


def test_a_text_without_a_word_piece_teaches_nothing(
    records: list[Record], taxonomy: Taxonomy
) -> None:
    empty = replace(records[1], id="empty", title="", abstract="\u200b")
    found = lessons([records[0], empty, *records[1:]], taxonomy)
    expected = lessons(records, taxonomy)
    assert found.examples == expected.examples
    np.testing.assert_array_equal(found.targets, expected.targets)
    np.testing.assert_array_equal(found.weights, expected.weights)


def test_other_texts_teach_the_scope_alone(records: list[Record], taxonomy: Taxonomy) -> None:
    weights = lessons(records, taxonomy).weights
    assert not weights[-1, :-1].any()
    assert weights[-1, -1] == weights[0, -1] > 0
    assert (weights[:-1] > 0).all()


def test_a_reader_who_was_less_sure_of_the_levels_teaches_them_less(
    records: list[Record], taxonomy: Taxonomy
) -> None:
    surely = lessons(records, taxonomy).weights
    told = [
        replace(record, sure=sure) for record, sure in zip(records, (1, 2, 3, 3, 1), strict=True)
    ]
    weights = lessons(told, taxonomy).weights
    for row, share in ((0, 0.5), (1, 0.8), (2, 1.0)):
        np.testing.assert_allclose(weights[row, :8], share * surely[row, :8], rtol=1e-6)
    np.testing.assert_array_equal(weights[:, 8:], surely[:, 8:])


def test_a_level_that_is_rare_in_its_source_teaches_more(
    records: list[Record], taxonomy: Taxonomy
) -> None:
    """Of three texts of one source, one alone is sensitive; areas and scope count the same."""
    sources = ("a", "b", "a", "a", "b")
    told = [replace(record, source=of) for record, of in zip(records, sources, strict=True)]
    weights, alike = lessons(told, taxonomy).weights, lessons(records, taxonomy).weights
    assert weights[2, 0] > alike[2, 0]
    assert not np.array_equal(weights[:, :8], alike[:, :8])
    np.testing.assert_array_equal(weights[:, 8:], alike[:, 8:])
