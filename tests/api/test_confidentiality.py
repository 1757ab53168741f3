"""Nothing of a proposal is written anywhere, wherever in a request it stands and whatever is wrong
with it; and what a job must keep for a while is gone from the database's files afterwards.

A word that stands nowhere else is sent in every part of every request that the OpenAPI document
describes, to a server that logs, counts and traces all it can.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest

from bad_files import BAD_FILES, MOST_ROWS
from bad_requests import BAD_REQUESTS, CANARY, JSON
from debug_servers import DebugServers, client_of, debug_servers
from live_jobs import csv_file, send, send_file, until_ended
from live_server import LiveServer, stop_server
from otlp_sink import otlp_sink
from proposal_files import csv_text, jsonl, parquet, xlsx
from raw_requests import connect, free_port
from waiting import until

# Of what a caller is given back, and a job therefore keeps until it is deleted.
GIVEN_BACK = "bassoonlagrange"
SECRET = "of the tests, long enough to be one"
RATE = "1000000/minute"
TEXT = f"We study {CANARY} and ice in cores from a public archive. " * 8
ROW = {"id": GIVEN_BACK, "title": CANARY, "abstract": TEXT, CANARY: CANARY}
BAD_ROW = {"id": GIVEN_BACK * 50, "title": CANARY, "abstract": f"{CANARY}\0", CANARY: CANARY}
PROPOSAL = {"id": CANARY, "title": CANARY, "abstract": TEXT}
GOOD_BODIES: dict[str, Any] = {
    "/v1/assessments": PROPOSAL,
    "/v1/assessments:batch": {"proposals": [PROPOSAL, CANARY, {"abstract": CANARY, CANARY: 1}]},
    "/v1/comparisons": {
        "before": {"title": CANARY, "abstract": TEXT},
        "after": {"title": CANARY, "abstract": f"{TEXT} {CANARY}."},
    },
}
HEADERS = {
    "authorization": f"Bearer {CANARY}",
    "cookie": f"{CANARY}={CANARY}",
    "idempotency-key": CANARY,
    "referer": f"https://{CANARY}.example.org/",
    "traceparent": CANARY,
    "tracestate": f"{CANARY}={CANARY}",
    "user-agent": CANARY,
    "x-api-key": CANARY,
    "x-forwarded-for": CANARY,
    # One that looks like an id is given back and logged, which is what it is for.
    "x-request-id": f"{CANARY} {CANARY}",
}


@dataclass(frozen=True)
class Evidence:
    """What was found, each in bytes; the server of the first log is the one that traces."""

    logs: list[bytes]
    errors: bytes
    metrics: bytes
    traces: bytes
    temporary: bytes
    while_waiting: bytes
    after_the_end: bytes
    while_kept: bytes
    after_its_time: bytes


@pytest.fixture(scope="module")
def evidence(
    debug_bundle_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Evidence]:
    folder, temporary = tmp_path_factory.mktemp("told"), tmp_path_factory.mktemp("temporary")
    with (
        otlp_sink() as sink,
        debug_servers(folder, debug_bundle_path) as servers,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("TMPDIR", str(temporary))
        port = free_port()
        traces = {"traces_endpoint": sink.endpoint} if find_spec("opentelemetry") else {}
        first = servers.start(
            metrics_port=port, webhook_secret=SECRET, job_rows=MOST_ROWS, rate=RATE, **traces
        )
        with client_of(first) as client:
            answers = [*_told_everything(client), *_told_bad_files(client)]
            of_no_http = list(_told_what_is_no_http(first))
            jobs = _sent_good_files(client)
            while_waiting = _database(servers)
            for job_id in jobs:
                assert until_ended(client, job_id)["state"] == "completed"
        metrics = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=120).content
        first.process.terminate()
        first.process.wait(timeout=60)

        # What one process has left, the next erases when it starts.
        second = servers.start(webhook_secret=SECRET, retention_hours=1 / 3600)
        after_the_end = _database_rid_of(CANARY, servers)
        with client_of(second) as client:
            for job_id in jobs:
                assert client.delete(f"/v1/jobs/{job_id}").status_code == 204
            last = _sent_good_files(client)[-1]
            while_kept = _database(servers)
            until(lambda: client.get(f"/v1/jobs/{last}").status_code == 404)
        stop_server(second)
        servers.start()
        after_its_time = _database_rid_of(GIVEN_BACK, servers)
        yield Evidence(
            logs=[server.log.read_bytes() for server in servers.started],
            errors=b"".join([*of_no_http, *(one.content for one in answers if one.is_error)]),
            metrics=metrics,
            traces=b"".join(sink.bodies),
            temporary=b"".join(p.read_bytes() for p in temporary.rglob("*") if p.is_file()),
            while_waiting=while_waiting,
            after_the_end=after_the_end,
            while_kept=while_kept,
            after_its_time=after_its_time,
        )


def _told_everything(client: httpx.Client) -> Iterator[httpx.Response]:
    """Good and bad requests to everything that the document describes, and to what it does not."""
    document = client.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        url = path.format_map({"policy_id": CANARY, "version": CANARY, "job_id": CANARY})
        for method, operation in operations.items():
            query = {one["name"]: CANARY for one in operation.get("parameters", [])}
            for params, body in product(
                ({}, {CANARY: CANARY}, query), (None, GOOD_BODIES.get(path), CANARY, [CANARY])
            ):
                yield client.request(method, url, params=params, json=body, headers=HEADERS)
            if method == "post":
                for _, _, content, headers in BAD_REQUESTS.values():
                    yield client.post(url, content=content, headers=HEADERS | headers)
    for include in ("", "evidence,precedents", "sentences", "invariance"):
        for view in ("full", "flat"):
            asked = {"include": include, "view": view}
            answer = client.post("/v1/assessments", params=asked, json=PROPOSAL)
            assert answer.status_code == 200
            yield answer
    for method, url in ((CANARY, "/v1/assessments"), ("GET", f"/{CANARY}"), ("GET", f"//{CANARY}")):
        yield client.request(method, url, headers=HEADERS)
    yield client.post("/v1/assessments", content=b'"' + CANARY.encode() * 99, headers=JSON)


def _told_bad_files(client: httpx.Client) -> Iterator[httpx.Response]:
    for content, _ in BAD_FILES.values():
        yield send_file(client, content, HEADERS, name=f"{CANARY}.csv")
    good = csv_file(1)
    for field in ("policy", "include", "id_column", "abstract_column", "webhook_url", CANARY):
        order: dict[str, Any] = {field: f"{CANARY} {CANARY}"}
        yield send_file(client, good, name=CANARY, **order)
    yield send_file(client, good, webhook_url=f"https://{CANARY}:{CANARY}@10.0.0.1/{CANARY}")
    form = {"content-type": f"multipart/form-data; boundary={CANARY}"}
    yield client.post("/v1/jobs", content=f"--{CANARY}\r\n{CANARY}".encode(), headers=form)
    form = {"content-type": f"multipart/form-data; {CANARY}"}
    yield client.post("/v1/jobs", content=CANARY.encode(), headers=form)


def _told_what_is_no_http(server: LiveServer) -> Iterator[bytes]:
    lines = (CANARY, f"GET /{CANARY} HTTP/9.{CANARY}", f"GET /{CANARY} HTTP/1.1\r\n:{CANARY}")
    for line in lines:
        with connect(server) as connection:
            connection.sendall(f"{line}\r\n\r\n".encode())
            while received := connection.recv(4096):
                yield received


def _sent_good_files(client: httpx.Client) -> list[str]:
    """Jobs of a file of each format, with a good and a bad row."""
    rows = [ROW, BAD_ROW]
    table: list[list[str]] = [list(ROW), *([*row.values()] for row in rows)]
    files = [
        jsonl(rows),
        csv_text(table).replace("\0", "").encode(),
        xlsx([[cell.replace("\0", "") for cell in row] for row in table]),
        parquet({name: [row[name] for row in rows] for name in ROW}),
        json.dumps(rows).encode(),
    ]
    url = f"https://{GIVEN_BACK}.example.invalid/"
    order = {"name": f"{CANARY}.csv", "webhook_url": url, "include": "sentences"}
    return [send(client, file, **order)["id"] for file in files]


def _database(servers: DebugServers) -> bytes:
    """All bytes of the database's files: the database itself, -wal and -shm."""
    files = sorted(servers.folder.glob("safezone.db*"))
    return b"".join(path.read_bytes() for path in files)


def _database_rid_of(word: str, servers: DebugServers) -> bytes:
    """Its bytes once the word is not among them; or as they are if that does not happen."""
    with suppress(AssertionError):
        until(lambda: word.encode() not in _database(servers))
    return _database(servers)


def _assert_silent(told: bytes) -> None:
    for word in (CANARY, GIVEN_BACK):
        assert word.encode() not in told.lower()


def test_no_text_reaches_the_log(evidence: Evidence) -> None:
    for log in evidence.logs:
        _assert_silent(log)
        assert b"Traceback" not in log
    # The guard could fail: the log does hold what it may hold.
    assert b"/v1/assessments" in evidence.logs[0]


def test_no_text_reaches_the_answer_of_an_error(evidence: Evidence) -> None:
    _assert_silent(evidence.errors)
    kinds = ("malformed-json", "not-found", "method-not-allowed", "body-too-large", "invalid-file")
    for kind in (*kinds, "unsupported-media-type", "invalid-proposal", "invalid-request"):
        assert f"urn:safezone:problem:{kind}".encode() in evidence.errors
    assert b"urn:safezone:problem:internal" not in evidence.errors


def test_no_text_reaches_the_metrics(evidence: Evidence) -> None:
    _assert_silent(evidence.metrics)
    assert b'route="/v1/assessments"' in evidence.metrics


def test_no_text_reaches_the_traces(evidence: Evidence) -> None:
    pytest.importorskip("opentelemetry")
    _assert_silent(evidence.traces)
    route = b"/v1/jobs/{job_id}"
    assert evidence.traces.count(route) == evidence.logs[0].count(route), "to the last request"


def test_no_text_is_left_in_temporary_files(evidence: Evidence) -> None:
    assert evidence.temporary == b""


def test_the_text_of_a_job_is_gone_from_the_database_when_it_has_ended(evidence: Evidence) -> None:
    # The guard could fail: it does stand there while the job waits.
    assert CANARY.encode() in evidence.while_waiting
    assert CANARY.encode() not in evidence.after_the_end
    assert GIVEN_BACK.encode() in evidence.after_the_end, "its answers are kept"


def test_all_of_a_job_is_gone_from_the_database_when_its_time_has_run_out(
    evidence: Evidence,
) -> None:
    assert CANARY.encode() in evidence.while_kept
    _assert_silent(evidence.after_its_time)
