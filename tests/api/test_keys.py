"""API keys on a live server: who is let in, and what those are told who are not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

import cli_run
from debug_servers import client_of, debug_servers
from fuzzing import fuzz
from live_jobs import csv_file, send, send_file
from live_server import LiveServer
from raw_requests import connect, head, status_of
from safezone.store.engine import open_engine, utc_now
from safezone.store.key_text import KeyText, new_key_text
from safezone.store.keys import KeyStore
from safezone.store.scopes import Scope

PROPOSAL = {"abstract": "We date ice cores from a public archive."}
FRAMING = {"before": PROPOSAL, "after": PROPOSAL}
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Keyed:
    """A server that asks for keys, and the store of them. `text` may be used for everything."""

    server: LiveServer
    store_url: str
    keys: KeyStore
    text: str

    def client(self, text: str) -> httpx.Client:
        return client_of(self.server, x_api_key=text)

    def status(self, text: str, path: str = "/v1/policies") -> int:
        with self.client(text) as client:
            return client.get(path).status_code


@pytest.fixture(scope="module")
def keyed(debug_bundle_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyed]:
    """On loopback and with nothing said about keys: that one was made is enough to ask for them."""
    with debug_servers(tmp_path_factory.mktemp("keyed"), debug_bundle_path) as servers:
        environment = {"SAFEZONE_STORE": servers.store_url}
        made = cli_run.run("keys", "create", "--name", "portal", environment=environment)
        server = servers.start(rate="1000000/minute")
        engine = open_engine(servers.store_url)
        yield Keyed(server, servers.store_url, KeyStore(engine), made.stdout.strip())
        engine.dispose()


def _refusals(keyed: Keyed) -> dict[str, str]:
    """Keys that must not be let in, by what is wrong with them."""
    revoked, revoked_text = keyed.keys.create("former", list(Scope))
    keyed.keys.revoke(revoked.id)
    engine = open_engine(keyed.store_url)
    long_ago = KeyStore(engine, clock=lambda: utc_now() - 2 * _DAY)
    _, expired_text = long_ago.create("summer school", list(Scope), utc_now() - _DAY)
    engine.dispose()
    known = keyed.text.split("_")[1]
    forged = KeyText(known, new_key_text().secret)
    return {
        "revoked": revoked_text,
        "expired": expired_text,
        "unknown": new_key_text().whole,
        "forged": forged.whole,
        "mistyped": keyed.text[:-1] + ("0" if keyed.text[-1] != "0" else "1"),
        "no key at all": "let-me-in",
    }


def test_without_a_key_nothing_under_v1_is_answered(keyed: Keyed) -> None:
    with client_of(keyed.server) as client:
        document = client.get("/openapi.json").json()
        for path, operations in document["paths"].items():
            for method in operations:
                answer = client.request(method, path)
                assert (answer.status_code == 401) == path.startswith("/v1/"), path
        unknown = client.get("/v1/nothing-here")
    assert unknown.status_code == 401, "what is there is not told either"
    assert unknown.headers["content-type"] == "application/problem+json"
    assert unknown.headers["www-authenticate"].startswith("Bearer")
    assert unknown.json()["type"] == "urn:safezone:problem:unauthenticated"
    assert "x-api-key" in unknown.json()["detail"]


def test_keys_that_are_not_valid_cannot_be_told_from_one_another(keyed: Keyed) -> None:
    answers = set()
    for text in _refusals(keyed).values():
        with keyed.client(text) as client:
            answer = client.get("/v1/policies")
        answers.add((answer.status_code, answer.headers["www-authenticate"], answer.text))
    [(status, _, _)] = answers
    assert status == 401


def test_a_key_is_taken_in_either_header(keyed: Keyed) -> None:
    for headers in (
        {"x-api-key": keyed.text},
        {"authorization": f"Bearer {keyed.text}"},
        {"authorization": f"bearer {keyed.text}"},
    ):
        answer = httpx.get(f"{keyed.server.url}/v1/policies", headers=headers, timeout=120)
        assert answer.status_code == 200
    elsewhere = httpx.get(
        f"{keyed.server.url}/v1/policies", params={"x-api-key": keyed.text}, timeout=120
    )
    assert elsewhere.status_code == 401


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [([Scope.ASSESS], (200, 403)), ([Scope.JOBS], (403, 200)), ([Scope.ADMIN], (200, 200))],
)
def test_a_key_may_do_what_its_scopes_say(
    keyed: Keyed, scopes: Sequence[Scope], expected: tuple[int, int]
) -> None:
    _, text = keyed.keys.create("narrow", scopes)
    assessing, jobs = expected
    with keyed.client(text) as client:
        for path, body in {
            "/v1/assessments": PROPOSAL,
            "/v1/assessments:batch": {"proposals": [PROPOSAL]},
            "/v1/comparisons": FRAMING,
        }.items():
            assert client.post(path, json=body).status_code == assessing
        assert client.get("/v1/jobs").status_code == jobs
        assert client.get("/v1/policies").status_code == 200
        if jobs == 403:
            refused = send_file(client, csv_file(1))
            assert refused.status_code == 403
            assert refused.json()["type"] == "urn:safezone:problem:forbidden"
            assert "'jobs'" in refused.json()["detail"]


def test_a_revoked_key_is_refused_at_once(keyed: Keyed) -> None:
    key, text = keyed.keys.create("leaver", [Scope.ASSESS])
    assert keyed.status(text) == 200
    environment = {"SAFEZONE_STORE": keyed.store_url}
    assert cli_run.run("keys", "revoke", key.id, environment=environment).returncode == 0
    assert keyed.status(text) == 401


def test_a_key_made_while_the_server_runs_is_let_in_at_once(keyed: Keyed) -> None:
    assert keyed.status(keyed.keys.create("joiner", [Scope.ASSESS])[1]) == 200


def test_a_rotated_key_has_the_jobs_of_the_old_which_ends_with_its_grace(keyed: Keyed) -> None:
    key, text = keyed.keys.create("portal", [Scope.JOBS])
    with keyed.client(text) as client:
        job = send(client, csv_file(1))
    _, with_grace = keyed.keys.rotate(key.id, _DAY)
    assert keyed.status(text) == keyed.status(with_grace) == 200
    _, without = keyed.keys.rotate(with_grace.split("_")[1], timedelta(0))
    assert keyed.status(with_grace) == 401
    assert keyed.status(without, f"/v1/jobs/{job['id']}") == 200


def test_probes_and_the_document_need_no_key(keyed: Keyed) -> None:
    with client_of(keyed.server) as client:
        for path in ("/livez", "/readyz", "/openapi.json"):
            assert client.get(path).status_code == 200


def test_the_document_names_how_keys_are_sent_where_they_are_asked_for(
    keyed: Keyed, client: httpx.Client
) -> None:
    with client_of(keyed.server) as keyed_client:
        asked = keyed_client.get("/openapi.json").json()
    assert asked["components"]["securitySchemes"] == {
        "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
    either: list[dict[str, list[str]]] = [{"apiKey": []}, {"bearer": []}]
    for path, operations in asked["paths"].items():
        for operation in operations.values():
            guarded = path.startswith("/v1/")
            assert operation.get("security") == (either if guarded else None)
            assert ("401" in operation["responses"]) == guarded
    open_to_all = client.get("/openapi.json").json()
    assert "securitySchemes" not in open_to_all["components"]
    assert '"security"' not in client.get("/openapi.json").text


@pytest.mark.parametrize("path", ["/v1/assessments", "/v1/jobs"])
def test_a_request_without_a_key_is_refused_before_its_body_is_read(
    keyed: Keyed, path: str
) -> None:
    """No byte of the body is ever sent: a server that waited for it would never answer."""
    with connect(keyed.server) as connection:
        told = {"content_type": "application/json", "content_length": 10**12}
        connection.sendall(head("POST", path, **told))
        assert status_of(connection) == 401


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--host", "0.0.0.0"], {}),
        (["--workers", "2"], {"SAFEZONE_AUTH": "keys"}),
    ],
)
def test_a_server_that_asks_for_keys_does_not_start_without_any(
    tmp_path: Path, arguments: list[str], environment: dict[str, str]
) -> None:
    store = {"SAFEZONE_STORE": f"sqlite:///{tmp_path / 'safezone.db'}"}
    ended = cli_run.run("serve", "--port", "0", *arguments, environment=environment | store)
    assert ended.returncode == 2
    assert "safezone keys create" in ended.stderr
    assert "SAFEZONE_AUTH=off" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_server_may_be_open_to_all_by_its_operators_word(
    debug_bundle_path: Path, tmp_path: Path
) -> None:
    with debug_servers(tmp_path, debug_bundle_path) as servers:
        server = servers.start("--host", "0.0.0.0", auth="off")
        with client_of(server) as client:
            assert client.post("/v1/assessments", json=PROPOSAL).status_code == 200


def test_no_key_stands_in_a_log_an_answer_or_the_database(keyed: Keyed) -> None:
    _, text = keyed.keys.create("portal", [Scope.ASSESS])
    _, key_id, secret = text.split("_")
    texts = [text, *_refusals(keyed).values()]
    answers = []
    for one in texts:
        with keyed.client(one) as client:
            answers += [
                client.post("/v1/assessments", json=PROPOSAL),
                client.get(f"/v1/policies/{one}"),
                client.get("/v1/jobs", params={"x-api-key": one}),
                client.get("/v1/policies", headers={"authorization": f"Bearer {one}"}),
            ]
    told = b"".join(answer.content for answer in answers)
    files = {path.name: path.read_bytes() for path in keyed.server.log.parent.iterdir()}
    # The guard can fail: what may stand there does.
    assert key_id.encode() in files[keyed.server.log.name]
    assert key_id.encode() in files["safezone.db"] + files["safezone.db-wal"]
    for where, content in {**files, "an answer": told}.items():
        assert secret.encode() not in content, where
        for one in texts:
            assert one.encode() not in content, where


def test_fuzzed_requests_are_answered_as_documented_where_keys_are_asked_for(
    keyed: Keyed, tmp_path: Path
) -> None:
    """Also that no operation answers without a key, or with one that is made up."""
    fuzz(keyed.server.url, tmp_path, "-H", f"x-api-key: {keyed.text}", "--max-examples", "10")
