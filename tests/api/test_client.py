"""The Python client against a live server, and its types against the OpenAPI document."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from pydantic import TypeAdapter

from live_server import LiveServer
from safezone.client import (
    AsyncSafezoneClient,
    InvalidRequest,
    NotFound,
    SafezoneClient,
    bodies,
)
from safezone.corpus.records import Record

# Members of the API's schemas, by the name of the client's type.
SCHEMAS = {
    "Area": "AreaBody",
    "Assessment": "AssessmentBody",
    "Axis": "AxisBody",
    "AxisComparison": "AxisComparisonBody",
    "AxisEvidence": "AxisEvidenceBody",
    "AreaDescription": "AreaDescription",
    "AxisDescription": "AxisDescription",
    "BatchItem": "BatchItem",
    "Change": "ChangeBody",
    "Comparison": "ComparisonBody",
    "Framing": "FramingBody",
    "Input": "InputBody",
    "Invariance": "InvarianceBody",
    "Job": "JobBody",
    "Level": "LevelBody",
    "Limits": "LimitsBody",
    "ListPointer": "ListPointerBody",
    "ModeDescription": "ModeDescription",
    "PolicyEntry": "PolicyEntry",
    "Precedent": "PrecedentBody",
    "Problem": "Problem",
    "ProblemItem": "ProblemItem",
    "Proposal": "ProposalBody",
    "Provenance": "ProvenanceBody",
    "Reason": "ReasonBody",
    "Route": "RouteBody",
    "Safeguard": "SafeguardBody",
    "SentenceChange": "SentenceChangeBody",
    "SentenceEvidence": "SentenceEvidenceBody",
    "SentenceIn": "SentenceInBody",
    "SwapCheck": "SwapCheckBody",
    "Taxonomy": "TaxonomyBody",
    "Webhook": "WebhookBody",
}
# They stand in files and messages, which the document does not describe.
ELSEWHERE = {"EndedJob", "JobEvent", "JobRow", "RowProblem"}


@pytest.fixture
def safezone(debug_server: LiveServer) -> Iterator[SafezoneClient]:
    with SafezoneClient(debug_server.url) as safezone:
        yield safezone


def checked(kind: Any, answer: Any) -> None:
    """That an answer is of its type, to the last member."""
    TypeAdapter(kind).validate_python(answer, strict=True)


def proposals(records: Sequence[Record]) -> list[bodies.Proposal]:
    return [{"id": r.id, "title": r.title, "abstract": r.abstract} for r in records]


def test_the_types_have_the_members_of_the_documents_schemas(client: httpx.Client) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    types = {
        name: kind for name, kind in vars(bodies).items() if hasattr(kind, "__required_keys__")
    }
    assert types.keys() == SCHEMAS.keys() | ELSEWHERE
    for name, schema in SCHEMAS.items():
        documented = schemas[schema]
        members = types[name].__required_keys__ | types[name].__optional_keys__
        assert members == documented["properties"].keys(), name
        assert types[name].__required_keys__ == set(documented["required"]), name


def test_every_part_of_an_assessment_is_of_its_type(
    safezone: SafezoneClient, fixture_records: Sequence[Record]
) -> None:
    record = fixture_records[0]
    plain = safezone.assess(record.abstract, record.title, record.id, policy="us")
    checked(bodies.Assessment, plain)
    assert plain["id"] == record.id
    assert plain["provenance"]["policy"].startswith("us@")
    whole = safezone.assess(
        record.abstract, include=["evidence", "precedents", "sentences", "invariance"]
    )
    checked(bodies.Assessment, whole)
    checked(bodies.Invariance, whole["invariance"])
    bare = safezone.assess(record.abstract, include=())
    assert not {"evidence", "precedents", "invariance"} & bare.keys()
    flat = safezone.assess_flat(record.abstract, id=record.id)
    checked(bodies.FlatAssessment, flat)
    assert (flat["id"], flat["signal"]) == (record.id, bare["route"]["signal"])


def test_many_are_answered_as_each_alone(
    safezone: SafezoneClient, fixture_records: Sequence[Record]
) -> None:
    sent = proposals(fixture_records[:7])
    sent.insert(5, {"abstract": ""})
    items = list(safezone.assess_many(iter(sent), chunk=3))
    checked(list[bodies.BatchItem], items)
    assert [item["problem"] is None for item in items] == [True] * 5 + [False] + [True] * 2
    for item, one in zip(items, sent, strict=True):
        if item["assessment"] is not None:
            assert item["assessment"] == safezone.assess(one["abstract"], one["title"], one["id"])


def test_two_framings_are_compared(
    safezone: SafezoneClient, fixture_records: Sequence[Record]
) -> None:
    abstract = fixture_records[0].abstract
    found = safezone.compare({"abstract": abstract}, {"abstract": abstract, "title": "Another"})
    checked(bodies.Comparison, found)
    assert found["before"]["route"]["signal"] in ("no_flag", "human_review")


def test_what_the_service_says_of_itself_is_of_its_type(safezone: SafezoneClient) -> None:
    checked(list[bodies.PolicyEntry], safezone.policies())
    checked(bodies.Taxonomy, safezone.taxonomy())
    checked(bodies.Limits, safezone.limits())
    assert safezone.ready()


def test_what_is_wrong_with_a_proposal_is_raised(safezone: SafezoneClient) -> None:
    with pytest.raises(InvalidRequest, match="/abstract") as caught:
        safezone.assess("x" * 20_001)
    checked(bodies.Problem, caught.value.problem)
    assert caught.value.kind == "invalid-proposal"
    assert caught.value.request_id


def test_a_job_from_the_file_to_its_end(
    safezone: SafezoneClient, fixture_records: Sequence[Record], tmp_path: Path
) -> None:
    file = tmp_path / "round.csv"
    rows = [f'{r.id},"{r.abstract}"' for r in fixture_records[:3]]
    file.write_text("\n".join(["number,what", *rows, "4,"]), encoding="utf-8")
    told: list[Any] = []
    job = safezone.submit_job(
        file, id_column="number", abstract_column="what", policy="us", progress=told.append
    )
    checked(bodies.Job, job)
    assert told[-1] == file.stat().st_size
    ended = safezone.wait(job, progress=lambda *now: told.append(now), timeout=120)
    assert (ended["state"], ended["rows"], ended["done"], ended["bad"]) == ("completed", 4, 4, 1)
    assert told[-1] == (4, 4)
    assert ended["id"] in [one["id"] for one in safezone.jobs()]

    found = list(safezone.results(ended["id"]))
    checked(list[bodies.JobRow], found)
    assert [row["id"] for row in found] == [*(r.id for r in fixture_records[:3]), "4"]
    assert [row["problem"] is None for row in found] == [True, True, True, False]
    for suffix, start in (("csv", b"\xef\xbb\xbfrow,id,"), ("xlsx", b"PK"), ("jsonl", b'{"row"')):
        safezone.save_results(job, tmp_path / f"out.{suffix}")
        assert (tmp_path / f"out.{suffix}").read_bytes().startswith(start)

    safezone.delete_job(job)
    safezone.delete_job(job)
    with pytest.raises(NotFound):
        safezone.job(job)


def test_the_same_key_and_file_give_the_same_job(
    safezone: SafezoneClient, fixture_records: Sequence[Record], tmp_path: Path
) -> None:
    file = tmp_path / "one.csv"
    file.write_text(f'abstract\n"{fixture_records[0].abstract}"\n')
    first = safezone.submit_job(file, idempotency_key="round-3")
    assert safezone.submit_job(file, idempotency_key="round-3")["id"] == first["id"]
    assert safezone.submit_job(file)["id"] != first["id"]


def test_the_client_for_event_loops_does_the_same(
    debug_server: LiveServer,
    safezone: SafezoneClient,
    fixture_records: Sequence[Record],
    tmp_path: Path,
) -> None:
    sent = proposals(fixture_records[:3])
    file = tmp_path / "one.csv"
    file.write_text(f'id,abstract\n1,"{fixture_records[0].abstract}"\n')

    async def all_of_it() -> tuple[Any, ...]:
        async with AsyncSafezoneClient(debug_server.url) as client:
            items = [item async for item in client.assess_many(sent)]
            job = await client.wait(await client.submit_job(file), timeout=120)
            rows = [row async for row in client.results(job)]
            await client.save_results(job, tmp_path / "out.csv")
            await client.delete_job(job)
            return items, rows, await client.assess_flat(sent[0]["abstract"])

    items, rows, flat = anyio.run(all_of_it)
    assert items == list(safezone.assess_many(sent))
    assert [row["id"] for row in rows] == ["1"]
    assert flat == safezone.assess_flat(sent[0]["abstract"])
    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig").startswith("row,id,")
