"""Learning curves: on made data, where it is known what more records bring."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from safezone.corpus.records import Record
from safezone.model.ports import Floats
from safezone.taxonomy import Taxonomy
from safezone.training.learning_curve import SHARES, learning_curve
from safezone.training.linear import HeadSettings, Views, cross_fit
from safezone.training.report import draw_learning_curve
from safezone.training.targets import make_targets

ROWS, SAMPLED = 240, 160


@pytest.fixture(scope="module")
def records() -> list[Record]:
    """Levels that the first axis's vectors show, noisily; the other axes are chance."""
    levels = np.random.default_rng(0).integers(0, 3, (ROWS, 4))
    labelled = [
        Record(str(n), "made", "t", "a", tuple(int(v) for v in row), (0,))
        for n, row in enumerate(levels)
    ]
    return [*labelled[:-3], *(replace(r, levels=None, areas=()) for r in labelled[-3:])]


def curve(
    vectors: Floats, records: list[Record], sampled: int, taxonomy: Taxonomy
) -> list[dict[str, object]]:
    views = Views(vectors, csr_matrix((ROWS, 1)))
    targets, folds = make_targets(records, taxonomy), np.arange(ROWS) % 4
    whole = cross_fit(views, targets, folds, HeadSettings())
    return learning_curve(views, targets, records, sampled, folds, whole, taxonomy, HeadSettings())


@pytest.fixture(scope="module")
def points(records: list[Record], taxonomy: Taxonomy) -> list[dict[str, object]]:
    generator = np.random.default_rng(1)
    first = np.array([record.levels[0] if record.levels else 0 for record in records])
    vectors = generator.normal(size=(ROWS, 12)).astype(np.float32)
    vectors[:, 0] += first
    return curve(vectors, records, SAMPLED, taxonomy)


def test_each_kind_grows_to_all_of_its_abstracts(points: list[dict[str, object]]) -> None:
    for kind, abstracts in (("sample", SAMPLED), ("supplement", ROWS - SAMPLED - 3)):
        line = [point for point in points if point["grows"] == kind]
        assert [point["share"] for point in line] == list(SHARES)
        counts = [int(str(point["records"])) for point in line]
        assert counts == sorted(counts)
        assert counts[-1] == abstracts


def test_whole_is_whole_whichever_kind_grew(points: list[dict[str, object]]) -> None:
    whole = [point["kappa"] for point in points if point["share"] == 1.0]
    assert whole[0] == whole[1]


def test_what_can_be_learned_grows_and_chance_stays_chance(
    points: list[dict[str, object]],
) -> None:
    line = [point["kappa"] for point in points if point["grows"] == "sample"]
    assert line[-1]["sample"]["sensitivity"] > 0.4  # type: ignore[index]
    assert abs(line[-1]["sample"]["data_use"]) < 0.25  # type: ignore[index]


def test_the_picture_is_the_same_for_the_same_curve(
    points: list[dict[str, object]], taxonomy: Taxonomy
) -> None:
    picture = draw_learning_curve(points, taxonomy)
    assert picture.startswith(b"\x89PNG")
    assert draw_learning_curve(points, taxonomy) == picture


def test_without_a_supplement_there_is_one_line(records: list[Record], taxonomy: Taxonomy) -> None:
    vectors = np.random.default_rng(1).normal(size=(ROWS, 3)).astype(np.float32)
    points = curve(vectors, records, ROWS, taxonomy)
    assert {point["grows"] for point in points} == {"sample"}
    assert draw_learning_curve(points, taxonomy).startswith(b"\x89PNG")
