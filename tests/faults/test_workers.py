"""Several processes behind one port: all of them answer, are counted together, and end together."""

import os
import re
import signal

import httpx

from debug_servers import DebugServers, client_of, lines_of
from live_jobs import abstract
from live_server import LiveServer
from raw_requests import free_port
from waiting import until

_REQUESTS = 4


def test_each_worker_answers_a_lost_one_is_replaced_and_none_is_left_behind(
    servers: DebugServers,
) -> None:
    port = free_port()
    server = servers.start("--workers", "2", metrics_port=port)
    one, two = _workers(server, 2)
    for still in (one, two):
        os.kill(still, signal.SIGSTOP)
        _ask(server, _REQUESTS // 2)
        os.kill(still, signal.SIGCONT)
    counted = 'safezone_requests_total{method="POST",route="/v1/assessments",status="200"}'
    metrics = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text
    assert f"{counted} {_REQUESTS:.1f}" in metrics.splitlines()

    os.kill(one, signal.SIGKILL)
    _ask(server, 1)
    *_, three = _workers(server, 3)

    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=60) == 0
    assert not [process for process in (one, two, three) if _runs(process)]
    assert "Traceback" not in server.log.read_text()


def _workers(server: LiveServer, number: int) -> list[int]:
    """The processes that have ever begun to answer requests, once there are that many."""

    def events() -> list[str]:
        return [line["event"] for line in lines_of(server.log)]

    until(lambda: events().count("Application startup complete.") == number)
    started = map(re.compile(r"Started server process \[(\d+)\]").fullmatch, events())
    return [int(found[1]) for found in started if found]


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _ask(server: LiveServer, number: int) -> None:
    for _ in range(number):
        # A new connection each time: one that is kept stays with its worker.
        with client_of(server) as client:
            answer = client.post("/v1/assessments", json={"abstract": abstract(number)})
        assert answer.status_code == 200
