"""Weights that part what is said from who says it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.training.balance import source_balance
from safezone.training.targets import Targets


def _targets(reached: list[bool], used: list[bool] | None = None) -> Targets:
    column = np.array(reached)[:, None]
    return Targets(column, np.ones_like(column) if used is None else np.array(used)[:, None])


def test_a_label_that_is_rare_in_its_source_weighs_more() -> None:
    # Companies: 3 of 4 reach the level; universities: 1 of 4.
    sources = ["company"] * 4 + ["university"] * 4
    weights = source_balance(
        sources, _targets([True, True, True, False, False, False, False, True])
    )
    assert weights[:, 0].tolist() == pytest.approx([2 / 3] * 3 + [2.0] + [2 / 3] * 3 + [2.0])


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), min_size=1, max_size=60))
def test_weights_are_bounded(rows: list[tuple[str, bool]]) -> None:
    weights = source_balance([source for source, _ in rows], _targets([label for _, label in rows]))
    assert (weights >= 1 / 3 - 1e-6).all()
    assert (weights <= 3 + 1e-6).all()


@given(
    st.lists(st.sampled_from([(s, y) for s in "ab" for y in (True, False)]), max_size=40).map(
        # Every source with both labels at least twice, so that no bound is met.
        lambda rows: [*rows, *[(s, y) for s in "ab" for y in (True, False)] * 8]
    )
)
def test_under_the_weights_source_and_label_are_independent(rows: list[tuple[str, bool]]) -> None:
    sources, labels = [s for s, _ in rows], np.array([y for _, y in rows])
    weights = source_balance(sources, _targets(labels.tolist()))[:, 0]
    share = [
        weights[(np.array(sources) == s) & labels].sum() / weights[np.array(sources) == s].sum()
        for s in "ab"
    ]
    assert share[0] == pytest.approx(share[1], abs=1e-5)


def test_rows_that_a_head_does_not_use_neither_count_nor_are_weighted() -> None:
    sources = ["a", "a", "b", "b", "b"]
    used = source_balance(sources[:4], _targets([True, False, True, False]))
    more = source_balance(
        sources, _targets([True, False, True, False, True], [True, True, True, True, False])
    )
    assert more[:4].tolist() == used.tolist()
    assert more[4, 0] == 1.0
