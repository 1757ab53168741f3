"""Policies over HTTP: which there are, what they say, and routing by one of them."""

from collections.abc import Sequence

import httpx

from safezone.corpus.records import Record
from safezone.policy.library import shipped_policies


def test_policies_are_listed_with_the_one_in_use(client: httpx.Client) -> None:
    policies = client.get("/v1/policies").json()["policies"]
    assert [policy["id"] for policy in policies] == list(shipped_policies())
    assert [policy["id"] for policy in policies if policy["default"]] == ["default"]


def test_a_policy_is_given_as_it_is(client: httpx.Client) -> None:
    for policy_id, policy in shipped_policies().items():
        answer = client.get(f"/v1/policies/{policy_id}")
        assert answer.json() == policy.model_dump(mode="json")
    missing = client.get("/v1/policies/nobodys")
    assert missing.status_code == 404
    assert "GET /v1/policies" in missing.json()["detail"]
    assert "nobodys" not in missing.text


def test_a_request_may_name_its_policy(
    client: httpx.Client, fixture_records: Sequence[Record]
) -> None:
    """It routes and nothing else."""
    for record in fixture_records[:6]:
        body = {"abstract": record.abstract, "title": record.title}
        plain = client.post("/v1/assessments", json=body).json()
        wary = client.post("/v1/assessments", json={**body, "policy": "precautionary"}).json()
        assert wary["provenance"]["policy"] == "precautionary@1"
        assert plain["provenance"]["policy"] == "default@1"
        if plain["route"]["signal"] == "human_review":
            assert wary["route"]["signal"] == "human_review"
        for part in ("route", "provenance"):
            del plain[part], wary[part]
        assert wary == plain


def test_a_policy_that_is_not_there_is_refused_without_an_echo(client: httpx.Client) -> None:
    answer = client.post("/v1/assessments", json={"abstract": "Ice.", "policy": "nobodys"})
    assert answer.status_code == 422
    [problem] = answer.json()["errors"]
    assert (problem["pointer"], problem["code"]) == ("/policy", "unknown_policy")
    assert "nobodys" not in answer.text
