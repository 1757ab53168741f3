"""Stopping as an operator or a supervisor does: nobody is cut off, and the work is handed on."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from debug_servers import DebugServers, client_of, lines_of
from https_receiver import Certificates, Receiver, make_certificates, receiving
from live_jobs import (
    abstract,
    assert_whole,
    csv_file,
    job_of,
    rows_of,
    send,
    until_begun,
    until_ended,
)
from live_server import LiveServer
from safezone.store.engine import open_engine, reading
from safezone.store.job_types import QUEUED
from safezone.store.tables import jobs
from waiting import until

ROWS = 600
LONG = {"abstract": " ".join(abstract(number) for number in range(40))}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("authority"), "localhost")


@pytest.fixture
def silent(certificates: Certificates) -> Iterator[Receiver]:
    """A receiver of webhooks that takes them and never answers."""
    with receiving(certificates) as receiver:
        receiver.manner = "silent"
        yield receiver


def _stop(server: LiveServer, number: signal.Signals) -> None:
    server.process.send_signal(number)
    server.process.wait(timeout=60)


def _assert_ended_well(server: LiveServer) -> None:
    assert "Traceback" not in server.log.read_text()
    events = [line["event"] for line in lines_of(server.log)]
    assert "Application shutdown complete." in events
    assert not {"uncaught", "unforeseen"} & set(events)


def test_requests_are_answered_to_their_end_and_the_job_goes_on_elsewhere_at_once(
    servers: DebugServers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    server = servers.start()
    with client_of(server) as client, ThreadPoolExecutor(8) as threads:
        job_id = send(client, csv_file(ROWS))["id"]
        until_begun(client, job_id)
        running = [threads.submit(_long_request, server) for _ in range(8)]
        until(lambda: _answered(server))
        _stop(server, signal.SIGTERM)
        statuses = [one.result() for one in running]
    assert set(statuses) <= {200, None}, "answered, or never taken"
    assert statuses.count(200) > 1, "more than the one that it was stopped after"
    _assert_ended_well(server)
    assert list(temporary.iterdir()) == []
    with reading(open_engine(servers.store_url)) as connection:
        assert connection.execute(select(jobs.c.state, jobs.c.worker)).one() == (QUEUED, None)

    following = servers.start()
    with client_of(following) as client:
        assert job_of(client, job_id)["done"] < ROWS
        assert until_ended(client, job_id)["state"] == "completed"
        assert_whole(rows_of(client, job_id), ROWS)


def _long_request(server: LiveServer) -> int | None:
    """The status of the answer; None where no connection was made any more."""
    with client_of(server) as client:
        try:
            return client.post("/v1/assessments", json=LONG).status_code
        except httpx.ConnectError:
            return None


def _answered(server: LiveServer) -> int:
    return sum(line.get("route") == "/v1/assessments" for line in lines_of(server.log))


def test_a_receiver_that_never_answers_holds_up_no_job_and_no_stop(
    servers: DebugServers, certificates: Certificates, silent: Receiver
) -> None:
    server = servers.start(
        webhook_secret="of the tests, long enough to be one",
        webhook_networks='["127.0.0.0/8", "::1/128"]',
        webhook_ca=certificates.authority,
    )
    url = f"https://localhost:{silent.port}/hooks"
    with client_of(server) as client:
        first = send(client, csv_file(1), webhook_url=url)["id"]
        until_ended(client, first)
        until(lambda: silent.received)
        others = [send(client, csv_file(1), webhook_url=url)["id"] for _ in range(3)]
        for job_id in others:
            assert until_ended(client, job_id)["state"] == "completed"
        told = job_of(client, first)["webhook"]
        assert (told["delivered"], told["attempts"]) == (False, 1)
        _stop(server, signal.SIGINT)
    assert server.process.returncode == 0
    _assert_ended_well(server)
