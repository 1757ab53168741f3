"""The rules for our own records: each is seen to find what it is for, and to let the rest be."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from safezone.corpus import check as rules
from safezone.corpus.check import Corpus, Finding, check, read_corpus
from safezone.corpus.evaluations import Evaluation, read_evaluations
from safezone.corpus.fingerprint import fingerprint
from safezone.corpus.pointers import make_pointers, write_pointers
from safezone.errors import InvalidInputFile
from safezone.taxonomy import Taxonomy

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
CANARY = "Zanzibarium"
Rows = list[dict[str, Any]]
Read = Callable[[Rows], Corpus]


@pytest.fixture
def rows() -> Rows:
    """Good rows: those of the fixtures, in the stricter form."""
    found = [json.loads(line) for line in (FIXTURES / "abstracts.jsonl").open()]
    found = [row for row in found if row["pair"] is None]
    styles = ("company", "european", "theory")
    return [
        {
            **row,
            "source": "own",
            "style": styles[number % 3],
            "tactic": None,
            "readers": [row["labels"]],
        }
        for number, row in enumerate(found)
    ]


@pytest.fixture
def read(tmp_path: Path, taxonomy: Taxonomy) -> Read:
    def call(rows: Rows) -> Corpus:
        path = tmp_path / "records.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return read_corpus([path], taxonomy)

    return call


def found(corpus: Corpus, rule: str) -> list[Finding]:
    return [finding for finding in check(corpus) if finding.rule == rule]


def test_good_records_break_no_rule_but_that_of_numbers(read: Read, rows: Rows) -> None:
    findings = check(read(rows))
    assert {finding.rule for finding in findings} <= {"balance"}
    # So few records are fewer than 40 for each of 39 areas.
    assert sum("area '" in finding.message for finding in findings) == 39


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"id": CANARY}, "id"),
        ({"labels": {"sensitivity": "safe"}}, "labels"),
        ({"areas": [CANARY]}, "areas"),
        ({"areas": ["chemistry"] * 4}, "areas"),
        ({"style": CANARY}, "style"),
        ({"tactic": "lies"}, "tactic"),
        ({"abstract": ""}, "abstract"),
        ({"abstract": 3}, "abstract"),
        ({"source": "nsf"}, "source"),
        ({"why": ""}, "why"),
        ({"readers": [{"sensitivity": CANARY}]}, "readers"),
        ({"nationality": CANARY}, "nationality"),
    ],
)
def test_a_row_of_another_form_is_named_by_file_and_part_and_not_repeated(
    read: Read, rows: Rows, change: dict[str, Any], part: str
) -> None:
    corpus = read([rows[0], {**rows[1], **change}])
    (finding,) = found(corpus, "schema")
    assert finding.records == ("records.jsonl, record 2",)
    assert part in finding.message
    assert CANARY not in repr(finding)
    assert [record.id for record in corpus.records] == [rows[0]["id"]]


def test_a_missing_member_is_named(read: Read, rows: Rows) -> None:
    del rows[0]["pair"]
    (finding,) = found(read(rows[:1]), "schema")
    assert finding.message == "pair: missing"


def test_a_file_that_is_not_json_lines_is_refused(tmp_path: Path, taxonomy: Taxonomy) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text("CV of nobody\n")
    with pytest.raises(InvalidInputFile, match="line 1"):
        read_corpus([path], taxonomy)


def test_an_id_twice(read: Read, rows: Rows) -> None:
    rows[1]["id"] = rows[0]["id"]
    (finding,) = found(read(rows[:3]), "unique ids")
    assert finding.records == (rows[0]["id"],)


@pytest.mark.parametrize(("words", "broken"), [(89, 1), (90, 0), (350, 0), (351, 1)])
def test_the_length_of_an_abstract(read: Read, rows: Rows, words: int, broken: int) -> None:
    rows[0]["abstract"] = " ".join(f"word{number}" for number in range(words))
    assert len(found(read(rows[:1]), "length")) == broken


def test_other_texts_may_have_any_length_and_need_no_style(read: Read, rows: Rows) -> None:
    changes: dict[str, Any] = {
        "labels": None,
        "areas": [],
        "style": None,
        "abstract": "A short note.",
    }
    assert not found(read([{**rows[0], **changes}]), "length")
    assert not found(read([{**rows[0], **changes}]), "style")


def test_an_abstract_needs_areas_and_a_style(read: Read, rows: Rows) -> None:
    rows[0]["areas"], rows[1]["areas"], rows[2]["style"] = [], ["chemistry", "chemistry"], None
    corpus = read(rows[:3])
    assert [finding.records for finding in found(corpus, "areas")] == [
        (rows[0]["id"],),
        (rows[1]["id"],),
    ]
    assert [finding.records for finding in found(corpus, "style")] == [(rows[2]["id"],)]


@pytest.mark.parametrize(
    "contact",
    [
        "Write to jane.roe@example.org.",
        "See https://example.org/project for more.",
        "ORCID 0000-0002-1825-0097.",
    ],
)
def test_contacts_are_leaked_identities(read: Read, rows: Rows, contact: str) -> None:
    rows[0]["abstract"] += " " + contact
    (finding,) = found(read(rows[:2]), "identities")
    assert finding.records == (rows[0]["id"],)


def test_a_text_with_words_swapped_is_a_duplicate(read: Read, rows: Rows) -> None:
    words = rows[0]["abstract"].split()
    words[::17] = ["another" for _ in words[::17]]
    twin = {**rows[0], "id": "own-twin", "abstract": " ".join(words)}
    (finding,) = found(read([*rows[:3], twin]), "duplicates")
    assert finding.records == (rows[0]["id"], "own-twin")


def test_a_sentence_of_boilerplate_is_found(read: Read, rows: Rows) -> None:
    shared = "We will train the next generation of leaders in a vibrant and inclusive environment."
    for row in rows[:3]:
        row["abstract"] += " " + shared
    findings = found(read(rows[:5]), "boilerplate")
    assert [finding.records for finding in findings] == [
        (rows[0]["id"], rows[1]["id"]),
        (rows[0]["id"], rows[2]["id"]),
    ]


def test_near_vectors_are_duplicates_except_within_a_pair(read: Read, rows: Rows) -> None:
    rows = rows[:3]
    for row in rows:
        row["pair"] = None
    corpus = read(rows)
    near = {rows[0]["id"]: [1.0, 0.0], rows[1]["id"]: [1.0, 0.1], rows[2]["id"]: [0.0, 1.0]}
    vectors = {name: np.array(vector) for name, vector in near.items()}
    (finding,) = found(replace(corpus, vectors=vectors), "duplicates")
    assert finding.records == (rows[0]["id"], rows[1]["id"])
    rows[0]["pair"] = rows[1]["pair"] = "p"
    assert not found(replace(read(rows), vectors=vectors), "duplicates")


def test_a_pair_needs_two_members_that_differ(read: Read, rows: Rows) -> None:
    alone, one, other = rows[:3]
    alone["pair"], one["pair"], other["pair"] = "p1", "p2", "p2"
    other["labels"] = one["labels"]
    findings = found(read([alone, one, other]), "pairs")
    assert [finding.records for finding in findings] == [(alone["id"],), (one["id"], other["id"])]


@pytest.mark.parametrize("as_pointers", [True, False])
def test_texts_of_an_evaluation_are_found_by_fingerprint_alone(
    read: Read, rows: Rows, taxonomy: Taxonomy, tmp_path: Path, as_pointers: bool
) -> None:
    evaluation = tmp_path / "evaluation.jsonl"
    evaluation.write_text("".join(json.dumps({**row, "year": None}) + "\n" for row in rows[:4]))
    if as_pointers:
        sourced = tmp_path / "sourced.jsonl"
        sourced.write_text(
            "".join(
                json.dumps({**row, "id": f"nsf:{row['id']}", "year": None}) + "\n"
                for row in rows[:4]
            )
        )
        evaluation = tmp_path / "evaluation.pointers.jsonl"
        write_pointers(evaluation, make_pointers(sourced, taxonomy))
    known = read_evaluations([evaluation])
    assert not found(replace(read(rows[4:]), evaluations=known), "evaluation")
    reworked = {**rows[2], "abstract": "Summary: " + rows[2]["abstract"].upper().replace(",", ";")}
    findings = found(replace(read([*rows[4:], reworked]), evaluations=known), "evaluation")
    assert [finding.records[0] for finding in findings] == [rows[2]["id"]]
    assert findings[0].records[1].endswith(rows[2]["id"])


def test_what_is_no_evaluation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "evaluation.jsonl"
    path.write_text('{"id": "1"}\n')
    with pytest.raises(InvalidInputFile, match="neither a record"):
        read_evaluations([path])


def test_a_level_that_is_rare(read: Read, rows: Rows) -> None:
    rare = [row for row in rows if row["labels"]["benefit"] != "global"]
    messages = [finding.message for finding in found(read(rare), "balance")]
    assert f"benefit 'global' has 0 of {len(rare)} records" in messages


def test_a_style_that_gives_a_level_away(read: Read, rows: Rows) -> None:
    for row in rows:
        row["style"] = "company" if row["labels"]["instrumentation"] == "high" else "european"
    messages = [finding.message for finding in found(read(rows), "balance")]
    assert any(message.startswith("style goes with instrumentation") for message in messages)


def test_a_nationality_that_gives_a_level_away(
    read: Read, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safezone.corpus.statistics._MENTIONS", 10)
    for row in rows:
        if row["labels"]["sensitivity"] == "sensitive":
            row["abstract"] += " The team works in Portugal."
    messages = [finding.message for finding in found(read(rows), "balance")]
    assert any(message.startswith("'portugal' goes with sensitivity") for message in messages)


def test_no_records_at_all_break_no_rule(taxonomy: Taxonomy) -> None:
    empty = Corpus([], [], taxonomy, evaluations=[Evaluation("x", fingerprint("x"))])
    assert check(empty) == []


def test_every_rule_has_been_seen_to_fail() -> None:
    """The rules in the module are those that the tests above break."""
    assert [rule.__name__ for rule in rules.RULES] == [
        "_unique_ids",
        "_length",
        "_labelled",
        "_contacts",
        "_near_duplicates",
        "_near_vectors",
        "_boilerplate",
        "_pairs",
        "_overlap",
        "_balance",
    ]
