"""Labelled records: what is read, and what is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from safezone.corpus.records import Record, read_records, records_digest
from safezone.errors import InvalidInputFile
from safezone.taxonomy import Taxonomy

# Stands in every part of a row that a message must not repeat.
CANARY = "Zanzibarium"


def row(taxonomy: Taxonomy, **changes: Any) -> dict[str, Any]:
    """A good row with some members replaced."""
    return {
        "id": f"id-{CANARY}",
        "source": "made",
        "title": f"Title {CANARY}",
        "abstract": f"Abstract {CANARY}",
        "labels": {axis.id: axis.level_ids[1] for axis in taxonomy.axes},
        "areas": [taxonomy.area_slugs[3], taxonomy.area_slugs[0]],
        **changes,
    }


def write(path: Path, *lines: str | bytes) -> Path:
    path.write_bytes(
        b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines)
    )
    return path


def refusal(path: Path, taxonomy: Taxonomy) -> str:
    with pytest.raises(InvalidInputFile) as caught:
        read_records([path], taxonomy)
    return str(caught.value)


def test_a_row_becomes_a_record_with_numbers_for_levels_and_areas(
    tmp_path: Path, taxonomy: Taxonomy
) -> None:
    labels = {axis.id: axis.level_ids[n % 3] for n, axis in enumerate(taxonomy.axes)}
    path = write(tmp_path / "a.jsonl", json.dumps(row(taxonomy, id="1", title="T", labels=labels)))
    assert read_records([path], taxonomy) == [
        Record("1", "made", "T", f"Abstract {CANARY}", (0, 1, 2, 0), (3, 0))
    ]


def test_null_labels_mean_a_text_that_is_no_research_abstract(
    tmp_path: Path, taxonomy: Taxonomy
) -> None:
    path = write(tmp_path / "a.jsonl", json.dumps(row(taxonomy, labels=None, areas=None)))
    (record,) = read_records([path], taxonomy)
    assert record.levels is None
    assert record.areas == ()


def test_files_are_read_in_order_and_empty_lines_are_skipped(
    tmp_path: Path, taxonomy: Taxonomy
) -> None:
    one, two, three = (json.dumps(row(taxonomy, id=name)) for name in ("1", "2", "3"))
    paths = [write(tmp_path / "b.jsonl", one, "", "  ", two), write(tmp_path / "a.jsonl", three)]
    assert [record.id for record in read_records(paths, taxonomy)] == ["1", "2", "3"]


def test_a_source_is_not_needed(tmp_path: Path, taxonomy: Taxonomy) -> None:
    good = row(taxonomy)
    del good["source"]
    (record,) = read_records([write(tmp_path / "a.jsonl", json.dumps(good))], taxonomy)
    assert record.source == "unknown"


def test_text_in_any_script_and_odd_line_ends_are_kept(tmp_path: Path, taxonomy: Taxonomy) -> None:
    abstract = "冰芯 😀 \u2028 é \x85 x"
    line = json.dumps(row(taxonomy, abstract=abstract), ensure_ascii=False)
    (record,) = read_records([write(tmp_path / "a.jsonl", line)], taxonomy)
    assert record.abstract == abstract


def _labels(taxonomy: Taxonomy, **changes: Any) -> dict[str, Any]:
    return {**row(taxonomy)["labels"], **changes}


MALFORMED: dict[str, Any] = {
    "no JSON": lambda _: f'{{"id": "{CANARY}',
    "two values": lambda _: f'{{"id": "{CANARY}"}} {{}}',
    "a member without a name": lambda _: f'{{"{CANARY}" "x"}}',
    "a list": lambda _: [CANARY],
    "a string": lambda _: CANARY,
    "a number": lambda _: "17",
    "null": lambda _: "null",
    "nested too deeply": lambda _: "[" * 100_000,
    "a number that is too long": lambda _: "9" * 5_000,
    "id missing": lambda taxonomy: {k: v for k, v in row(taxonomy).items() if k != "id"},
    "id a number": lambda taxonomy: row(taxonomy, id=7),
    "title null": lambda taxonomy: row(taxonomy, title=None),
    "abstract a list": lambda taxonomy: row(taxonomy, abstract=[CANARY]),
    "labels a string": lambda taxonomy: row(taxonomy, labels=CANARY),
    "labels false": lambda taxonomy: row(taxonomy, labels=False),
    "labels missing": lambda taxonomy: {k: v for k, v in row(taxonomy).items() if k != "labels"},
    "no label": lambda taxonomy: row(taxonomy, labels={}),
    "an unknown level": lambda taxonomy: row(taxonomy, labels=_labels(taxonomy, benefit=CANARY)),
    "a level in a list": lambda taxonomy: row(taxonomy, labels=_labels(taxonomy, benefit=[CANARY])),
    "a level as a number": lambda taxonomy: row(taxonomy, labels=_labels(taxonomy, benefit=1)),
    "sure zero": lambda taxonomy: row(taxonomy, sure=0),
    "sure beyond the scale": lambda taxonomy: row(taxonomy, sure=4),
    "sure between two steps": lambda taxonomy: row(taxonomy, sure=2.5),
    "sure in words": lambda taxonomy: row(taxonomy, sure=CANARY),
    "sure null": lambda taxonomy: row(taxonomy, sure=None),
    "areas null": lambda taxonomy: row(taxonomy, areas=None),
    "areas empty": lambda taxonomy: row(taxonomy, areas=[]),
    "areas a string": lambda taxonomy: row(taxonomy, areas=taxonomy.area_slugs[0]),
    "an unknown area": lambda taxonomy: row(taxonomy, areas=[taxonomy.area_slugs[0], CANARY]),
    "an area as an object": lambda taxonomy: row(taxonomy, areas=[{CANARY: 1}]),
    "not UTF-8": lambda _: CANARY.encode() + b"\xff",
    "UTF-16": lambda _: CANARY.encode("utf-16"),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_malformed_row_is_refused_naming_file_and_line_and_never_the_text(
    kind: str, tmp_path: Path, taxonomy: Taxonomy
) -> None:
    bad = MALFORMED[kind](taxonomy)
    line = bad if isinstance(bad, str | bytes) else json.dumps(bad)
    good = json.dumps(row(taxonomy))
    path = write(tmp_path / "rows.jsonl", good, "", line, good)
    message = refusal(path, taxonomy)
    assert str(path) in message
    assert "line 3" in message
    assert CANARY not in message


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("a list", "must be a JSON object"),
        ("id missing", "'id' must be a string"),
        ("abstract a list", "'abstract' must be a string"),
        ("labels a string", "'labels' must be an object"),
        ("an unknown level", "'benefit' must be one of ordinary, mutual, global"),
        ("sure zero", "'sure' must be 1, 2 or 3"),
        ("areas empty", "at least one area"),
        ("an unknown area", "1 of its areas"),
    ],
)
def test_the_message_says_what_was_expected(
    kind: str, hint: str, tmp_path: Path, taxonomy: Taxonomy
) -> None:
    path = write(tmp_path / "rows.jsonl", json.dumps(MALFORMED[kind](taxonomy)))
    assert hint in refusal(path, taxonomy)


def test_a_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, taxonomy: Taxonomy) -> None:
    path = tmp_path / "absent.jsonl"
    assert f"{path} cannot be read" in refusal(path, taxonomy)


def test_the_digest_is_of_everything_that_training_sees(tmp_path: Path, taxonomy: Taxonomy) -> None:
    record = Record("1", "made", "T", "A", (0, 1, 2, 0), (3, 0))
    others = [
        Record("2", "made", "T", "A", (0, 1, 2, 0), (3, 0)),
        Record("1", "made", "U", "A", (0, 1, 2, 0), (3, 0)),
        Record("1", "made", "T", "B", (0, 1, 2, 0), (3, 0)),
        Record("1", "made", "T", "A", (0, 1, 2, 1), (3, 0)),
        Record("1", "made", "T", "A", (0, 1, 2, 0), (0, 3)),
        Record("1", "made", "T", "A", None, ()),
        replace(record, source="other"),
        replace(record, pair="p"),
        replace(record, sure=2),
        replace(record, why="Because."),
    ]
    digests = {records_digest([changed]) for changed in (record, *others)}
    assert len(digests) == len(others) + 1
    assert records_digest([record]) == records_digest([record])
    assert records_digest(others) != records_digest(others[::-1])
    assert all(len(digest) == 64 for digest in digests)


def test_a_folder_stands_for_its_own_files_of_records(tmp_path: Path, taxonomy: Taxonomy) -> None:
    """Pointers have no text, and a folder in it is what a model must not be trained on."""
    for name in ("b.jsonl", "a.jsonl"):
        write(tmp_path / name, json.dumps(row(taxonomy, id=name)))
    write(tmp_path / "public.pointers.jsonl", "no record")
    write(tmp_path / "README.md", "no record")
    (tmp_path / "held_out").mkdir()
    write(tmp_path / "held_out" / "c.jsonl", json.dumps(row(taxonomy, id="c")))
    assert [r.id for r in read_records([tmp_path], taxonomy)] == ["a.jsonl", "b.jsonl"]


def test_a_folder_without_records_is_refused(tmp_path: Path, taxonomy: Taxonomy) -> None:
    assert "no .jsonl file" in refusal(tmp_path, taxonomy)


def test_the_pair_of_a_record_is_kept(tmp_path: Path, taxonomy: Taxonomy) -> None:
    path = write(tmp_path / "a.jsonl", json.dumps(row(taxonomy, pair="p1")))
    assert read_records([path], taxonomy)[0].pair == "p1"
    write(path, json.dumps(row(taxonomy, pair=7)))
    assert "'pair' must be" in refusal(path, taxonomy)


@pytest.mark.parametrize("sure", [1, 2, 3])
def test_how_sure_the_reader_was_is_kept(tmp_path: Path, taxonomy: Taxonomy, sure: int) -> None:
    lines = [json.dumps(row(taxonomy, sure=sure)), json.dumps(row(taxonomy))]
    told, untold = read_records([write(tmp_path / "a.jsonl", *lines)], taxonomy)
    assert (told.sure, untold.sure) == (sure, 3)
