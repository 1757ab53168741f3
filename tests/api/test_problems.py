"""Every error is a problem that says what to do and repeats nothing of the input."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi.testclient import TestClient

from bad_requests import BAD_REQUESTS, CANARY, JSON
from safezone.api.app import create_app
from safezone.api.inference import Busy
from safezone.api.service import Service


@pytest.mark.parametrize("name", BAD_REQUESTS)
def test_bad_requests(client: httpx.Client, name: str) -> None:
    status, code, content, headers = BAD_REQUESTS[name]
    answer = client.post("/v1/assessments", content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in answer.text
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"].startswith("urn:safezone:problem:")
    assert problem["detail"]
    codes = [item["code"] for item in problem.get("errors", [])]
    assert code in codes or problem["type"].endswith(code)


def test_a_body_without_a_told_length_is_bounded_too(client: httpx.Client) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(40):
            yield CANARY.encode() * 4000

    answer = client.post("/v1/assessments", content=chunks(), headers=JSON)
    assert answer.status_code == 413


def test_every_fault_of_a_body_is_told_at_once(client: httpx.Client) -> None:
    answer = client.post("/v1/assessments", json={"id": 1, "title": [], "abstract": 2})
    pointers = [item["pointer"] for item in answer.json()["errors"]]
    assert pointers == ["/id", "/title", "/abstract"]


def test_unknown_paths_and_methods(client: httpx.Client) -> None:
    assert client.get(f"/{CANARY}").status_code == 404
    assert CANARY not in client.get(f"/{CANARY}").text
    wrong_method = client.get("/v1/assessments")
    assert wrong_method.status_code == 405
    assert wrong_method.headers["allow"] == "POST"
    assert wrong_method.headers["content-type"] == "application/problem+json"


def test_an_unforeseen_failure_tells_and_logs_no_text(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"cannot read {CANARY}")

    monkeypatch.setattr(service.assessor, "assess", fail)
    client = TestClient(create_app(service), raise_server_exceptions=False)
    answer = client.post("/v1/assessments", json={"abstract": f"{CANARY} " * 40})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in answer.text
    assert "RuntimeError" in caplog.text
    assert CANARY not in caplog.text


def test_a_model_that_answers_otherwise_is_not_ready(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.assessor, "self_check", lambda: False)
    answer = TestClient(create_app(service)).get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"


def test_under_overload_a_request_is_refused_before_it_is_read(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bodies of any kind are answered alike; what needs no model goes on."""

    def busy(*_: object) -> None:
        raise Busy(3.2)

    monkeypatch.setattr(service.inference, "refuse_if_busy", busy)
    client = TestClient(create_app(service))
    for path in ("/v1/assessments", "/v1/assessments:batch", "/v1/comparisons"):
        for content in (b"{", b'{"abstract": "Ice."}', CANARY.encode() * 80_000):
            answer = client.post(path, content=content, headers=JSON)
            assert answer.status_code == 503
            assert answer.headers["retry-after"] == "4"
            assert answer.json()["type"] == "urn:safezone:problem:busy"
    assert client.get("/v1/taxonomy").status_code == 200
    assert client.post("/v1/jobs", files={"file": b""}).status_code == 422
