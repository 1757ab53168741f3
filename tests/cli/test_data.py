"""`safezone data`, run as a process of its own."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli_run import run
from fake_sources import FakeSources, serve_sources
from safezone.corpus.fingerprint import fingerprint
from safezone.corpus.records import Record
from safezone.taxonomy import Taxonomy

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


@pytest.fixture
def labelled(tmp_path: Path, taxonomy: Taxonomy, fixture_records: list[Record]) -> Path:
    """Records as a public source has them, with text."""
    path = tmp_path / "labelled.jsonl"
    names = ("nsf:1234567", "arxiv:2512.00379", "pubmed:19387625")
    rows = [
        {
            "id": name,
            "kind": "grant",
            "year": 2020,
            "title": record.title,
            "abstract": record.abstract,
            "labels": {axis.id: axis.level_ids[0] for axis in taxonomy.axes},
            "areas": ["chemistry"],
        }
        for name, record in zip(names, fixture_records, strict=False)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def pointers(labelled: Path, tmp_path: Path) -> Path:
    out = tmp_path / "public.pointers.jsonl"
    result = run("data", "fingerprint", "--data", str(labelled), "--out", str(out))
    assert result.returncode == 0, result.stderr
    assert "Wrote 3 pointers" in result.stdout
    return out


def texts(labelled: Path) -> dict[str, tuple[str, str]]:
    rows = map(json.loads, labelled.read_text().splitlines())
    return {row["id"]: (row["title"], row["abstract"]) for row in rows}


def own_rows(number: int) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in (FIXTURES / "abstracts.jsonl").open()]
    return [
        {**row, "source": "own", "style": "paper", "tactic": None, "readers": [row["labels"]] * 2}
        for row in found
        if row["pair"] is None
    ][:number]


def test_public_records_are_rebuilt_from_their_sources(
    labelled: Path, pointers: Path, tmp_path: Path
) -> None:
    out = tmp_path / "fetched.jsonl"
    with serve_sources(FakeSources(texts(labelled))) as fake:
        given = [part for e in fake.endpoints.items() for part in ("--endpoint", "=".join(e))]
        arguments = ("data", "fetch", "--pointers", str(pointers), "--out", str(out), *given)
        result = run(*arguments)
        assert result.returncode == 0, result.stderr
        assert "3 same, 0 close, 0 different, 0 gone, of 3." in result.stdout
        fake.asked.clear()
        again = run(*arguments, "--json")
        assert json.loads(again.stdout)["same"] == sorted(texts(labelled))
        assert not fake.asked
    wanted = {row["id"]: row for row in map(json.loads, labelled.read_text().splitlines())}
    for row in map(json.loads, out.read_text().splitlines()):
        assert row == {**wanted[row["id"]], "source": row["id"].partition(":")[0]}


def test_what_differs_is_gone_or_failed_is_named(
    labelled: Path, pointers: Path, tmp_path: Path, fixture_records: list[Record]
) -> None:
    changed = texts(labelled)
    changed["arxiv:2512.00379"] = ("Other", fixture_records[50].abstract)
    del changed["pubmed:19387625"]
    fake = FakeSources(changed, trouble={"/nsf/awards.json": [403]})
    with serve_sources(fake):
        given = [part for e in fake.endpoints.items() for part in ("--endpoint", "=".join(e))]
        out = str(tmp_path / "fetched.jsonl")
        result = run("data", "fetch", "--pointers", str(pointers), "--out", out, *given)
    assert result.returncode == 1
    assert "different: arxiv:2512.00379" in result.stdout
    assert "gone: pubmed:19387625" in result.stdout
    assert "failed: " in result.stdout
    assert "status 403" in result.stdout


def test_one_source_alone_can_be_asked(labelled: Path, pointers: Path, tmp_path: Path) -> None:
    with serve_sources(FakeSources(texts(labelled))) as fake:
        result = run(
            *("data", "fetch", "--pointers", str(pointers), "--out", str(tmp_path / "f.jsonl")),
            *("--source", "nsf", "--endpoint", f"nsf={fake.url}/nsf", "--json"),
        )
        assert set(fake.asked) == {"/nsf/awards.json"}
    assert json.loads(result.stdout)["same"] == ["nsf:1234567"]


@pytest.mark.parametrize(
    "wrong",
    [("--source", "cern"), ("--endpoint", "nsf=ftp://x"), ("--endpoint", "http://x")],
)
def test_sources_that_are_none_are_wrong_usage(
    pointers: Path, tmp_path: Path, wrong: tuple[str, str]
) -> None:
    out = tmp_path / "f.jsonl"
    result = run("data", "fetch", "--pointers", str(pointers), "--out", str(out), *wrong)
    assert result.returncode == 2
    assert "must be" in result.stderr
    assert not out.exists()


def test_a_broken_rule_is_named_and_the_command_fails(tmp_path: Path) -> None:
    rows = own_rows(4)
    rows[2]["abstract"] = rows[2]["abstract"][:200]
    path = tmp_path / "records.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "public.pointers.jsonl").write_text("not looked at\n")
    result = run("data", "check", str(tmp_path))
    assert result.returncode == 1
    assert f"length: {rows[2]['id']} " in result.stdout
    assert "4 abstracts, 0 other texts" in result.stdout
    assert rows[2]["abstract"][:40] not in result.stdout + result.stderr


def test_records_of_an_evaluation_are_named(tmp_path: Path) -> None:
    rows = own_rows(4)
    path, evaluation = tmp_path / "records.jsonl", tmp_path / "evaluation.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    mark = fingerprint(rows[1]["abstract"])
    pointer = {"id": "nsf:1", "sha256": mark.digest, "minhash": mark.signature}
    evaluation.write_text(json.dumps(pointer) + "\n")
    result = run("data", "check", str(path), "--against", str(evaluation), "--json")
    findings = json.loads(result.stdout)["findings"]
    assert [rows[1]["id"], "nsf:1"] in [finding["records"] for finding in findings]


def test_near_duplicates_are_looked_for_by_embedding(tmp_path: Path) -> None:
    rows = own_rows(3)
    rows.append({**rows[0], "id": "own-twin"})
    path = tmp_path / "records.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    options = ("--vectors", "--encoder", "debug", "--json")
    findings = json.loads(run("data", "check", str(path), *options).stdout)["findings"]
    messages = [f["message"] for f in findings if f["records"] == [rows[0]["id"], "own-twin"]]
    assert any(message.startswith("vectors have a cosine") for message in messages)


def test_a_folder_without_records_is_bad_input(tmp_path: Path) -> None:
    result = run("data", "check", str(tmp_path))
    assert result.returncode == 3
    assert "no .jsonl file" in result.stderr
