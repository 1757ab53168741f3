"""Two framings of one project over HTTP."""

from collections.abc import Sequence

import httpx
import pytest

from bad_requests import CANARY
from safezone.corpus.records import Record
from safezone.taxonomy import Taxonomy


def test_what_changed_is_told_with_the_sentences_that_did_it(
    client: httpx.Client, fixture_records: Sequence[Record], taxonomy: Taxonomy
) -> None:
    abstract = fixture_records[0].abstract
    added = "A prototype of the radar sensor is built, and its drawings go to all partners."
    answer = client.post(
        "/v1/comparisons",
        json={"before": {"abstract": abstract}, "after": {"abstract": f"{abstract} {added}"}},
    )
    assert answer.status_code == 200
    found = answer.json()
    assert found["same_meaning"] is True
    assert "visible to funders" in found["notice"]
    for axis in taxonomy.axes:
        compared = found[axis.id]
        changes = [sentence["change"] for sentence in compared["sentences"]]
        assert sum(changes) == pytest.approx(compared["log_odds"]["change"], abs=1e-4)
        [new] = [one for one in compared["sentences"] if one["status"] == "added"]
        start, end = new["after"]["start"], new["after"]["end"]
        assert f"{abstract} {added}"[start:end] == added
        assert compared["level_before"] == found["before"][axis.id]["level"]
        assert compared["level_after"] == found["after"][axis.id]["level"]


def test_the_same_text_twice_changes_nothing_and_is_no_reason_to_warn(
    client: httpx.Client, fixture_records: Sequence[Record]
) -> None:
    text = {"abstract": fixture_records[1].abstract, "title": fixture_records[1].title}
    found = client.post("/v1/comparisons", json={"before": text, "after": text}).json()
    assert found["similarity"] == pytest.approx(1, abs=1e-5)
    assert found["falls"] == []
    assert found["warning"] is None
    assert found["before"] == found["after"]


def test_a_text_that_cannot_be_judged_is_not_compared(
    client: httpx.Client, fixture_records: Sequence[Record]
) -> None:
    body = {"before": {"abstract": "Ice."}, "after": {"abstract": fixture_records[0].abstract}}
    found = client.post("/v1/comparisons", json=body).json()
    assert "the text before" in found["not_compared"]
    assert found["instrumentation"] is None
    assert found["after"]["abstained"] is False


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"before": {"abstract": CANARY}}, "/after", "missing"),
        ({"before": {"abstract": CANARY}, "after": {}}, "/after/abstract", "missing"),
        (
            {"before": {"abstract": " "}, "after": {"abstract": CANARY}},
            "/before/abstract",
            "empty",
        ),
        (
            {"before": {"abstract": CANARY, "id": CANARY}, "after": {"abstract": CANARY}},
            "/before",
            "unknown_member",
        ),
        (
            {"before": {"abstract": "a"}, "after": {"abstract": "a"}, "policy": CANARY},
            "/policy",
            "unknown_policy",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    client: httpx.Client, body: object, pointer: str, code: str
) -> None:
    answer = client.post("/v1/comparisons", json=body)
    assert answer.status_code == 422
    assert CANARY not in answer.text
    [problem] = answer.json()["errors"]
    assert (problem["pointer"], problem["code"]) == (pointer, code)
