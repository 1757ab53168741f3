"""Several proposals in one request: each is answered as if it were alone."""

from collections.abc import Sequence

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bad_requests import CANARY
from safezone.corpus.records import Record

BATCH = "/v1/assessments:batch"
NOTHING = {"include": ""}


def proposal(record: Record) -> dict[str, object]:
    return {"id": record.id, "title": record.title, "abstract": record.abstract}


BAD_ITEMS: Sequence[tuple[object, str]] = [
    (CANARY, "not_an_object"),
    (None, "not_an_object"),
    ([], "not_an_object"),
    ({}, "missing"),
    ({"abstract": 7}, "string_type"),
    ({"abstract": " "}, "empty"),
    ({"abstract": CANARY, CANARY: 1}, "unknown_member"),
    ({"abstract": CANARY, "policy": CANARY}, "unknown_policy"),
    ({"abstract": CANARY * 2_000}, "string_too_long"),
]


def test_a_batch_is_answered_like_its_proposals_one_by_one(
    client: httpx.Client, fixture_records: Sequence[Record]
) -> None:
    records = fixture_records[:5]
    alone = [client.post("/v1/assessments", json=proposal(one)).json() for one in records]
    answer = client.post(BATCH, json={"proposals": [proposal(one) for one in records]})
    assert answer.status_code == 200
    assert [result["assessment"] for result in answer.json()["results"]] == alone
    assert all(result["problem"] is None for result in answer.json()["results"])


def test_what_is_wrong_with_one_proposal_is_told_in_its_place(
    client: httpx.Client, fixture_records: Sequence[Record]
) -> None:
    good = proposal(fixture_records[0])
    mixed = [item for bad, _ in BAD_ITEMS for item in (good, bad)]
    answer = client.post(BATCH, params=NOTHING, json={"proposals": mixed})
    assert answer.status_code == 200
    assert CANARY not in answer.text
    results = answer.json()["results"]
    [same] = {str(result["assessment"]) for result in results[::2]}
    assert same != "None"
    for result, (_, code) in zip(results[1::2], BAD_ITEMS, strict=True):
        assert result["assessment"] is None
        assert result["problem"]["status"] == 422
        assert [item["code"] for item in result["problem"]["errors"]] == [code]


@given(order=st.lists(st.integers(0, 7), min_size=1, max_size=12))
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_is_kept_and_company_changes_nothing(
    client: httpx.Client, fixture_records: Sequence[Record], order: list[int]
) -> None:
    items = [{**proposal(fixture_records[i]), "id": str(i)} for i in order]
    results = client.post(BATCH, params=NOTHING, json={"proposals": items}).json()["results"]
    assert [result["assessment"]["id"] for result in results] == [str(i) for i in order]
    by_text: dict[int, set[str]] = {}
    for i, result in zip(order, results, strict=True):
        by_text.setdefault(i, set()).add(str(result["assessment"]))
    assert all(len(answers) == 1 for answers in by_text.values())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"proposals": []}, "too_short"),
        ({"proposals": [{"abstract": "a"}] * 65}, "too_long"),
        ({"proposals": {"abstract": CANARY}}, "list_type"),
        ({}, "missing"),
        ({"proposals": [{"abstract": "a"}], CANARY: 1}, "unknown_member"),
        ([{"abstract": CANARY}], "not_an_object"),
    ],
)
def test_a_batch_that_is_none_is_refused_whole(
    client: httpx.Client, body: object, code: str
) -> None:
    answer = client.post(BATCH, json=body)
    assert answer.status_code == 422
    assert [item["code"] for item in answer.json()["errors"]] == [code]
    assert CANARY not in answer.text


def test_proposals_may_name_different_policies(
    client: httpx.Client, fixture_records: Sequence[Record]
) -> None:
    one = proposal(fixture_records[0])
    items = [one, {**one, "policy": "precautionary"}, {**one, "policy": "open-science"}]
    results = client.post(BATCH, params=NOTHING, json={"proposals": items}).json()["results"]
    policies = [result["assessment"]["provenance"]["policy"] for result in results]
    assert [policy.partition("@")[0] for policy in policies] == [
        "default",
        "precautionary",
        "open-science",
    ]
