"""Pointer files: labels and fingerprints of public records, and none of their text."""

import json
from pathlib import Path
from typing import Any

import pytest

from safezone.corpus.fingerprint import fingerprint
from safezone.corpus.pointers import Pointer, make_pointers, read_pointers, write_pointers
from safezone.corpus.records import Record
from safezone.errors import InvalidInputFile
from safezone.taxonomy import Taxonomy

CANARY = "Zanzibarium"


def lines(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def labelled(taxonomy: Taxonomy, fixture_records: list[Record], tmp_path: Path) -> Path:
    rows = [
        {
            "id": f"nsf:{1000 - number}",
            "kind": "grant",
            "year": None if number else 2019,
            "title": record.title,
            "abstract": f"{CANARY} {record.abstract}",
            "labels": {axis.id: axis.level_ids[number % 3] for axis in taxonomy.axes},
            "areas": [taxonomy.area_slugs[number]],
        }
        for number, record in enumerate(fixture_records[:5])
    ]
    return lines(tmp_path / "labelled.jsonl", *rows)


def pointer_row(taxonomy: Taxonomy, **changes: Any) -> dict[str, Any]:
    mark = fingerprint("some text")
    return {
        "id": f"nsf:{CANARY}",
        "kind": "grant",
        "year": 2020,
        "labels": {axis.id: axis.level_ids[0] for axis in taxonomy.axes},
        "areas": [taxonomy.area_slugs[0]],
        "sha256": mark.digest,
        "minhash": mark.signature,
        **changes,
    }


def test_pointers_are_written_and_read_back(
    labelled: Path, taxonomy: Taxonomy, tmp_path: Path
) -> None:
    made = make_pointers(labelled, taxonomy)
    out = tmp_path / "a.pointers.jsonl"
    write_pointers(out, made)
    assert read_pointers(out, taxonomy) == sorted(made, key=lambda pointer: pointer.id)
    assert (made[0].source, made[0].identifier, made[0].year) == ("nsf", "1000", 2019)


def test_no_text_goes_into_a_pointer_file(
    labelled: Path, taxonomy: Taxonomy, tmp_path: Path
) -> None:
    out = tmp_path / "a.pointers.jsonl"
    write_pointers(out, make_pointers(labelled, taxonomy))
    written = out.read_text()
    assert CANARY not in written
    for row in map(json.loads, labelled.read_text().splitlines()):
        assert not any(word in written for word in row["abstract"].split() if len(word) > 14)


def test_a_record_that_stands_twice_gets_one_pointer(labelled: Path, taxonomy: Taxonomy) -> None:
    once = make_pointers(labelled, taxonomy)
    labelled.write_text(labelled.read_text() * 2)
    assert make_pointers(labelled, taxonomy) == once


def test_two_texts_with_one_id_are_refused(labelled: Path, taxonomy: Taxonomy) -> None:
    row = json.loads(labelled.read_text().splitlines()[0])
    with labelled.open("a") as file:
        file.write(json.dumps({**row, "abstract": "quite another text"}) + "\n")
    with pytest.raises(InvalidInputFile, match="an id twice"):
        make_pointers(labelled, taxonomy)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": 7},
        {"id": "no source"},
        {"id": "nsf:"},
        {"year": "2020"},
        {"labels": None},
        {"labels": {"sensitivity": CANARY}},
        {"areas": []},
        {"areas": [CANARY]},
        {"sha256": CANARY},
        {"sha256": None},
        {"minhash": CANARY},
        {"minhash": "AAAA"},
    ],
)
def test_what_is_no_pointer_is_named_and_not_repeated(
    taxonomy: Taxonomy, tmp_path: Path, changes: dict[str, Any]
) -> None:
    path = lines(
        tmp_path / "p.jsonl", pointer_row(taxonomy, id="nsf:1"), pointer_row(taxonomy, **changes)
    )
    with pytest.raises(InvalidInputFile, match=r"p\.jsonl, line 2: ") as caught:
        read_pointers(path, taxonomy)
    assert CANARY not in str(caught.value)


def test_an_id_twice_is_refused(taxonomy: Taxonomy, tmp_path: Path) -> None:
    path = lines(tmp_path / "p.jsonl", pointer_row(taxonomy), pointer_row(taxonomy))
    with pytest.raises(InvalidInputFile, match="an id twice"):
        read_pointers(path, taxonomy)


def test_a_pointer_knows_its_source_by_its_id(taxonomy: Taxonomy) -> None:
    mark = fingerprint("x")
    pointer = Pointer("arxiv:math/0703001", "paper", None, {}, (), mark)
    assert (pointer.source, pointer.identifier) == ("arxiv", "math/0703001")
