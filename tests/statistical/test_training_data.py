"""The labelled texts that are shipped: their rules, their numbers, and what is kept apart."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from safezone.corpus.check import Corpus, check, read_corpus
from safezone.corpus.evaluations import read_evaluations
from safezone.corpus.fetch import Verdict, compare
from safezone.corpus.pointers import Pointer, read_pointers
from safezone.corpus.statistics import summary
from safezone.taxonomy import Taxonomy

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "training_data"
HELD_OUT = DATA / "held_out"
FIXTURES = ROOT / "tests" / "fixtures" / "abstracts.jsonl"


@pytest.fixture(scope="module")
def corpus(taxonomy: Taxonomy) -> Corpus:
    return read_corpus([DATA, HELD_OUT], taxonomy)


@pytest.fixture(scope="module")
def report(corpus: Corpus, taxonomy: Taxonomy) -> dict[str, Any]:
    return summary(corpus.records, taxonomy)


@pytest.fixture(scope="module")
def pointers(taxonomy: Taxonomy) -> dict[str, list[Pointer]]:
    return {
        name: read_pointers(DATA / f"public_{name}.pointers.jsonl", taxonomy)
        for name in ("train", "dev")
    }


def test_no_rule_is_broken_and_nothing_measured_on_is_among_them(corpus: Corpus) -> None:
    evaluations = read_evaluations([DATA / "public_dev.pointers.jsonl", FIXTURES])
    assert check(replace(corpus, evaluations=evaluations)) == []


def test_there_are_as_many_as_the_datasheet_promises(report: dict[str, Any]) -> None:
    assert report["abstracts"] >= 2000
    assert report["other_texts"] >= 60
    assert min(report["areas"].values()) >= 40
    assert sum(report["pairs_that_differ_on_one_axis"].values()) >= 400
    assert sum(report["tactics"].values()) >= 150


def test_nearly_every_abstract_was_read_twice_and_the_readers_agree(
    report: dict[str, Any],
) -> None:
    for axis, found in report["agreement"].items():
        assert found["rows"] == report["abstracts"], axis
        assert found["kappa"] > 0.8, axis


def test_a_fifth_of_the_pairs_is_held_out_whole(taxonomy: Taxonomy) -> None:
    def pairs(path: Path) -> set[str]:
        found = {record.pair for record in read_corpus([path], taxonomy).records}
        return {pair for pair in found if pair}

    trained, held_out = pairs(DATA), pairs(HELD_OUT)
    assert not trained & held_out
    for pair in trained | held_out:
        divisible = int(sha256(pair.encode()).hexdigest(), 16) % 5 == 0
        assert (pair in held_out) == divisible, pair
    assert 0.15 < len(held_out) / len(trained | held_out) < 0.25


def test_files_are_grouped_by_kind(taxonomy: Taxonomy) -> None:
    def records(name: str) -> Iterator[Any]:
        yield from read_corpus([DATA / f"{name}.jsonl"], taxonomy).records

    assert all(record.pair for record in records("pairs"))
    assert not any(record.pair or record.tactic for record in records("plain"))
    assert all(record.tactic and not record.pair for record in records("adversarial"))
    assert all(record.labels is None for record in records("out_of_scope"))


def test_the_datasheet_states_the_numbers_of_the_files(report: dict[str, Any]) -> None:
    text = (DATA / "README.md").read_text(encoding="utf-8")
    for file, rows in re.findall(r"^\| `([\w./]+\.jsonl)` \| .* \| ([\d,]+) \|$", text, re.M):
        lines = (DATA / file).read_text(encoding="utf-8").splitlines()
        assert len(lines) == int(rows.replace(",", "")), file
    assert f"**{report['abstracts']:,} research abstracts**" in text
    assert f"**{report['pairs']:,} contrast pairs**" in text


def test_pointers_keep_training_and_evaluation_apart(pointers: dict[str, list[Pointer]]) -> None:
    digests = defaultdict(set)
    for name, found in pointers.items():
        for pointer in found:
            digests[pointer.fingerprint.digest].add(name)
    assert all(len(names) == 1 for names in digests.values())


def test_pointers_point_at_the_public_records(
    pointers: dict[str, list[Pointer]], shared_data: Path
) -> None:
    for name, found in pointers.items():
        rows = {
            row["id"]: row for row in map(json.loads, (shared_data / f"{name}.jsonl").open("rb"))
        }
        assert {pointer.id for pointer in found} == rows.keys()
        for pointer in found:
            assert pointer.labels == rows[pointer.id]["labels"]
            assert compare(rows[pointer.id]["abstract"], pointer.fingerprint) is Verdict.SAME
