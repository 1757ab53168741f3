"""Evaluation reports as tables and pictures."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.image import imread

from safezone.corpus.records import Record
from safezone.model.predictor import AxisPrediction
from safezone.taxonomy import Taxonomy
from safezone.training.metrics import AXIS_METRICS
from safezone.training.report import (
    METRIC_NAMES,
    area_lines,
    draw_reliability,
    format_estimate,
    markdown_table,
    table_rows,
)


@pytest.fixture
def report(taxonomy: Taxonomy) -> dict[str, Any]:
    """A report in which every number occurs once."""
    numbers = iter(range(1000))

    def estimate() -> dict[str, float | None]:
        value = next(numbers) / 100
        return {"value": value, "low": value - 100, "high": value + 100}

    return {
        "rows": 1234,
        "axes": {axis.id: {name: estimate() for name in AXIS_METRICS} for axis in taxonomy.axes},
        "areas": {name: estimate() for name in ("top_1_accuracy", "top_3_accuracy")},
    }


def test_an_estimate_shows_its_interval() -> None:
    assert format_estimate({"value": 0.844, "low": 0.8, "high": 0.876}) == "0.84 [0.80, 0.88]"


def test_an_estimate_that_there_is_not_is_said_so() -> None:
    assert format_estimate({"value": None, "low": None, "high": None}) == "n/a"


def test_every_measure_has_a_name_for_readers() -> None:
    assert list(METRIC_NAMES) == list(AXIS_METRICS)
    assert len(set(METRIC_NAMES.values())) == len(METRIC_NAMES)


def test_the_table_has_every_axis_and_every_measure_in_its_place(
    report: dict[str, Any], taxonomy: Taxonomy
) -> None:
    header, rows = table_rows(report, taxonomy)
    assert header == ["measure", *(axis.name for axis in taxonomy.axes)]
    assert [row[0] for row in rows] == list(METRIC_NAMES.values())
    for metric, row in zip(METRIC_NAMES, rows, strict=True):
        assert row[1:] == [
            format_estimate(report["axes"][axis.id][metric]) for axis in taxonomy.axes
        ]
    cells = {cell for row in rows for cell in row[1:]}
    assert len(cells) == len(METRIC_NAMES) * len(taxonomy.axes)


def test_area_measures_have_a_line_each(report: dict[str, Any]) -> None:
    lines = area_lines(report)
    assert len(lines) == 2
    for line, estimate in zip(lines, report["areas"].values(), strict=True):
        assert line.endswith(format_estimate(estimate))


def test_the_markdown_is_a_table_with_as_many_cells_in_each_line(
    report: dict[str, Any], taxonomy: Taxonomy
) -> None:
    text = markdown_table(report, taxonomy)
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len(lines) == 2 + len(METRIC_NAMES)
    assert {line.count("|") for line in lines} == {2 + len(taxonomy.axes)}
    assert lines[1].replace(" ", "") == "|---" * (1 + len(taxonomy.axes)) + "|"
    assert "Rows: 1,234." in text
    assert all(line in text for line in area_lines(report))


@pytest.mark.parametrize("rows", [1, 3, 57])
def test_the_picture_is_a_valid_png_whatever_the_number_of_rows(
    rows: int, tmp_path: Path, taxonomy: Taxonomy
) -> None:
    generator = np.random.default_rng(rows)
    levels = generator.integers(0, 3, (rows, len(taxonomy.axes)))
    records = [Record("x", "made", "T", "A", tuple(row), (0,)) for row in levels.tolist()]
    axes = {}
    for axis in taxonomy.axes:
        probabilities = generator.dirichlet([1, 1, 1], rows)
        axes[axis.id] = AxisPrediction(
            probabilities, probabilities.argmax(axis=1), probabilities > 0.2
        )
    path = tmp_path / "reliability.png"
    draw_reliability(path, records, axes, taxonomy)
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    picture = imread(path)
    assert picture.shape[0] > 500
    assert picture.shape[1] > 500
    assert picture.std() > 0.01  # something is drawn on it
