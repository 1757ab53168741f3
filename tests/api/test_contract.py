"""The service held against its own OpenAPI document."""

import json
from dataclasses import replace
from pathlib import Path

import httpx

from fuzzing import fuzz
from live_server import LiveServer
from safezone.api.app import create_app
from safezone.api.service import Service


def test_fuzzed_requests_are_answered_as_documented(
    debug_server: LiveServer, tmp_path: Path
) -> None:
    fuzz(debug_server.url, tmp_path, "--max-examples", "40")


def test_the_document_describes_problems_and_not_fastapis_own_errors(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    assert "HTTPValidationError" not in document["components"]["schemas"]
    statuses = document["paths"]["/v1/assessments"]["post"]["responses"]
    problems = {"400", "408", "413", "415", "422", "429", "503"}
    assert set(statuses) == {"200", *problems}
    for status in problems:
        assert list(statuses[status]["content"]) == ["application/problem+json"]


def test_the_examples_of_the_document_are_answered(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    for path, name in {
        "/v1/assessments": "ProposalBody",
        "/v1/assessments:batch": "BatchBody",
        "/v1/comparisons": "ComparisonRequest",
    }.items():
        for example in document["components"]["schemas"][name]["examples"]:
            answer = client.post(path, json=example)
            assert answer.status_code == 200
            assert '"level":"' in answer.text.replace(" ", "")


def test_the_committed_document_is_that_of_the_code(service: Service) -> None:
    """If it is not, and the change is meant: python docs/openapi.py, and a line in CHANGELOG.md."""
    document = create_app(replace(service, asks_for_keys=True)).openapi()
    committed = (Path(__file__).parents[2] / "docs" / "openapi.json").read_text("utf-8")
    assert json.loads(committed) == document
