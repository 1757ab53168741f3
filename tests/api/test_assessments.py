"""What the endpoints answer, on a live server with the debug encoder."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from safezone.corpus.records import Record
from safezone.taxonomy import Taxonomy


def assess(client: httpx.Client, record: Record) -> httpx.Response:
    body = {"id": record.id, "title": record.title, "abstract": record.abstract}
    return client.post("/v1/assessments", json=body)


def test_an_assessment_has_every_part(
    client: httpx.Client, fixture_records: Sequence[Record], taxonomy: Taxonomy
) -> None:
    answer = assess(client, fixture_records[0])
    assert answer.status_code == 200
    assessment = answer.json()
    assert assessment["id"] == fixture_records[0].id
    assert assessment["abstained"] is False
    for axis in taxonomy.axes:
        result = assessment[axis.id]
        assert list(result["probabilities"]) == list(axis.level_ids)
        assert sum(result["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert result["level"] in result["set"]
        assert set(result["set"]) <= set(axis.level_ids)
    probabilities = [area["probability"] for area in assessment["areas"]]
    assert len(probabilities) == 3
    assert probabilities == sorted(probabilities, reverse=True)
    assert {area["slug"] for area in assessment["areas"]} <= set(taxonomy.area_slugs)
    texts = {"title": fixture_records[0].title, "abstract": fixture_records[0].abstract}
    assert set(assessment["evidence"]) == {axis.id for axis in taxonomy.axes}
    for axis in taxonomy.axes:
        evidence = assessment["evidence"][axis.id]
        assert evidence["at_least"] in axis.level_ids[1:]
        contributions = [sentence["contribution"] for sentence in evidence["sentences"]]
        total = evidence["baseline"] + sum(contributions)
        assert total == pytest.approx(evidence["log_odds"], abs=1e-5)
        for sentence in evidence["sentences"]:
            quoted = texts[sentence["field"]][sentence["start"] : sentence["end"]]
            assert quoted == quoted.strip() != ""
    assert assessment["route"]["signal"] in ("no_flag", "human_review")
    assert assessment["route"]["mode"] in ("open", "hosted_data", "shared_data", "managed")
    assert assessment["input"]["language"] == "en"
    assert assessment["input"]["characters"] == len(fixture_records[0].title) + len(
        fixture_records[0].abstract
    )
    assert assessment["input"]["truncated"] is False
    assert len(assessment["provenance"]["weights_sha256"]) == 64


def test_sentences_are_read_where_that_is_asked_for(
    client: httpx.Client, fixture_records: Sequence[Record]
) -> None:
    body = {"abstract": fixture_records[0].abstract}
    silent = client.post("/v1/assessments", json=body).json()
    parts = {"include": "sentences,precedents"}
    asked = client.post("/v1/assessments", params=parts, json=body).json()
    for axis, evidence in asked["evidence"].items():
        for sentence, without in zip(
            evidence["sentences"], silent["evidence"][axis]["sentences"], strict=True
        ):
            for number in ("alone", "occlusion"):
                assert isinstance(sentence.pop(number), float)
                assert without.pop(number) is None
    assert asked == silent
    unclear = client.post("/v1/assessments", params={"include": "everything"}, json=body)
    assert unclear.status_code == 422
    assert "'include' is not valid" in unclear.text
    assert "everything" not in unclear.text


def test_id_and_title_may_be_left_out_or_null(
    client: httpx.Client, fixture_records: Sequence[Record]
) -> None:
    abstract = fixture_records[1].abstract
    without = client.post("/v1/assessments", json={"abstract": abstract})
    with_null = client.post(
        "/v1/assessments", json={"abstract": abstract, "id": None, "title": None}
    )
    assert without.status_code == 200
    assert without.json() == with_null.json()
    assert without.json()["id"] is None


def test_the_same_text_gets_the_same_answer_also_under_load(
    client: httpx.Client, fixture_records: Sequence[Record]
) -> None:
    records = list(fixture_records[:8])
    alone = [assess(client, record).json() for record in records]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda record: assess(client, record).json(), records * 4))
    assert together == alone * 4


@pytest.mark.parametrize(
    ("abstract", "code"),
    [
        ("We study the flow of ice with radar data.", "too_short"),
        ("12 34 56 78 " * 30, "too_short"),
        (
            "Das Vorhaben untersucht, wie sich Gletscher in den Alpen unter wärmeren Bedingungen "
            "verändern. Wir messen über drei Jahre die Dicke des Eises an zwölf Stellen, "
            "vergleichen sie mit alten Karten und veröffentlichen alle Daten sowie das Modell, "
            "damit andere Gruppen sie für ihre eigenen Untersuchungen nutzen können.",
            "not_english",
        ),
    ],
)
def test_what_cannot_be_judged_is_answered_with_abstention(
    client: httpx.Client, taxonomy: Taxonomy, abstract: str, code: str
) -> None:
    answer = client.post("/v1/assessments", json={"abstract": abstract})
    assert answer.status_code == 200
    assessment = answer.json()
    assert assessment["abstained"] is True
    assert assessment["route"]["signal"] == "human_review"
    assert [reason["code"] for reason in assessment["route"]["reasons"]] == [code]
    assert assessment["route"]["mode"] is None
    assert assessment["areas"] == []
    assert assessment["evidence"] == {}
    for axis in taxonomy.axes:
        assert assessment[axis.id] == {
            "level": None,
            "probabilities": None,
            "set": list(axis.level_ids),
        }


def test_the_longest_abstract_is_read_to_its_end(client: httpx.Client) -> None:
    words = "We measure the thickness of glaciers and publish every observation openly. "
    abstract = (words * 300)[:20_000]
    assert len(abstract) == 20_000
    answer = client.post("/v1/assessments", json={"abstract": abstract})
    assert answer.status_code == 200
    assert answer.json()["input"]["parts"] > 10


def test_the_taxonomy_is_told_whole(client: httpx.Client, taxonomy: Taxonomy) -> None:
    told = client.get("/v1/taxonomy").json()
    assert told["version"] == taxonomy.version
    assert [axis["id"] for axis in told["axes"]] == [axis.id for axis in taxonomy.axes]
    assert len(told["areas"]) == 39
    assert {mode["id"] for mode in told["modes"]} == {
        "open",
        "hosted_data",
        "shared_data",
        "managed",
    }


def test_the_probes_answer(client: httpx.Client) -> None:
    assert client.get("/livez").json()["status"] == "alive"
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["status"] == "ready"
    assert ready.json()["model"]
