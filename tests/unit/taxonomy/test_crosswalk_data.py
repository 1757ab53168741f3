"""The crosswalk's files: what is read, and which data are refused."""

from dataclasses import FrozenInstanceError

import pytest

from safezone.taxonomy.crosswalk import Crosswalk, load_crosswalk, parse_crosswalk
from small_crosswalk import AREAS, LINES, LISTS


def test_valid_data_are_read_as_written(small: Crosswalk) -> None:
    assert small.version == "7"
    assert [(one.id, one.kind, str(one.as_of)) for one in small.lists] == [
        ("one", "export-control", "2026-01-01"),
        ("two", "data-rule", "2025-01-01"),
    ]
    entry = small.entry("one:2A")
    assert (entry.name, entry.certain, entry.note) == ("Second", False, "In doubt.")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('kind = "data-rule"', 'kind = "ban"', "list 2: kind"),
        ('jurisdiction = "CN"', 'jurisdiction = "XX"', "list 2: jurisdiction"),
        ('issuer = "Someone else"', 'issuer = ""', "list 2: issuer"),
        ("as_of = 2025-01-01", 'as_of = "lately"', "list 2: as_of"),
        ("as_of = 2025-01-01", "as_of = 2025-01-01\nscore = 1", "list 2: score"),
        ("as_of = 2025-01-01\ncertain = false", "as_of = 2025-01-01", "list 2: certain"),
        ("as_of = 2025-01-01\ncertain = false", "as_of = 2025-01-01\ncertain = 0", "certain"),
        ('id = "two"', 'id = "Two:2"', "list 2: id"),
        ('id = "two"', 'id = "one"', "list 'one' stands there twice"),
        ('id = "2A"', 'id = "1"', "entry '1' stands there twice"),
        ('name = "Second", certain = false', 'name = "Second"', "list 1: entries.1.certain"),
        ('{ id = "x", name = "Only", certain = true }', "", "list 2: entries"),
        ('version = "7"', "", "'version' is missing"),
        ('version = "7"', "version = 7", "'version' must be a text"),
        ('version = "7"', 'version = "7"\nnote = "x"', "unknown key 'note'"),
        ('slug = "maths"', 'slug = "magic"', "there is no area 'magic'"),
        ('slug = "maths"', 'slug = "magic"', "area 'maths' has no line"),
        ('slug = "maths"', 'slug = "moths"', "area 'moths' stands there twice"),
        ("entries = []\n", "", "area 2: entries"),
        ("entries = []\n", 'entries = []\nrisk = "high"\n', "area 2: risk"),
        ('["two:x", "one:1"]', '["two:y", "one:1"]', "area 'moths': there is no entry 'two:y'"),
        ('["two:x", "one:1"]', '["one:2A", "one:1"]', "entry 'one:2A' stands there twice"),
        ('["one:1", "two:x"]', '["one:1", "ten:x"]', "there is no entry 'ten:x'"),
        ('["one:1", "two:x"]', "[]", "phrase 2: entries"),
        ('["one:1", "two:x"]\ncertain = false', '["one:1"]', "phrase 2: certain"),
        ('["laser ring", "sound wave"]', "[]", "phrase 2: spellings"),
        ('"sound wave"', '"LASER"', "phrase 'LASER' stands there twice"),
        ('"sound wave"', '"lasers"', "phrase 'lasers' stands there twice"),
        ('"sound wave"', '"laser-ring"', "phrase 'laser-ring' stands there twice"),
        ('"sound wave"', '"sound/wave"', "phrase 'sound/wave' must be words"),
        ('"sound wave"', '"..."', "phrase '...' must be words"),
        ("[[area]]", "[[region]]", "unknown key 'region'"),
    ],
)
def test_whatever_is_wrong_is_refused_and_named(old: str, new: str, named: str) -> None:
    assert old in LISTS + LINES
    with pytest.raises(ValueError, match="crosswalk is not valid") as caught:
        parse_crosswalk(LISTS.replace(old, new), LINES.replace(old, new), AREAS)
    assert named in str(caught.value)


def test_everything_that_is_wrong_is_named_at_once() -> None:
    lists = LISTS.replace('kind = "data-rule"', 'kind = "ban"\nscore = 1')
    lines = LINES.replace('slug = "maths"', 'slug = "magic"\nrank = 2')
    lines = lines.replace('"one:1", "two:x"', '"one:9", "two:x"').replace("sound wave", "LASER")
    with pytest.raises(ValueError, match="crosswalk is not valid") as caught:
        parse_crosswalk(lists, lines, (*AREAS, "music"))
    for named in (
        "list 2: kind",
        "list 2: score",
        "area 2: rank",
        "area 'maths' has no line",
        "area 'music' has no line",
        "there is no entry 'one:9'",
        "phrase 'LASER' stands there twice",
    ):
        assert named in str(caught.value)
    # The list is there, though refused: what points to it is not what is wrong.
    assert "'two:x'" not in str(caught.value)


def test_what_is_no_toml_is_refused_and_the_other_file_still_read() -> None:
    with pytest.raises(ValueError, match="lists is not valid TOML") as caught:
        parse_crosswalk("[[list", LINES.replace('version = "7"', "version = 7"), AREAS)
    assert "'version' must be a text" in str(caught.value)
    assert "there is no entry" not in str(caught.value)
    with pytest.raises(ValueError, match="crosswalk is not valid TOML"):
        parse_crosswalk(LISTS, "= 1", AREAS)


@pytest.mark.parametrize(
    ("lists", "lines"), [("", ""), ("list = 1", "area = 2"), ("list = [1]", "")]
)
def test_empty_or_shapeless_data_are_refused(lists: str, lines: str) -> None:
    with pytest.raises(ValueError, match="phrase"):
        parse_crosswalk(lists, lines, AREAS)


def test_nothing_of_it_can_be_altered_and_it_is_loaded_once(crosswalk: Crosswalk) -> None:
    assert load_crosswalk() is crosswalk
    pointer = crosswalk.pointers([], ["A gene drive."])[0]
    for part, field in (
        (pointer, "certain"),
        (pointer.entry, "name"),
        (crosswalk.lists[0], "kind"),
    ):
        with pytest.raises(FrozenInstanceError):
            setattr(part, field, "other")
