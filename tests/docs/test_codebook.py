"""The codebook and the taxonomy that the product serves must say the same."""

import re
from pathlib import Path

import pytest

from safezone.taxonomy import Axis, Taxonomy

CODEBOOK = Path(__file__).resolve().parents[2] / "training_data" / "CODEBOOK.md"


@pytest.fixture(scope="module")
def text() -> str:
    return CODEBOOK.read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    return text.partition(f"`{heading}`")[2].partition("\n## ")[0]


def cells(text: str) -> list[tuple[str, ...]]:
    rows = re.findall(r"^\| (.+) \|$", text, re.MULTILINE)
    return [tuple(cell.strip() for cell in row.split(" | ")) for row in rows]


def test_version(text: str, taxonomy: Taxonomy) -> None:
    assert f"Version {taxonomy.version}," in text


def test_every_axis_has_its_levels_in_order(text: str, taxonomy: Taxonomy) -> None:
    def levels(axis: Axis) -> list[str]:
        return [row[1] for row in cells(section(text, axis.id)) if row[0].isdigit()]

    assert {axis.id: levels(axis) for axis in taxonomy.axes} == {
        axis.id: list(axis.level_ids) for axis in taxonomy.axes
    }


def test_every_area_has_its_name_and_scope(text: str, taxonomy: Taxonomy) -> None:
    listed = [row for row in cells(text) if re.fullmatch(r"`[a-z-]+`", row[0])]
    assert listed == [(f"`{area.slug}`", area.name, area.scope) for area in taxonomy.areas]
