"""Contrast pairs: held against predictions whose answers are known."""

from dataclasses import replace

import numpy as np
import pytest

from safezone.corpus.records import Record
from safezone.model.heads import Doubles
from safezone.model.predictor import AxisPrediction, predict_axis
from safezone.taxonomy import Taxonomy
from safezone.training.pairs import evaluate_pairs


def predict(levels: list[int], sure: float = 0.9) -> AxisPrediction:
    """A prediction that names these levels with that probability."""
    rest = 1 - sure
    at_least = {0: (rest, rest / 2), 1: (sure + rest / 2, rest / 2), 2: (1 - rest / 2, sure)}
    return predict_axis(np.array([at_least[level] for level in levels]), 1.0)


def record(name: str, level: int, pair: str | None) -> Record:
    return Record(name, "made", "t", "a", (level, 0, 0, 0), (0,), pair)


@pytest.fixture
def records() -> list[Record]:
    """Two pairs and a triple that differ on the first axis, one pair that does not, and others."""
    return [
        record("a", 0, "p1"),
        record("b", 2, "p1"),
        record("c", 1, "p2"),
        record("d", 0, "p2"),
        record("e", 0, "p3"),
        record("f", 1, "p3"),
        record("g", 2, "p3"),
        record("h", 1, "p4"),
        record("i", 1, "p4"),
        record("j", 2, None),
        replace(record("k", 0, "p1"), levels=None, areas=()),
    ]


def axes(taxonomy: Taxonomy, first: AxisPrediction, rows: int) -> dict[str, AxisPrediction]:
    other = predict([0] * rows)
    return {axis.id: first if n == 0 else other for n, axis in enumerate(taxonomy.axes)}


def test_right_everywhere(records: list[Record], taxonomy: Taxonomy) -> None:
    named = [record.levels[0] if record.levels else 2 for record in records]
    report = evaluate_pairs(records, axes(taxonomy, predict(named), len(records)), taxonomy, 10)
    assert report.keys() == {"sensitivity"}
    assert report["sensitivity"]["pairs"] == 3
    assert report["sensitivity"]["all_right"] == {"value": 1.0, "low": 1.0, "high": 1.0}
    assert report["sensitivity"]["order_right"]["value"] == 1.0


def test_one_member_wrong_makes_its_pair_wrong_but_may_leave_the_order(
    records: list[Record], taxonomy: Taxonomy
) -> None:
    named = [1, 2, 1, 0, 0, 1, 1, 1, 1, 2, 0]  # 'a' too high, 'g' no higher than 'f'
    report = evaluate_pairs(records, axes(taxonomy, predict(named), len(records)), taxonomy, 10)
    assert report["sensitivity"]["all_right"]["value"] == pytest.approx(1 / 3, abs=1e-3)
    assert report["sensitivity"]["order_right"]["value"] == pytest.approx(2 / 3, abs=1e-3)


def test_the_same_answer_for_both_is_no_order(records: list[Record], taxonomy: Taxonomy) -> None:
    same = predict([0] * len(records))
    report = evaluate_pairs(records, axes(taxonomy, same, len(records)), taxonomy, 10)
    assert report["sensitivity"]["order_right"]["value"] == 0.0


def test_order_is_read_off_probabilities_not_levels(
    records: list[Record], taxonomy: Taxonomy
) -> None:
    """Both texts are named 'safe', but the sensitive one less surely."""
    rising: Doubles = np.linspace(0.1, 0.4, len(records))
    order = np.argsort([record.levels[0] if record.levels else 0 for record in records])
    at_least = np.empty((len(records), 2))
    at_least[order] = np.stack([rising, rising / 2], axis=1)
    report = evaluate_pairs(
        records, axes(taxonomy, predict_axis(at_least, 1.0), len(records)), taxonomy, 10
    )
    assert report["sensitivity"]["all_right"]["value"] == 0.0
    assert report["sensitivity"]["order_right"]["value"] == 1.0


def test_without_pairs_there_is_nothing_to_say(records: list[Record], taxonomy: Taxonomy) -> None:
    alone = [replace(record, pair=None) for record in records]
    named = predict([0] * len(records))
    assert evaluate_pairs(alone, axes(taxonomy, named, len(records)), taxonomy, 10) == {}
