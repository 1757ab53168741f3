"""What both clients send, and what they make of the answers."""

import inspect
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from client_doubles import Clock, Service, problem
from safezone.client import (
    AsyncSafezoneClient,
    Conflict,
    ConnectionFailed,
    InvalidRequest,
    SafezoneClient,
    WaitedTooLong,
)
from safezone.errors import InvalidSettings

Connect = Callable[..., Any]
TEXT = "A wholly unpublished idea."


def answered(body: Any, status: int = 200) -> Service:
    return Service([httpx.Response(status, json=body)])


def query(request: httpx.Request) -> dict[str, list[str]]:
    return parse_qs(request.url.query.decode(), keep_blank_values=True)


def job(state: str, done: int = 0) -> httpx.Response:
    return httpx.Response(200, json={"id": "j1", "state": state, "rows": 9, "done": done})


def test_a_proposal_is_sent_with_what_was_given_and_nothing_else(connect: Connect) -> None:
    service = answered({"id": None})
    client = connect(service, api_key="sz_key")
    client.assess(TEXT)
    client.assess(TEXT, "A title", "42", "us", include=["evidence", "invariance"])
    client.assess(TEXT, include=())
    assert service.bodies == [
        {"abstract": TEXT},
        {"abstract": TEXT, "title": "A title", "id": "42", "policy": "us"},
        {"abstract": TEXT},
    ]
    assert [query(request) for request in service.requests] == [
        {},
        {"include": ["evidence,invariance"]},
        {"include": [""]},
    ]
    for request in service.requests:
        assert (request.method, request.url.path) == ("POST", "/v1/assessments")
        assert request.headers["x-api-key"] == "sz_key"
        assert request.headers["content-type"] == "application/json"
        assert request.headers["user-agent"].startswith("safezone-client/")


def test_the_flat_view_is_asked_for(connect: Connect) -> None:
    service = answered({"signal": "no_flag"})
    assert connect(service).assess_flat(TEXT, id="42") == {"signal": "no_flag"}
    assert query(service.requests[0]) == {"view": ["flat"]}
    assert service.bodies == [{"abstract": TEXT, "id": "42"}]


def test_many_proposals_of_a_generator_are_answered_in_their_order(connect: Connect) -> None:
    def read(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/v1/assessments:batch"
        sent = json.loads(request.content)["proposals"]
        assert len(sent) <= 64
        results = [
            {"assessment": {"id": one["id"]}, "problem": None}
            if one["abstract"]
            else {"assessment": None, "problem": {"type": "urn:safezone:problem:invalid-proposal"}}
            for one in sent
        ]
        return httpx.Response(200, json={"results": results})

    proposals = ({"id": str(n), "abstract": "" if n == 70 else TEXT} for n in range(150))
    items = list(connect(read).assess_many(proposals, include=["evidence"]))
    assert [item["assessment"] and item["assessment"]["id"] for item in items] == [
        None if n == 70 else str(n) for n in range(150)
    ]
    assert items[70]["problem"]["type"].endswith("invalid-proposal")


def test_two_framings_are_compared(connect: Connect) -> None:
    service = answered({"changed": []})
    before, after = {"abstract": TEXT}, {"abstract": TEXT, "title": "New"}
    assert connect(service).compare(before, after, policy="us") == {"changed": []}
    assert service.bodies == [{"before": before, "after": after, "policy": "us"}]


def test_lists_are_taken_out_of_their_answers(connect: Connect) -> None:
    assert connect(answered({"policies": [{"id": "us"}]})).policies() == [{"id": "us"}]
    assert connect(answered({"jobs": [{"id": "j1"}]})).jobs() == [{"id": "j1"}]
    assert connect(answered({"version": "1"})).taxonomy() == {"version": "1"}
    assert connect(answered({"job_rows": 9})).limits() == {"job_rows": 9}


def test_a_file_is_submitted_with_a_key_of_its_own(connect: Connect, tmp_path: Path) -> None:
    file = tmp_path / "round 3.csv"
    file.write_bytes(b"id,abstract\n1,x\n")
    service = answered({"id": "j1"}, 202)
    client = connect(service)
    assert client.submit_job(file, policy="us", include=["evidence"], id_column="id") == {
        "id": "j1"
    }
    client.submit_job(file)
    client.submit_job(file, idempotency_key="round-3")
    form = service.requests[0].content
    for part in (b'name="policy"\r\n\r\nus', b'name="include"\r\n\r\nevidence', b"1,x\n"):
        assert part in form
    assert b'filename="round 3.csv"' in form
    assert b"webhook_url" not in form
    keys = [request.headers["idempotency-key"] for request in service.requests]
    assert len(set(keys)) == 3
    assert keys[2] == "round-3"


def test_a_file_sent_again_is_sent_whole_and_under_the_same_key(connect: Connect) -> None:
    content = b"x" * 200_000
    service = Service([httpx.ConnectError("no"), problem("busy", 503), job("queued")])
    told: list[int] = []
    connect(service).submit_job(io.BytesIO(content), progress=told.append)
    assert len({request.headers["idempotency-key"] for request in service.requests}) == 1
    for request in service.requests:
        assert content in request.content
        assert len(request.content) == int(request.headers["content-length"])
    once = told[: len(told) // 3]
    assert once == sorted(once)
    assert once[-1] == len(content)
    assert told == once * 3


@pytest.mark.parametrize(
    "file", [io.StringIO("text"), io.BufferedRWPair(io.BytesIO(), io.BytesIO())]
)
def test_a_file_that_could_not_be_sent_twice_is_refused(connect: Connect, file: Any) -> None:
    service = answered({})
    with pytest.raises(TypeError, match="binary mode"):
        connect(service).submit_job(file)
    assert service.requests == []


def test_a_job_is_waited_for_with_growing_pauses(connect: Connect, clock: Clock) -> None:
    service = Service([*[job("running", n) for n in range(12)], job("completed", 9)])
    told: list[tuple[int, int]] = []
    ended = connect(service).wait("j1", progress=lambda done, rows: told.append((done, rows)))
    assert ended["state"] == "completed"
    assert told[:2] == [(0, 9), (1, 9)]
    assert told[-1] == (9, 9)
    assert clock.slept == sorted(clock.slept)
    assert (clock.slept[0], clock.slept[-1]) == (0.25, 10)
    assert connect(Service([job("failed")])).wait({"id": "j1"})["state"] == "failed"


@pytest.mark.parametrize("timeout", [0, 5, 60])
def test_waiting_ends_in_time_and_looks_once_more_at_the_end(
    connect: Connect, clock: Clock, timeout: float
) -> None:
    began, looks = clock.now, []

    def running(_: httpx.Request) -> httpx.Response:
        looks.append(clock.now - began)
        return job("running")

    with pytest.raises(WaitedTooLong, match="Ask for it later"):
        connect(running).wait("j1", timeout=timeout)
    assert looks[0] == 0
    assert looks[-1] == pytest.approx(timeout)


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes in pieces, and may break."""

    def __init__(self, *pieces: bytes, broken: bool = False) -> None:
        self._pieces, self._broken = pieces, broken

    def __iter__(self) -> Any:
        yield from self._pieces
        if self._broken:
            raise httpx.ReadError("gone")

    async def __aiter__(self) -> Any:
        for piece in self:
            yield piece


def test_results_are_read_line_by_line_however_they_come(connect: Connect) -> None:
    lines = '{"problem":"\u2028"}\n{"problem":"é"}\n\n{"problem":1}'.encode()
    for size in (1, 7, len(lines)):
        pieces = [lines[n : n + size] for n in range(0, len(lines), size)]
        service = Service([httpx.Response(200, stream=Pieces(*pieces))])
        found = list(connect(service).results("j/1"))
        assert [item["problem"] for item in found] == ["\u2028", "é", 1]
        assert service.requests[0].url.raw_path == b"/v1/jobs/j%2F1/results?format=jsonl"


def test_results_before_the_end_are_a_conflict_that_can_be_read(connect: Connect) -> None:
    with pytest.raises(Conflict, match="What to do"):
        list(connect(Service([problem("conflict", 409)])).results("j1"))


def test_results_are_saved_in_the_format_of_the_files_name(
    connect: Connect, tmp_path: Path
) -> None:
    for suffix in ("jsonl", "csv", "xlsx"):
        service = Service([problem("busy", 503), httpx.Response(200, stream=Pieces(b"a", b"b"))])
        connect(service).save_results("j1", tmp_path / f"out.{suffix}")
        assert (tmp_path / f"out.{suffix}").read_bytes() == b"ab"
        assert query(service.requests[-1]) == {"format": [suffix]}
    with pytest.raises(ValueError, match=r"\.jsonl, \.csv or \.xlsx"):
        connect(service).save_results("j1", tmp_path / "out.pdf")


def test_results_that_break_off_leave_the_file_as_it_was(connect: Connect, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("of yesterday")
    service = Service([httpx.Response(200, stream=Pieces(b"a", broken=True))])
    with pytest.raises(ConnectionFailed):
        connect(service).save_results("j1", file)
    assert file.read_text() == "of yesterday"


def test_a_job_that_is_gone_already_is_deleted(connect: Connect) -> None:
    service = Service([httpx.ReadTimeout("slow"), problem("not-found", 404)])
    connect(service).delete_job("j1")
    assert {request.method for request in service.requests} == {"DELETE"}
    connect(Service([httpx.Response(204)])).delete_job("j1")


def test_no_exception_holds_the_text(connect: Connect) -> None:
    for answer in (httpx.ConnectError("no"), httpx.Response(500, text=TEXT), problem("x", 422)):
        with pytest.raises((ConnectionFailed, InvalidRequest, Exception)) as caught:
            connect(Service([answer])).assess(TEXT)
        error: BaseException | None = caught.value
        while error is not None:
            assert TEXT not in f"{error}{error!r}"
            error = error.__cause__ or error.__context__


@pytest.mark.parametrize(
    "url", ["localhost:8000", "", "ftp://x", "https://", "http://a\x00b", "/v1"]
)
def test_a_base_url_that_is_none_is_refused(url: str) -> None:
    for kind in (SafezoneClient, AsyncSafezoneClient):
        with pytest.raises(InvalidSettings, match="base URL"):
            kind(url)


def test_a_path_before_the_service_is_kept() -> None:
    service = answered({"version": "1"})
    transport = httpx.MockTransport(service)
    with SafezoneClient("https://gateway.test/safezone/", transport=transport) as client:
        client.taxonomy()
    assert service.requests[0].url == "https://gateway.test/safezone/v1/taxonomy"


def test_both_clients_have_the_same_methods_with_the_same_parameters() -> None:
    def face(kind: type) -> dict[str, list[tuple[str, Any, Any]]]:
        return {
            name: [
                (p.name, p.kind, p.default) for p in inspect.signature(method).parameters.values()
            ]
            for name, method in vars(kind).items()
            if callable(method) and not name.startswith("_")
        }

    assert face(SafezoneClient) == face(AsyncSafezoneClient)
    assert "assess_many" in face(SafezoneClient)
