"""What each head should say of each record."""

import numpy as np
import pytest

from safezone.corpus.records import Record
from safezone.errors import TrainingError
from safezone.model.predictor import head_names
from safezone.taxonomy import Taxonomy
from safezone.training.targets import make_targets, strata


def record(levels: tuple[int, ...] | None, areas: tuple[int, ...] = (0,)) -> Record:
    return Record("id", "made", "Title", "Abstract", levels, () if levels is None else areas)


# Together they hold every level of every axis.
ALL_LEVELS = [record((0, 1, 2, 0)), record((1, 2, 0, 1)), record((2, 0, 1, 2), (5, 0))]


def answers(taxonomy: Taxonomy, records: list[Record], row: int) -> dict[str, bool]:
    """The right answers of one row, by head."""
    reached = make_targets(records, taxonomy).reached[row]
    return dict(zip(head_names(taxonomy), reached.tolist(), strict=True))


def test_a_level_reaches_all_thresholds_up_to_it(taxonomy: Taxonomy) -> None:
    of_row = answers(taxonomy, ALL_LEVELS, 0)
    assert {name: said for name, said in of_row.items() if ">=" in name} == {
        "sensitivity>=boundary": False,
        "sensitivity>=sensitive": False,
        "instrumentation>=medium": True,
        "instrumentation>=high": False,
        "data_use>=medium": True,
        "data_use>=high": True,
        "benefit>=mutual": False,
        "benefit>=global": False,
    }


def test_areas_are_those_of_the_record(taxonomy: Taxonomy) -> None:
    of_row = answers(taxonomy, ALL_LEVELS, 2)
    areas = {name for name, said in of_row.items() if said and name.startswith("area:")}
    assert areas == {f"area:{taxonomy.area_slugs[0]}", f"area:{taxonomy.area_slugs[5]}"}


def test_research_abstracts_teach_every_head(taxonomy: Taxonomy) -> None:
    targets = make_targets(ALL_LEVELS, taxonomy)
    assert targets.used.all()
    assert targets.reached[:, -1].all()
    assert targets.reached.shape == targets.used.shape == (3, len(head_names(taxonomy)))


def test_other_texts_teach_only_the_scope_head(taxonomy: Taxonomy) -> None:
    targets = make_targets([*ALL_LEVELS, record(None)], taxonomy)
    assert targets.used[3].tolist() == [False] * (targets.used.shape[1] - 1) + [True]
    assert not targets.reached[3].any()
    assert targets.used[:3].all()


def test_rows_are_chosen_from_both(taxonomy: Taxonomy) -> None:
    targets = make_targets([record(None), *ALL_LEVELS], taxonomy)
    chosen = targets.rows(np.array([True, False, True, False]))
    np.testing.assert_array_equal(chosen.reached, targets.reached[[0, 2]])
    np.testing.assert_array_equal(chosen.used, targets.used[[0, 2]])
    by_number = targets.rows(np.array([2, 0, 2]))
    np.testing.assert_array_equal(by_number.reached, targets.reached[[2, 0, 2]])
    np.testing.assert_array_equal(by_number.used, targets.used[[2, 0, 2]])


@pytest.mark.parametrize("axis", range(4))
@pytest.mark.parametrize("level", range(3))
def test_a_level_that_never_occurs_is_named(taxonomy: Taxonomy, axis: int, level: int) -> None:
    without = [
        record((*kept.levels[:axis], (level + 1) % 3, *kept.levels[axis + 1 :]))
        if kept.levels and kept.levels[axis] == level
        else kept
        for kept in [*ALL_LEVELS, record(None)]
    ]
    of_axis = taxonomy.axes[axis]
    with pytest.raises(TrainingError, match=f"{of_axis.id} '{of_axis.level_ids[level]}'"):
        make_targets(without, taxonomy)


def test_no_records_are_refused(taxonomy: Taxonomy) -> None:
    with pytest.raises(TrainingError):
        make_targets([], taxonomy)


def test_strata_are_the_levels_of_the_first_axis() -> None:
    assert strata([*ALL_LEVELS, record(None)]).tolist() == [0, 1, 2, -1]
