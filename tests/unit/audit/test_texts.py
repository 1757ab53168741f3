"""What the audit's parts share, and the data that it comes with."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.audit.texts import Text, data_fields, data_lines, evenly, own_records, seeded
from safezone.taxonomy import Taxonomy

TRAINING_DATA = Path(__file__).parents[3] / "training_data"


@given(st.lists(st.integers(), unique=True), st.integers(0, 30))
def test_an_even_choice_keeps_the_order_and_the_number(items: list[int], most: int) -> None:
    chosen = evenly(items, most)
    assert len(chosen) == (min(most, len(items)) if most else len(items))
    assert [item for item in items if item in set(chosen)] == chosen


def test_an_even_choice_reaches_over_the_whole() -> None:
    assert evenly(range(100), 4) == [0, 25, 50, 75]


def test_randomness_depends_on_its_parts_alone() -> None:
    assert seeded(0, "names", 3).random() == seeded(0, "names", 3).random()
    numbers = {seeded(seed, part, 3).random() for seed in range(3) for part in ("names", "order")}
    assert len(numbers) == 6


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("It ends.", "It ends. More."),
        ("It ends. \n", "It ends. More."),
        ("It does not end", "It does not end. More."),
        ("It ends (here).", "It ends (here). More."),
        ("", "More."),
    ],
)
def test_a_sentence_at_the_end_is_a_sentence_of_its_own(abstract: str, expected: str) -> None:
    text = Text("Title", abstract).with_ending("More.")
    assert text == Text("Title", expected)
    assert text.sentences()[-1] == "More."


def test_the_own_abstracts_are_of_every_kind(taxonomy: Taxonomy) -> None:
    levels = [record.levels for record in own_records(taxonomy)]
    assert len(levels) >= 24
    assert None not in levels
    assert sum(level is not None and 2 in level[:2] for level in levels) >= 8
    assert sum(level is not None and level[2] == 2 for level in levels) >= 6
    assert sum(level is not None and level[:3] == (0, 0, 0) for level in levels) >= 8
    assert len({record.areas[0] for record in own_records(taxonomy)}) >= 20


def test_the_own_abstracts_are_as_long_as_abstracts(taxonomy: Taxonomy) -> None:
    for record in own_records(taxonomy):
        assert 120 <= len(record.abstract.split()) <= 250, record.id


def test_no_model_is_trained_on_the_own_abstracts(taxonomy: Taxonomy) -> None:
    own = own_records(taxonomy)
    assert (
        len({record.id for record in own}) == len({record.abstract for record in own}) == len(own)
    )
    others = [
        json.loads(line)
        for file in TRAINING_DATA.rglob("*.jsonl")
        if not file.name.endswith(".pointers.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert others
    assert not {record.id for record in own} & {row["id"] for row in others}
    assert not {record.title for record in own} & {row["title"] for row in others}


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("harmless_sentences.txt", 40),
        ("harmless_titles.txt", 10),
        ("injections.txt", 5),
    ],
)
def test_lists_are_long_enough_and_hold_nothing_twice(name: str, least: int) -> None:
    lines = data_lines(name)
    assert len(lines) == len(set(lines)) >= least


@pytest.mark.parametrize(
    ("name", "columns", "least"),
    [("euphemisms.txt", 2, 80), ("spelling.txt", 3, 60)],
)
def test_tables_are_long_enough_and_hold_nothing_twice(name: str, columns: int, least: int) -> None:
    rows = data_fields(name)
    assert all(len(row) == columns and all(row) for row in rows)
    assert len(rows) == len({row[0].lower() for row in rows}) >= least
