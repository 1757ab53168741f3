"""The service held against its own OpenAPI document."""

import subprocess
import sys
from pathlib import Path

import httpx

from live_server import LiveServer


def test_fuzzed_requests_are_answered_as_documented(
    debug_server: LiveServer, tmp_path: Path
) -> None:
    """Valid and invalid requests made from the document: statuses, schemas, headers, no 500."""
    fuzzer = Path(sys.executable).with_name("schemathesis")
    result = subprocess.run(
        [
            fuzzer, "run", f"{debug_server.url}/openapi.json",
            "--checks", "all", "--max-examples", "40", "--seed", "1", "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout
    assert "Selected: 6/6" in result.stdout


def test_the_document_describes_problems_and_not_fastapis_own_errors(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    assert "HTTPValidationError" not in document["components"]["schemas"]
    statuses = document["paths"]["/v1/assessments"]["post"]["responses"]
    assert set(statuses) == {"200", "400", "413", "415", "422"}
    for status in ("400", "413", "415", "422"):
        assert list(statuses[status]["content"]) == ["application/problem+json"]


def test_the_example_of_the_document_is_answered(client: httpx.Client) -> None:
    document = client.get("/openapi.json").json()
    [example] = document["components"]["schemas"]["ProposalBody"]["examples"]
    answer = client.post("/v1/assessments", json=example)
    assert answer.status_code == 200
    assert answer.json()["abstained"] is False
