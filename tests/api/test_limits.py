"""Rates on live servers: what is told, what is counted, and whose; alone and several together."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import httpx
import pytest

from debug_servers import client_of, debug_servers, lines_of
from live_jobs import csv_file, send_file
from live_server import LiveServer
from redis_server import RedisServer, redis_server
from safezone.store.engine import open_engine
from safezone.store.key_text import new_key_text
from safezone.store.keys import KeyStore
from safezone.store.schema import upgrade
from safezone.store.scopes import Scope

PROPOSAL = {"abstract": "We date ice cores from a public archive."}
# An hour, so that no test runs over the end of a window.
RATE = "5/hour"
_ADDRESSES = count(1)


def _address() -> str:
    """An address that nobody has asked from yet."""
    return f"203.0.113.{next(_ADDRESSES)}"


@pytest.fixture(scope="module")
def server(
    debug_bundle_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveServer]:
    with debug_servers(tmp_path_factory.mktemp("limited"), debug_bundle_path) as servers:
        yield servers.start(rate=RATE)


@pytest.fixture
def client(server: LiveServer) -> Iterator[httpx.Client]:
    """A caller of its own, behind the proxy that the server trusts."""
    with client_of(server, x_forwarded_for=_address()) as client:
        yield client


def _assess(client: httpx.Client) -> httpx.Response:
    return client.post("/v1/assessments", json=PROPOSAL)


def _batch(client: httpx.Client, number: int) -> httpx.Response:
    return client.post("/v1/assessments:batch", json={"proposals": [PROPOSAL] * number})


def _left(answer: httpx.Response) -> int:
    """How many proposals the header says are left."""
    name, remaining, _ = answer.headers["ratelimit"].split(";")
    assert name == '"5-in-3600s"'
    return int(remaining.removeprefix("r="))


def test_answers_tell_how_much_is_left(client: httpx.Client) -> None:
    answers = [_assess(client) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert [_left(answer) for answer in answers] == [4, 3, 2, 1, 0]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"5-in-3600s";q=5;w=3600'}


def test_one_more_is_refused_and_told_when_to_come_again(client: httpx.Client) -> None:
    for _ in range(5):
        _assess(client)
    refused = _assess(client)
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "urn:safezone:problem:too-many-requests"
    assert 1 <= int(refused.headers["retry-after"]) <= 3600
    assert _left(refused) == 0


def test_each_address_has_its_own_rate(server: LiveServer, client: httpx.Client) -> None:
    assert _batch(client, 5).status_code == 200
    assert _assess(client).status_code == 429
    with client_of(server, x_forwarded_for=_address()) as other:
        assert _left(_assess(other)) == 4


def test_an_address_is_believed_of_trusted_proxies_alone(server: LiveServer) -> None:
    """Else everybody would have as many rates as there are addresses to name."""
    from_elsewhere = httpx.HTTPTransport(local_address="127.0.0.9")
    with httpx.Client(base_url=server.url, transport=from_elsewhere, timeout=120) as client:
        left = []
        for _ in range(3):
            headers = {"x-forwarded-for": _address()}
            left.append(_left(client.post("/v1/assessments", json=PROPOSAL, headers=headers)))
    assert left == [4, 3, 2]


def test_a_batch_counts_its_proposals_and_a_comparison_two(client: httpx.Client) -> None:
    assert _left(_batch(client, 3)) == 2
    framings = {"before": PROPOSAL, "after": PROPOSAL}
    assert _left(client.post("/v1/comparisons", json=framings)) == 0


def test_a_batch_that_is_refused_counts_nothing(client: httpx.Client) -> None:
    assert _left(_batch(client, 3)) == 2
    refused = _batch(client, 3)
    assert refused.status_code == 429
    assert _left(refused) == 2
    assert _left(_batch(client, 2)) == 0


def test_no_batch_is_larger_than_the_rate(client: httpx.Client) -> None:
    assert client.get("/v1/limits").json()["proposals_in_a_batch"] == 5
    assert _batch(client, 6).status_code == 429
    assert _batch(client, 5).status_code == 200


def test_a_job_counts_one_and_what_is_no_proposal_nothing(client: httpx.Client) -> None:
    for path in ("/livez", "/readyz", "/openapi.json", "/v1/limits", "/v1/policies", "/v1/jobs"):
        for _ in range(6):
            assert client.get(path).status_code == 200
    assert client.post("/v1/assessments", json={}).status_code == 422
    assert send_file(client, csv_file(3)).status_code == 202
    assert _left(_assess(client)) == 3


@dataclass(frozen=True)
class Shared:
    """Two servers with one database of keys and one Redis."""

    one: LiveServer
    two: LiveServer
    keys: KeyStore

    def client(self, server: LiveServer, text: str) -> httpx.Client:
        return client_of(server, x_api_key=text, x_forwarded_for=_address())


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="module")
def shared(
    redis: RedisServer, debug_bundle_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shared]:
    with debug_servers(tmp_path_factory.mktemp("shared-rates"), debug_bundle_path) as servers:
        engine = open_engine(servers.store_url)
        upgrade(engine)
        keys = KeyStore(engine)
        keys.create("first", [Scope.ASSESS])
        one, two = (servers.start(rate=RATE, rate_store=redis.url) for _ in range(2))
        yield Shared(one, two, keys)
        engine.dispose()


def test_two_servers_share_a_keys_rate(shared: Shared) -> None:
    _, text = shared.keys.create("portal", [Scope.ASSESS])
    left, statuses = [], []
    for server in (shared.one, shared.two) * 3:
        with shared.client(server, text) as client:
            answer = _assess(client)
        left.append(_left(answer))
        statuses.append(answer.status_code)
    assert left == [4, 3, 2, 1, 0, 0]
    assert statuses == [200] * 5 + [429]


def test_each_key_has_its_own_rate_and_the_one_that_replaces_it_the_same(shared: Shared) -> None:
    key, text = shared.keys.create("portal", [Scope.ASSESS])
    _, replacing = shared.keys.rotate(key.id, timedelta(days=1))
    _, other = shared.keys.create("library", [Scope.ASSESS])
    with shared.client(shared.one, text) as client:
        assert _left(_batch(client, 3)) == 2
    with shared.client(shared.two, replacing) as client:
        assert _left(_assess(client)) == 1
    with shared.client(shared.two, other) as client:
        assert _left(_assess(client)) == 4


def test_whoever_tries_keys_runs_into_a_rate_and_holds_up_nobody_else(shared: Shared) -> None:
    _, text = shared.keys.create("portal", [Scope.ASSESS])
    address = _address()
    statuses = []
    for server in (shared.one, shared.two) * 3:
        wrong = {"x_api_key": new_key_text().whole, "x_forwarded_for": address}
        with client_of(server, **wrong) as client:
            statuses.append(client.get("/v1/policies").status_code)
    assert statuses == [401] * 5 + [429]
    with client_of(shared.one, x_api_key=text, x_forwarded_for=address) as client:
        assert _assess(client).status_code == 200, "a valid key is let in from there"


@pytest.mark.parametrize("trouble", ["stop", "freeze"])
def test_everybody_is_let_through_where_rates_cannot_be_counted(
    shared: Shared, redis: RedisServer, trouble: str
) -> None:
    _, text = shared.keys.create("portal", [Scope.ASSESS])
    with shared.client(shared.one, text) as client:
        assert _batch(client, 5).status_code == 200
        getattr(redis, trouble)()
        try:
            began = time.monotonic()
            answers = [_assess(client) for _ in range(3)]
            took = time.monotonic() - began
        finally:
            redis.stop()
            redis.start()
        assert [answer.status_code for answer in answers] == [200] * 3
        assert all("ratelimit" not in answer.headers for answer in answers)
        assert took < 3 * 5, "each was answered long before its deadline"
        lines = [line for line in lines_of(shared.one.log) if line["event"] == "rates_not_counted"]
        assert {line["level"] for line in lines} == {"warning"}
        # Counting goes on by itself; a Redis that keeps nothing begins anew.
        assert _left(_assess(client)) == 4
