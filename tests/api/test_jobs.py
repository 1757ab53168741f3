"""Jobs on a live server: from a file of any format to answers in any, and to its oblivion."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from python_calamine import load_workbook
from sqlalchemy import Engine, func, select

from bad_files import BAD_FILES, MOST_ROWS
from bad_requests import CANARY
from debug_servers import client_of, debug_servers
from https_receiver import Receiver, make_certificates, receiving
from live_jobs import (
    csv_file,
    job_of,
    rows_of,
    send,
    send_file,
    until_begun,
    until_ended,
)
from live_server import LiveServer
from proposal_files import csv_text, jsonl, parquet, xlsx
from safezone.client.webhooks import verify
from safezone.corpus.records import Record
from safezone.jobs.webhooks import derive_secret
from safezone.store.engine import open_engine
from safezone.store.keys import KeyStore
from safezone.store.schema import upgrade
from safezone.store.scopes import Scope
from safezone.store.tables import job_rows
from waiting import until

SECRET = "of the tests, long enough to be one"
MOST_BYTES = 2_000_000
COLUMNS = ("id", "title", "abstract")


@dataclass(frozen=True)
class Served:
    server: LiveServer
    engine: Engine
    keys: KeyStore
    webhooks: Receiver

    @property
    def webhook_url(self) -> str:
        return f"https://localhost:{self.webhooks.port}/hooks"


@pytest.fixture(scope="module")
def served(debug_bundle_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("jobs")
    certificates = make_certificates(tmp_path_factory.mktemp("authority"), "localhost")
    with receiving(certificates) as webhooks, debug_servers(folder, debug_bundle_path) as servers:
        engine = open_engine(servers.store_url)
        upgrade(engine)
        keys = KeyStore(engine)
        keys.create("first", [Scope.JOBS])
        server = servers.start(
            job_rows=MOST_ROWS,
            job_bytes=MOST_BYTES,
            webhook_secret=SECRET,
            webhook_networks='["127.0.0.0/8", "::1/128"]',
            webhook_ca=certificates.authority,
            rate="1000000/minute",
        )
        yield Served(server, engine, keys, webhooks)
        engine.dispose()


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    """A caller whose key has made no job yet."""
    _, text = served.keys.create("portal", [Scope.JOBS, Scope.ASSESS])
    with client_of(served.server, x_api_key=text) as client:
        yield client


@pytest.fixture(scope="module")
def table(fixture_records: Sequence[Record]) -> list[list[object]]:
    """Rows of id, title and abstract; the third and the last are no proposals."""
    rows: list[list[object]] = [[r.id, r.title, r.abstract] for r in fixture_records[:5]]
    return [*rows[:2], ["blank", CANARY, " "], *rows[2:], ["long", CANARY, f"{CANARY} " * 2_000]]


def _objects(table: Sequence[Sequence[object]]) -> list[dict[str, object]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in table]


FORMATS: dict[str, Callable[[list[list[object]]], bytes]] = {
    "csv": lambda table: csv_text([COLUMNS, *table]).encode(),
    "semicolons": lambda table: csv_text([COLUMNS, *table], ";").encode("utf-16"),
    "xlsx": lambda table: xlsx([COLUMNS, *table]),
    "jsonl": lambda table: jsonl(_objects(table)),
    "json": lambda table: json.dumps(_objects(table)).encode(),
    "parquet": lambda table: parquet(
        {name: [row[i] for row in table] for i, name in enumerate(COLUMNS)}
    ),
}


def _alone(client: httpx.Client, row: Sequence[object], **query: str) -> dict[str, Any]:
    """What a single request answers for a row."""
    body = dict(zip(COLUMNS, row, strict=True))
    answer = client.post("/v1/assessments", params={"include": "", **query}, json=body)
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


@pytest.mark.parametrize("file_format", FORMATS)
def test_rows_of_any_format_are_answered_in_order_as_if_each_were_alone(
    client: httpx.Client, table: list[list[object]], file_format: str
) -> None:
    sent = send(client, FORMATS[file_format](table), name="misleading.doc")
    assert (sent["state"], sent["rows"], sent["bad"]) == ("queued", 7, 2)
    ended = until_ended(client, sent["id"])
    assert (ended["state"], ended["done"], ended["bad"]) == ("completed", 7, 2)
    found = rows_of(client, sent["id"])
    assert [row["row"] for row in found] == [1, 2, 3, 4, 5, 6, 7]
    assert [row["id"] for row in found] == [row[0] for row in table]
    for row, cells in zip(found, table, strict=True):
        if cells[0] in ("blank", "long"):
            assert row["assessment"] is None
        else:
            assert row["problem"] is None
            assert row["assessment"] == _alone(client, cells)
    assert [found[i]["problem"]["code"] for i in (2, 6)] == ["empty", "too_long"]
    assert CANARY not in str(found)


def test_answers_are_the_same_in_every_format(
    client: httpx.Client, table: list[list[object]]
) -> None:
    job = until_ended(client, send(client, FORMATS["csv"](table))["id"])
    url = f"/v1/jobs/{job['id']}/results"
    answers = {name: client.get(url, params={"format": name}) for name in ("csv", "xlsx", "jsonl")}
    for name, answer in answers.items():
        assert answer.status_code == 200
        told = answer.headers["content-disposition"]
        assert told == f'attachment; filename="{job["id"]}.{name}"'

    as_csv = list(csv.DictReader(io.StringIO(answers["csv"].content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(answers["xlsx"].content)).get_sheet_by_index(0).to_python()
    as_xlsx = [dict(zip(sheet[0], row, strict=True)) for row in sheet[1:]]
    assert [row["row"] for row in as_csv] == [str(n) for n in range(1, 8)]
    assert [row["row"] for row in as_xlsx] == list(range(1, 8))
    for cells, of_csv, of_xlsx in zip(table, as_csv, as_xlsx, strict=True):
        assert of_csv["id"] == of_xlsx["id"] == cells[0]
        if cells[0] in ("blank", "long"):
            assert of_csv["problem"] == of_xlsx["problem"] != ""
            continue
        flat = _alone(client, cells, view="flat")
        assert of_csv.keys() == of_xlsx.keys() == {"row", *flat}
        for column, value in flat.items():
            assert _as_text(value) == of_csv[column], column
            assert (value if value is not None else "") == of_xlsx[column], column


def _as_text(value: object) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("name", BAD_FILES)
def test_what_is_wrong_with_a_file_is_told_at_once_and_nothing_of_it_is_kept(
    served: Served, client: httpx.Client, name: str
) -> None:
    content, words = BAD_FILES[name]
    with served.engine.connect() as connection:
        before = connection.scalar(select(func.count()).select_from(job_rows))
    answer = send_file(client, content, name=f"{CANARY}.csv")
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "urn:safezone:problem:invalid-file"
    assert words in answer.json()["detail"]
    assert CANARY not in answer.text
    assert client.get("/v1/jobs").json() == {"jobs": []}
    with served.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(job_rows)) == before


def test_columns_may_be_named_and_all_others_are_left_unread(
    client: httpx.Client, table: list[list[object]]
) -> None:
    [number, title, abstract] = table[0]
    content = csv_text([["Nr", "Topic", "Country", "What"], [number, title, CANARY, abstract]])
    named = {"id_column": "nr", "title_column": "topic", "abstract_column": "what"}
    job = until_ended(client, send(client, content.encode(), **named)["id"])
    [row] = rows_of(client, job["id"])
    assert row["assessment"] == _alone(client, table[0])

    missing = send_file(client, content.encode(), abstract_column=f"{CANARY} {CANARY}")
    assert missing.status_code == 422
    assert "named for abstract" in missing.json()["detail"]
    assert CANARY not in missing.text
    twice = send_file(client, content.encode(), abstract_column="What", title_column="what")
    assert twice.status_code == 422


def test_a_job_is_assessed_with_what_was_asked_for(
    client: httpx.Client, table: list[list[object]]
) -> None:
    content = csv_text([COLUMNS, table[0]]).encode()
    asked = {"include": "evidence,precedents", "policy": "precautionary"}
    job = until_ended(client, send(client, content, **asked)["id"])
    assert job["include"] == ["evidence", "precedents"]
    assert job["policy"] == "precautionary"
    [row] = rows_of(client, job["id"])
    assert row["assessment"]["evidence"]
    assert row["assessment"]["provenance"]["policy"].startswith("precautionary@")

    unknown = send_file(client, content, policy=CANARY)
    assert unknown.status_code == 422
    assert [item["code"] for item in unknown.json()["errors"]] == ["unknown_policy"]
    not_a_part = send_file(client, content, include=CANARY)
    assert not_a_part.status_code == 422
    assert CANARY not in unknown.text + not_a_part.text


def test_the_same_idempotency_key_and_file_give_the_same_job(
    served: Served, client: httpx.Client
) -> None:
    name = {"idempotency-key": CANARY}
    first = send_file(client, csv_file(2), name)
    again = send_file(client, csv_file(2), name)
    assert first.status_code == again.status_code == 202
    assert first.json()["id"] == again.json()["id"]
    assert first.headers["location"] == again.headers["location"]
    other_file = send_file(client, csv_file(3), name)
    other_column = send_file(client, csv_file(2), name, id_column="id")
    for refused in (other_file, other_column):
        assert refused.status_code == 422
        assert refused.json()["type"] == "urn:safezone:problem:invalid-request"
    for answer in (first, again, other_file):
        assert CANARY not in answer.text + str(answer.headers)
    assert len(client.get("/v1/jobs").json()["jobs"]) == 1

    _, text = served.keys.create("another", [Scope.JOBS])
    with client_of(served.server, x_api_key=text) as other:
        assert send_file(other, csv_file(3), name).status_code == 202, "keys are the caller's own"


def test_a_job_is_its_callers_alone(served: Served, client: httpx.Client) -> None:
    job = until_ended(client, send(client, csv_file(1))["id"])
    _, text = served.keys.create("another", [Scope.JOBS, Scope.ADMIN])
    with client_of(served.server, x_api_key=text) as other:
        for method, path in (("GET", ""), ("GET", "/results"), ("DELETE", "")):
            theirs = other.request(method, f"/v1/jobs/{job['id']}{path}")
            nobodys = other.request(method, f"/v1/jobs/job_nobodys{path}")
            assert theirs.status_code == nobodys.status_code == 404
            assert theirs.text == nobodys.text
        assert other.get("/v1/jobs").json() == {"jobs": []}
    assert rows_of(client, job["id"])


def test_jobs_are_listed_newest_first(client: httpx.Client) -> None:
    sent = [send(client, csv_file(1))["id"] for _ in range(3)]
    assert [job["id"] for job in client.get("/v1/jobs").json()["jobs"]] == sent[::-1]


def test_a_job_at_work_has_no_results_and_can_be_forgotten(
    served: Served, client: httpx.Client
) -> None:
    url = f"/v1/jobs/{send(client, csv_file(MOST_ROWS))['id']}"
    job_id = until_begun(client, url.rpartition("/")[2])["id"]
    early = client.get(f"{url}/results")
    assert early.status_code == 409
    assert early.json()["type"] == "urn:safezone:problem:conflict"
    assert client.delete(url).status_code == 204
    for method, path in (("GET", url), ("GET", f"{url}/results"), ("DELETE", url)):
        assert client.request(method, path).status_code == 404
    with served.engine.connect() as connection:
        of_job = select(func.count()).where(job_rows.c.job == job_id)
        assert connection.scalar(of_job) == 0
    following = send(client, csv_file(1))
    assert until_ended(client, following["id"])["state"] == "completed"


def test_a_file_of_too_many_bytes_is_not_read(client: httpx.Client) -> None:
    answer = send_file(client, b"abstract\n" + b"x" * 2 * MOST_BYTES)
    assert answer.status_code == 413
    assert f"{MOST_BYTES:,}" in answer.json()["detail"]


@pytest.mark.parametrize(
    "url",
    [
        f"http://portal.example.org/{CANARY}",
        f"https://10.0.0.1/{CANARY}",
        "https://169.254.169.254/latest/meta-data/",
        f"https://user:{CANARY}@portal.example.org/",
        "https://portal.example.org:22/",
        f"ftp://{CANARY}",
        CANARY,
    ],
)
def test_a_webhook_that_would_not_be_sent_is_refused(client: httpx.Client, url: str) -> None:
    answer = send_file(client, csv_file(1), webhook_url=url)
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:safezone:problem:invalid-request"
    assert CANARY not in answer.text
    assert client.get("/v1/jobs").json() == {"jobs": []}


def test_a_webhook_is_refused_where_none_are_sent(debug_server: LiveServer) -> None:
    with client_of(debug_server) as client:
        answer = send_file(client, csv_file(1), webhook_url="https://portal.example.org/hooks")
        assert client.get("/v1/limits").json()["webhooks"] is False
    assert answer.status_code == 422
    assert "sends no webhooks" in answer.json()["detail"]


def test_the_end_of_a_job_is_told_by_a_webhook_that_its_receiver_can_verify(
    served: Served,
) -> None:
    key, text = served.keys.create("portal", [Scope.JOBS])
    secret = derive_secret(SECRET, key.owner)
    with client_of(served.server, x_api_key=text) as client:
        job = send(client, csv_file(2), webhook_url=served.webhook_url)
        assert job["webhook"] == {"delivered": False, "attempts": 0, "outcome": None}
        until_ended(client, job["id"])
        until(lambda: job_of(client, job["id"])["webhook"]["delivered"])
        told = job_of(client, job["id"])
    assert told["webhook"] == {"delivered": True, "attempts": 1, "outcome": "204"}
    [(headers, body)] = served.webhooks.received
    event = verify(secret, headers, body.encode())
    assert event["type"] == "job.completed"
    assert event["data"]["id"] == job["id"]
    assert (event["data"]["rows"], event["data"]["bad"]) == (2, 0)
