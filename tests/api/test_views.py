"""What an answer has beside the levels, and how it is laid out, is the caller's choice."""

from collections.abc import Sequence

import httpx
import pytest

from safezone.assessment.flat import FLAT_COLUMNS
from safezone.corpus.records import Record


def test_an_answer_has_the_parts_that_are_asked_for_and_is_otherwise_the_same(
    client: httpx.Client, fixture_records: Sequence[Record]
) -> None:
    body = {"abstract": fixture_records[0].abstract, "title": fixture_records[0].title}

    def asked(**params: str) -> dict[str, object]:
        answer = client.post("/v1/assessments", params=params, json=body)
        assert answer.status_code == 200
        found: dict[str, object] = answer.json()
        return found

    plain = asked(include="")
    assert not {"evidence", "precedents", "invariance"} & set(plain)
    unasked = asked()
    assert unasked == {
        **plain,
        "evidence": unasked["evidence"],
        "precedents": unasked["precedents"],
    }
    assert asked(include="precedents,evidence") == unasked
    assert set(asked(include="evidence")) == {*plain, "evidence"}
    assert set(asked(include="sentences")) == {*plain, "evidence"}
    assert set(asked(include="invariance")) == {*plain, "invariance"}


@pytest.mark.parametrize("include", ["", "evidence,precedents,sentences"])
def test_the_flat_view_has_the_same_scalars_for_every_text(
    client: httpx.Client, fixture_records: Sequence[Record], include: str
) -> None:
    params = {"view": "flat", "include": include}
    full = client.post(
        "/v1/assessments", json={"id": "7", "abstract": fixture_records[0].abstract}
    ).json()
    flat = client.post(
        "/v1/assessments", params=params, json={"id": "7", "abstract": fixture_records[0].abstract}
    ).json()
    abstained = client.post("/v1/assessments", params=params, json={"abstract": "Ice."}).json()
    for found in (flat, abstained):
        assert tuple(found) == FLAT_COLUMNS
        assert all(
            value is None or isinstance(value, str | float | bool | int) for value in found.values()
        )
    assert flat["id"] == "7"
    assert flat["instrumentation"] == full["instrumentation"]["level"]
    assert flat["data_use_p_high"] == full["data_use"]["probabilities"]["high"]
    assert flat["signal"] == full["route"]["signal"]
    assert abstained["abstained"] is True
    assert abstained["instrumentation"] is None


def test_the_receipt_of_swapped_identities_can_be_kept_with_the_file(
    client: httpx.Client, fixture_records: Sequence[Record]
) -> None:
    body = {"abstract": f"A German and a Chinese team work together. {fixture_records[0].abstract}"}
    answer = client.post("/v1/assessments", params={"include": "invariance"}, json=body).json()
    receipt = answer["invariance"]
    assert receipt["swaps"] >= 12
    assert receipt["largest_shift"] == 0
    assert receipt["level_changes"] == receipt["signal_changes"] == 0
    assert receipt["provenance"] == answer["provenance"]
    [in_text] = [
        check
        for check in receipt["checks"]
        if (check["kind"], check["where"]) == ("countries", "in_text")
    ]
    assert in_text["swaps"] > 0
    assert answer["provenance"]["model"] in receipt["statement"]
