"""The taxonomy says exactly what DESIGN.md and the codebook say, and cannot be altered."""

import re
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from safezone.taxonomy import Taxonomy, load_taxonomy

RISK_LEVELS = ("low", "medium", "high")
LEVELS = {
    "sensitivity": ("safe", "boundary", "sensitive"),
    "instrumentation": RISK_LEVELS,
    "data_use": RISK_LEVELS,
    "benefit": ("ordinary", "mutual", "global"),
}


def test_axes_and_levels_are_those_of_the_design_in_order(taxonomy: Taxonomy) -> None:
    assert {axis.id: axis.level_ids for axis in taxonomy.axes} == LEVELS
    assert [axis.id for axis in taxonomy.axes] == list(LEVELS)


def test_there_are_39_areas_with_unique_slugs_and_names(taxonomy: Taxonomy) -> None:
    assert len(taxonomy.areas) == 39
    assert len(set(taxonomy.area_slugs)) == 39
    assert len({area.name for area in taxonomy.areas}) == 39
    assert taxonomy.area_slugs == tuple(area.slug for area in taxonomy.areas)


def test_slugs_are_stable_lower_case_ids(taxonomy: Taxonomy) -> None:
    assert [s for s in taxonomy.area_slugs if not re.fullmatch(r"[a-z]+(-[a-z]+)*", s)] == []


def test_every_text_says_something(taxonomy: Taxonomy) -> None:
    texts = [text for area in taxonomy.areas for text in (area.name, area.scope)]
    texts += [text for axis in taxonomy.axes for text in (axis.name, axis.question)]
    texts += [level.meaning for axis in taxonomy.axes for level in axis.levels]
    assert [text for text in texts if not text.strip()] == []
    meanings = [level.meaning for axis in taxonomy.axes for level in axis.levels]
    assert len(set(meanings)) == len(meanings)


def test_areas_are_those_of_the_codebook(taxonomy: Taxonomy, shared_data: Path) -> None:
    codebook = (shared_data.parent / "CODEBOOK.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+?) \| (.+?) \|$", codebook, re.MULTILINE)
    assert [(area.slug, area.name, area.scope) for area in taxonomy.areas] == rows
    assert f"Version {taxonomy.version}," in codebook


@pytest.mark.parametrize("axis_id", LEVELS)
def test_an_axis_is_found_by_its_id(taxonomy: Taxonomy, axis_id: str) -> None:
    axis = taxonomy.axis(axis_id)
    assert axis.id == axis_id


@pytest.mark.parametrize("axis_id", ["", "Sensitivity", "risk"])
def test_an_unknown_axis_is_a_key_error(taxonomy: Taxonomy, axis_id: str) -> None:
    with pytest.raises(KeyError):
        taxonomy.axis(axis_id)


def test_nothing_of_it_can_be_altered(taxonomy: Taxonomy) -> None:
    axis, area = taxonomy.axes[0], taxonomy.areas[0]
    for part, field in (
        (taxonomy, "version"),
        (axis, "levels"),
        (axis.levels[0], "id"),
        (area, "slug"),
    ):
        with pytest.raises(FrozenInstanceError):
            setattr(part, field, "other")


def test_loading_twice_gives_the_same_taxonomy(taxonomy: Taxonomy) -> None:
    assert load_taxonomy() is taxonomy
