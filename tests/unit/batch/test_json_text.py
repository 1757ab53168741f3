"""JSON Lines and JSON lists, a row at a time."""

import json

import pytest

from proposal_files import jsonl, read, told
from safezone.batch import ColumnChoice
from safezone.errors import InvalidInputFile

OBJECTS = [
    {"id": "1", "title": "t", "abstract": "a", "institution": "not read"},
    {"id": 42, "title": None, "abstract": "b"},
    {"id": 42.0, "abstract": "c", "title": ""},
    {"abstract": "d\n“é” \U0001f600", "id": None},
]
TOLD = [("1", "t", "a"), ("42", "", "b"), ("42", "", "c"), (None, "", "d\n“é” \U0001f600")]


def test_lines_of_objects_are_read() -> None:
    assert told(read(jsonl(OBJECTS))) == TOLD


@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_of_objects_is_read(indent: int | None) -> None:
    content = json.dumps(OBJECTS, indent=indent, ensure_ascii=indent is None)
    assert told(read(content.encode())) == TOLD
    assert told(read(("\n" + content + "\n").encode("utf-8-sig"))) == TOLD


def test_a_broken_line_is_a_problem_of_its_row() -> None:
    lines = [
        b'{"abstract": "a"}',
        b'{"abstract": ',
        b"",
        b'"text"',
        b'{"abstract": ["list"]}',
        b'{"abstract": null, "id": "6"}',
        b'{"abstract": "\xff"}',
        b'{"abstract": "\\ud800"}',
        b'{"abstract": "\\u0000"}',
        b"[" * 100_000,
        b'{"id": {"a": 1}, "abstract": "b"}',
        b'{"abstract": "b"}',
    ]
    assert told(read(b"\n".join(lines))) == [
        (None, "", "a"),
        "not_json",
        "not_an_object",
        "not_text",
        "empty",
        "lone_surrogate",
        "lone_surrogate",
        "nul_character",
        "not_json",
        "not_text",
        (None, "", "b"),
    ]


def test_an_item_that_is_no_proposal_is_a_problem_of_its_row() -> None:
    content = json.dumps([7, {"abstract": "a"}, [], None, {"abstract": " "}, 1234])
    assert told(read(content.encode())) == [
        "not_an_object",
        (None, "", "a"),
        "not_an_object",
        "not_an_object",
        "empty",
        "not_an_object",
    ]


@pytest.mark.parametrize("size", [1, 1_000, 65_500, 65_530, 65_536, 200_000])
def test_items_are_whole_wherever_the_reading_pauses(size: int) -> None:
    objects = [{"other": "x" * size, "abstract": str(number)} for number in range(4)]
    assert told(read(json.dumps(objects).encode())) == [(None, "", str(n)) for n in range(4)]


@pytest.mark.parametrize(
    "content",
    [
        b'[{"abstract": "a"}, {"abstract": "b"',
        b'[{"abstract": "a"}, oops, {"abstract": "b"}]',
        b'[{"abstract": "a"},',
        b'[{"abstract": "a"}, {"abstract": "' + b"x" * 3_000_000 + b'"}]',
    ],
)
def test_a_damaged_list_is_refused_with_the_place(content: bytes) -> None:
    with pytest.raises(InvalidInputFile, match="Item 2 "):
        read(content)


def test_a_line_longer_than_memory_should_hold_is_refused() -> None:
    content = jsonl([{"abstract": "a"}, {"abstract": "x" * 1_000_000}])
    with pytest.raises(InvalidInputFile, match="Row 2 "):
        read(content)


@pytest.mark.parametrize("content", [b"[]", b"[1, 2]", b'{"abstract":\n"a"}', b"{\n}\n"])
def test_json_without_objects_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInputFile, match=r"holds no objects|no header"):
        read(content)


def test_a_member_that_only_later_objects_have_is_found() -> None:
    content = jsonl([{"abstract": "a"}, {"abstract": "b", "title": "t"}])
    assert told(read(content)) == [(None, "", "a"), (None, "t", "b")]


def test_named_members_are_read() -> None:
    content = jsonl([{"Text": "a", "abstract": "not this", "no": 5}])
    assert told(read(content, ColumnChoice(abstract="text", id="No"))) == [("5", "", "a")]
    with pytest.raises(InvalidInputFile, match="named for title"):
        read(content, ColumnChoice(title="name"))
