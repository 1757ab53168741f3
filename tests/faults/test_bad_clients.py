"""Clients that are slow, leave, or are too many: they get their due, and nobody waits for them."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from debug_servers import client_of, debug_servers, lines_of
from live_jobs import abstract
from live_server import LiveServer
from raw_requests import connect, free_port, head, status_of
from waiting import until

DEADLINE, QUEUE = 8, 4
# Much work with `include=sentences`, and a large answer.
LONG = " ".join(abstract(number) for number in range(40))
SENTENCES = {"include": "sentences"}


@pytest.fixture(scope="module")
def metrics_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def server(
    metrics_port: int, debug_bundle_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    """A server that reads one text at a time, and knows how fast it is."""
    with debug_servers(tmp_path_factory.mktemp("bad-clients"), debug_bundle_path) as servers:
        server = servers.start(
            readers=1,
            deadline=DEADLINE,
            queue=QUEUE,
            metrics_port=metrics_port,
            rate="1000000/minute",
        )
        with client_of(server) as client:
            for _ in range(3):
                client.post("/v1/assessments", params=SENTENCES, json={"abstract": LONG})
        yield server


def _assert_others_are_answered(server: LiveServer) -> None:
    with client_of(server) as client:
        answer = client.post("/v1/assessments", json={"abstract": abstract(1)})
    assert answer.status_code == 200


def test_a_body_that_drips_is_refused_and_holds_up_nobody(server: LiveServer) -> None:
    """Neither one that comes byte by byte, nor ones that stop coming."""
    json_head = head("POST", "/v1/assessments", content_type="application/json", content_length=99)
    form_head = head(
        "POST", "/v1/jobs", content_type="multipart/form-data; boundary=b", content_length=999
    )
    with ExitStack() as open_ones:
        dripping, *silent = [open_ones.enter_context(connect(server)) for _ in range(20)]
        for connection in silent[1:]:
            connection.sendall(json_head)
        silent[0].sendall(form_head + b"--b\r\n")
        dripping.sendall(json_head + b"{")
        _assert_others_are_answered(server)
        for _ in range(DEADLINE):
            time.sleep(1)
            dripping.sendall(b" ")
        time.sleep(1)
        dripping.sendall(b" ")
        assert [status_of(connection) for connection in (dripping, *silent)] == [408] * 20


def test_a_client_that_reads_slowly_holds_up_nobody(server: LiveServer) -> None:
    body = httpx.Request("POST", server.url, json={"proposals": [{"abstract": LONG}] * 3}).content
    told = {"content_type": "application/json", "content_length": len(body)}
    with ExitStack() as open_ones:
        slow = [open_ones.enter_context(connect(server)) for _ in range(3)]
        for connection in slow:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connection.sendall(head("POST", "/v1/assessments:batch", **told) + body)
        assert [status_of(connection) for connection in slow] == [200] * 3
        _assert_others_are_answered(server)


def test_nothing_is_read_for_a_client_that_has_left(server: LiveServer, metrics_port: int) -> None:
    before = _metric(metrics_port, "safezone_signals_total")
    body = httpx.Request("POST", server.url, json={"abstract": LONG}).content
    told = {"content_type": "application/json", "content_length": len(body)}
    with ExitStack() as open_ones:
        stay = [open_ones.enter_context(connect(server)) for _ in range(3)]
        for connection in stay:
            connection.sendall(head("POST", "/v1/assessments?include=sentences", **told) + body)
        with connect(server) as leaves:
            leaves.sendall(head("POST", "/v1/assessments", **told) + body)
            # One is being read, the others wait.
            until(lambda: _metric(metrics_port, "safezone_inference_queue_depth") == len(stay))
        assert [status_of(connection) for connection in stay] == [200] * 3
        _assert_others_are_answered(server)
    assert _metric(metrics_port, "safezone_signals_total") - before == len(stay) + 1
    [line] = [line for line in lines_of(server.log) if line.get("outcome") == "client_gone"]
    assert (line["status"], line["route"]) == (499, "/v1/assessments")


def test_more_than_can_be_read_in_time_is_turned_away_at_once(server: LiveServer) -> None:
    def ask(_: int) -> tuple[httpx.Response, float]:
        with client_of(server) as client:
            began = time.monotonic()
            answer = client.post("/v1/assessments", params=SENTENCES, json={"abstract": LONG})
            return answer, time.monotonic() - began

    with ThreadPoolExecutor(30) as threads:
        asked = list(threads.map(ask, range(30)))
    answers = [answer for answer, _ in asked]
    assert {answer.status_code for answer in answers} == {200, 503}
    refused = [answer for answer in answers if answer.status_code == 503]
    kinds = {answer.json()["type"].removeprefix("urn:safezone:problem:") for answer in refused}
    assert {"busy"} <= kinds <= {"busy", "deadline"}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert max(seconds for _, seconds in asked) < 4 * DEADLINE
    _assert_others_are_answered(server)


def _metric(port: int, name: str) -> float:
    """The sum over a metric's labels."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text
    families = text_string_to_metric_families(text)
    samples = [sample for family in families for sample in family.samples]
    return sum(sample.value for sample in samples if sample.name == name)
