"""Servers and a worker on one PostgreSQL database: they share the work, and outlast its absence."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import httpx
import pytest

from databases import PostgresServer
from debug_servers import client_of, debug_servers, lines_of
from live_jobs import (
    abstract,
    assert_whole,
    csv_file,
    rows_of,
    send,
    send_file,
    until_begun,
    until_ended,
)
from live_server import LiveServer
from safezone.store.engine import open_engine
from safezone.store.keys import KeyStore
from safezone.store.schema import upgrade
from safezone.store.scopes import Scope

PROPOSAL = {"abstract": abstract(1)}


@dataclass(frozen=True)
class Shared:
    """A server that asks for keys, one that is open to all, and the logs of these and a worker."""

    keyed: LiveServer
    open_to_all: LiveServer
    key: str
    logs: list[Path]


@pytest.fixture(scope="module")
def shared(
    postgres_server: PostgresServer,
    debug_bundle_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Shared]:
    postgres_server.start()
    url = postgres_server.make_database()
    engine = open_engine(url)
    upgrade(engine)
    _, text = KeyStore(engine).create("portal", list(Scope))
    engine.dispose()
    with debug_servers(tmp_path_factory.mktemp("shared"), debug_bundle_path) as servers:
        keyed = servers.start(store=url)
        open_to_all = servers.start(store=url, auth="off")
        worker = servers.start_worker(store=url)
        yield Shared(keyed, open_to_all, text, [keyed.log, open_to_all.log, worker])
        postgres_server.start()


def test_all_share_the_jobs_and_no_row_is_done_twice(shared: Shared) -> None:
    with (
        client_of(shared.keyed, x_api_key=shared.key) as keyed,
        client_of(shared.open_to_all) as other,
    ):
        sent = [(client, send(client, csv_file(100))["id"]) for client in (keyed, other) * 4]
        for client, job_id in sent:
            job = until_ended(client, job_id)
            assert (job["state"], job["done"], job["bad"]) == ("completed", 100, 0)
            assert_whole(rows_of(client, job_id), 100)
    ended = {log: [line["job"] for line in lines_of(log) if line["event"] == "job"]
             for log in shared.logs}  # fmt: skip
    assert sorted(chain(*ended.values())) == sorted(job_id for _, job_id in sent)
    assert sum(map(bool, ended.values())) > 1, "more than one took part"


def test_a_database_that_is_gone_is_told_and_the_job_goes_on_when_it_is_back(
    shared: Shared, postgres_server: PostgresServer
) -> None:
    with (
        client_of(shared.keyed, x_api_key=shared.key) as keyed,
        client_of(shared.open_to_all) as other,
    ):
        job_id = send(keyed, csv_file(900))["id"]
        until_begun(keyed, job_id)
        postgres_server.stop()
        for answer in (
            keyed.post("/v1/assessments", json=PROPOSAL),
            keyed.get(f"/v1/jobs/{job_id}"),
            keyed.get("/v1/policies"),
            send_file(keyed, csv_file(2)),
            send_file(other, csv_file(2)),
            other.get("/v1/jobs"),
        ):
            _assert_told(answer)
        for client in (keyed, other):
            assert client.get("/livez").status_code == 200
            not_ready = client.get("/readyz")
            assert not_ready.status_code == 503
            assert not_ready.json()["type"] == "urn:safezone:problem:not-ready"
        assert other.post("/v1/assessments", json=PROPOSAL).status_code == 200

        postgres_server.start()
        assert keyed.post("/v1/assessments", json=PROPOSAL).status_code == 200
        assert keyed.get("/readyz").status_code == 200
        assert until_ended(keyed, job_id)["state"] == "completed"
        assert_whole(rows_of(keyed, job_id), 900)
        listed = keyed.get("/v1/jobs").json()["jobs"]
        assert listed[0]["id"] == job_id, "the file that was refused left nothing"


def _assert_told(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.json()["type"] == "urn:safezone:problem:store-unavailable"
    assert int(answer.headers["retry-after"]) >= 1
