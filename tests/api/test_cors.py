"""Pages of other origins: none may call the service unless the operator names them."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from safezone.api.app import create_app
from safezone.api.service import Service

ORIGIN = "https://portal.example.org"
PREFLIGHT = {
    "origin": ORIGIN,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type, x-api-key",
}


def client_of(service: Service, *origins: str, asks_for_keys: bool = False) -> TestClient:
    settings = service.settings.model_copy(update={"cors_origins": origins})
    return TestClient(create_app(replace(service, settings=settings, asks_for_keys=asks_for_keys)))


def test_by_default_no_page_may(service: Service) -> None:
    client = client_of(service)
    preflight = client.options("/v1/assessments", headers=PREFLIGHT)
    assert preflight.status_code == 405
    for answer in (preflight, client.get("/livez", headers={"origin": ORIGIN})):
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("asks_for_keys", [False, True])
def test_a_named_origin_may_ask_also_before_it_sends_its_key(
    service: Service, asks_for_keys: bool
) -> None:
    client = client_of(service, ORIGIN, asks_for_keys=asks_for_keys)
    preflight = client.options("/v1/assessments", headers=PREFLIGHT)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    other = client.options("/v1/assessments", headers={**PREFLIGHT, "origin": "https://evil.test"})
    assert "access-control-allow-origin" not in other.headers


def test_a_page_can_read_refusals_and_the_headers_it_needs(service: Service) -> None:
    client = client_of(service, ORIGIN, asks_for_keys=True)
    refused = client.get("/v1/limits", headers={"origin": ORIGIN})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == ORIGIN
    assert "retry-after" in refused.headers["access-control-expose-headers"].lower()
