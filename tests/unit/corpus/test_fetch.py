"""Rebuilding public records: five APIs as documented, and what can go wrong with them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fake_sources import FakeSources, serve_sources
from safezone.corpus.fetch import Fetched, Verdict, fetch_records
from safezone.corpus.fingerprint import fingerprint
from safezone.corpus.pointers import Pointer
from safezone.corpus.records import Record, read_records
from safezone.corpus.sources import SOURCES
from safezone.corpus.web import Web
from safezone.errors import InvalidInputFile
from safezone.taxonomy import Taxonomy

IDENTIFIERS = (
    "nsf:0531131",
    "nsf:2301234",
    "sbir:W911NF-18-C-0038",
    "sbir:1234567",
    "sbir:FA8751-19-P-A096",
    "nih:9017905",
    "nih:5R01DK032493-35",
    "nih:5M01RR000052-45-8749",
    "nih:1R01GM117785-01A1",
    "arxiv:2512.00379",
    "arxiv:math/0703001",
    "pubmed:19387625",
    "pubmed:8675707",
)


@pytest.fixture
def fake(fixture_records: list[Record]) -> Iterator[FakeSources]:
    texts = {
        name: (record.title, record.abstract)
        for name, record in zip(IDENTIFIERS, fixture_records, strict=False)
    }
    years = {name.partition(":")[2]: 2018 for name in IDENTIFIERS if name.startswith("sbir")}
    with serve_sources(FakeSources(texts, years)) as running:
        yield running


@pytest.fixture
def pointers(fake: FakeSources, taxonomy: Taxonomy) -> list[Pointer]:
    labels = {axis.id: axis.level_ids[1] for axis in taxonomy.axes}
    return [
        Pointer(name, "grant", 2018, labels, taxonomy.area_slugs[:2], fingerprint(abstract))
        for name, (_, abstract) in fake.texts.items()
    ]


def fetch(
    fake: FakeSources, pointers: list[Pointer], out: Path, only: list[str] | None = None
) -> Fetched:
    return fetch_records(
        pointers,
        {name: make() for name, make in SOURCES.items()},
        out,
        only=only,
        endpoints=fake.endpoints,
        make_web=lambda _: Web(0, backoff=0),
    )


def rows(out: Path) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in map(json.loads, out.read_text().splitlines())}


def test_every_source_gives_back_the_words_that_were_labelled(
    fake: FakeSources, pointers: list[Pointer], tmp_path: Path, taxonomy: Taxonomy
) -> None:
    out = tmp_path / "new" / "records.jsonl"
    result = fetch(fake, pointers, out)
    assert result.failed == {}
    assert result.ids(Verdict.SAME) == sorted(IDENTIFIERS)
    assert {name: row["title"] for name, row in rows(out).items()} == {
        name: title for name, (title, _) in fake.texts.items()
    }
    records = read_records([out], taxonomy)
    assert {record.source for record in records} == set(SOURCES)
    assert all(record.levels == (1, 1, 1, 1) and record.areas == (0, 1) for record in records)
    assert all(agent.startswith("safezone/") for agent in fake.agents)


def test_markup_and_the_sources_own_boilerplate_do_not_matter(
    fake: FakeSources, pointers: list[Pointer], tmp_path: Path
) -> None:
    for name, before, after in (
        (
            "nsf:0531131",
            "&lt;br/&gt;",
            "<br/>\n\nThis award reflects NSF's statutory mission and has been deemed worthy of "
            "support through evaluation using the Foundation's intellectual merit and broader "
            "impacts review criteria.",
        ),
        ("nih:9017905", "DESCRIPTION (provided by applicant): ", "\n"),
        ("nih:5R01DK032493-35", "Project Summary/Abstract\n", ""),
        ("arxiv:2512.00379", "  \n ", "\n"),
        ("sbir:1234567", "<p>", "</p>"),
    ):
        title, abstract = fake.texts[name]
        fake.texts[name] = (title, before + abstract + after)
    result = fetch(fake, pointers, tmp_path / "records.jsonl")
    assert result.ids(Verdict.SAME) == sorted(IDENTIFIERS)


def test_sources_can_be_fetched_one_after_the_other_into_one_file(
    fake: FakeSources, pointers: list[Pointer], tmp_path: Path
) -> None:
    out = tmp_path / "records.jsonl"
    for number, only in enumerate((["nih"], ["arxiv"], None)):
        result = fetch(fake, pointers, out, only)
        assert not result.failed
        assert len(result.ids(Verdict.SAME)) == (4, 6, len(IDENTIFIERS))[number]
    assert rows(out).keys() == set(IDENTIFIERS)
    assert fake.asked["/arxiv/query"] == 1


def test_what_was_reworked_is_kept_and_what_is_another_text_or_gone_is_named(
    fake: FakeSources, pointers: list[Pointer], tmp_path: Path
) -> None:
    out = tmp_path / "records.jsonl"
    title, abstract = fake.texts["nsf:0531131"]
    fake.texts["nsf:0531131"] = (title, abstract + " A sentence that was added afterwards.")
    fake.texts["arxiv:2512.00379"] = fake.texts["pubmed:8675707"]
    fake.texts["pubmed:8675707"] = (title, " ")
    for name in ("nsf:2301234", "sbir:1234567", "nih:9017905", "arxiv:math/0703001"):
        del fake.texts[name]
    result = fetch(fake, pointers, out)
    assert result.ids(Verdict.CLOSE) == ["nsf:0531131"]
    assert result.ids(Verdict.DIFFERENT) == ["arxiv:2512.00379"]
    assert result.ids(Verdict.GONE) == [
        "arxiv:math/0703001",
        "nih:9017905",
        "nsf:2301234",
        "pubmed:8675707",
        "sbir:1234567",
    ]
    assert rows(out).keys() == {*result.ids(Verdict.SAME), "nsf:0531131"}


def test_a_second_run_asks_only_for_what_is_missing(
    fake: FakeSources, pointers: list[Pointer], tmp_path: Path
) -> None:
    out = tmp_path / "records.jsonl"
    fetch(fake, pointers, out)
    whole = out.read_bytes()
    lines = whole.splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:4]) + lines[4][:50])  # a run that was killed while writing
    fake.asked.clear()
    result = fetch(fake, pointers, out)
    assert result.ids(Verdict.SAME) == sorted(IDENTIFIERS)
    assert out.read_bytes() == whole
    assert "/nsf/awards.json" not in fake.asked
    fake.asked.clear()
    assert fetch(fake, pointers, out).ids(Verdict.SAME) == sorted(IDENTIFIERS)
    assert not fake.asked


@pytest.mark.parametrize(
    "content",
    [
        b"a diary\n",
        b"a diary without an end of line",
        b'{"id": "other:1", "abstract": "x"}\n',
        b'{"id": "nsf:0531131", "abstract": "x"}',
        b'{"id": "nsf:0531131", "abstract": "x"}\n{"id": "mine"}\nhalf a line',
        b"[]\n",
    ],
)
def test_a_file_of_something_else_is_refused_and_left_alone(
    fake: FakeSources, pointers: list[Pointer], tmp_path: Path, content: bytes
) -> None:
    out = tmp_path / "mine.jsonl"
    out.write_bytes(content)
    with pytest.raises(InvalidInputFile, match="Name a new file"):
        fetch(fake, pointers, out)
    assert out.read_bytes() == content
    assert not fake.asked


def test_a_source_that_stumbles_is_asked_again(
    fake: FakeSources, pointers: list[Pointer], tmp_path: Path
) -> None:
    fake.trouble = {"/nsf/awards.json": [503, 429], "/nih/projects/search": [502]}
    result = fetch(fake, pointers, tmp_path / "records.jsonl")
    assert result.ids(Verdict.SAME) == sorted(IDENTIFIERS)
    assert fake.asked["/nsf/awards.json"] == 4
    assert fake.asked["/nih/projects/search"] == 3


def test_a_source_that_fails_does_not_stop_the_others_and_loses_nothing(
    fake: FakeSources, pointers: list[Pointer], tmp_path: Path
) -> None:
    out = tmp_path / "records.jsonl"
    fake.trouble = {"/nsf/awards.json": [403], "/pubmed/efetch.fcgi": [500] * 99}
    fake.nonsense = {"/sbir/awards", "/arxiv/query"}
    result = fetch(fake, pointers, out)
    assert result.failed.keys() == {"nsf", "pubmed", "sbir", "arxiv"}
    assert "status 403" in result.failed["nsf"]
    assert "run the same command again" in result.failed["pubmed"]
    assert "documented format" in result.failed["sbir"]
    assert rows(out).keys() == {name for name in IDENTIFIERS if name.startswith("nih")}
    fake.trouble, fake.nonsense = {}, set()
    assert fetch(fake, pointers, out).ids(Verdict.SAME) == sorted(IDENTIFIERS)


@pytest.mark.parametrize(
    ("path", "source"), [("/nih/projects/search", "nih"), ("/nsf/awards.json", "nsf")]
)
def test_an_answer_in_another_format_is_said_to_be_one(
    fake: FakeSources, pointers: list[Pointer], tmp_path: Path, path: str, source: str
) -> None:
    fake.nonsense = {path}
    result = fetch(fake, pointers, tmp_path / "records.jsonl")
    assert result.failed.keys() == {source}
    assert "documented format" in result.failed[source]


def test_a_host_that_is_not_there_is_named(pointers: list[Pointer], tmp_path: Path) -> None:
    nowhere = dict.fromkeys(SOURCES, "http://127.0.0.1:9")
    result = fetch_records(
        pointers,
        {name: make() for name, make in SOURCES.items()},
        tmp_path / "records.jsonl",
        endpoints=nowhere,
        make_web=lambda _: Web(0, backoff=0),
    )
    assert result.failed.keys() == set(SOURCES)
    assert all("gives no answer" in reason for reason in result.failed.values())
    assert not result.verdicts


def test_a_source_nobody_knows_is_named(
    fake: FakeSources, pointers: list[Pointer], tmp_path: Path
) -> None:
    strange = replace(pointers[0], id="elsewhere:1")
    result = fetch(fake, [strange], tmp_path / "records.jsonl")
    assert result.failed == {"elsewhere": "'elsewhere' is no source that can be fetched."}


def test_of_two_texts_with_one_number_the_labelled_one_is_kept(
    fake: FakeSources, pointers: list[Pointer], tmp_path: Path, fixture_records: list[Record]
) -> None:
    """The two phases of a project can share a tracking number."""
    wanted = [pointer for pointer in pointers if pointer.source == "sbir"]
    tracking = replace(wanted[0], id="sbir:T-W911NF-18-C-0038")
    other = fixture_records[40]
    fake.texts["sbir:7777777"] = (other.title, other.abstract)
    fake.years["7777777"] = 2018
    result = fetch(fake, [*wanted, tracking], tmp_path / "records.jsonl")
    assert len(result.ids(Verdict.SAME)) == 4


def test_requests_keep_the_pause_that_a_source_asks_for() -> None:
    now, slept = 0.0, []

    def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(round(seconds, 3))
        now += seconds

    with serve_sources(FakeSources({})) as fake:
        web = Web(3.0, clock=lambda: now, sleep=sleep)
        for _ in range(3):
            web.get(f"{fake.url}/nsf/awards.json", {"id": "1"})
            now += 1.0  # the work between two requests counts
    assert slept == [2.0, 2.0]
