"""The model, its card and evaluation, and the limits, as data."""

import httpx

from safezone.config import read_settings


def test_the_model_is_told_with_its_card_and_evaluation(client: httpx.Client) -> None:
    [model] = client.get("/v1/models").json()["models"]
    assert model["default"] is True
    version = model["version"]
    answered = client.post("/v1/assessments", json={"abstract": "Ice."}).json()["provenance"]
    assert version == answered["model"]
    assert {name: model[name] for name in ("calibration", "encoder", "weights_sha256")} == {
        name: answered[name] for name in ("calibration", "encoder", "weights_sha256")
    }
    card = client.get(f"/v1/models/{version}/card")
    assert card.headers["content-type"].startswith("text/markdown")
    assert card.text.startswith("#")
    assert client.get(f"/v1/models/{version}/evaluation").json()["axes"]


def test_a_model_that_is_not_there_is_not_found(client: httpx.Client) -> None:
    for part in ("card", "evaluation"):
        answer = client.get(f"/v1/models/xylophone/{part}")
        assert answer.status_code == 404
        assert "GET /v1/models" in answer.json()["detail"]
        assert "xylophone" not in answer.text


def test_the_limits_told_are_those_of_the_settings(client: httpx.Client) -> None:
    told, settings = client.get("/v1/limits").json(), read_settings()
    assert told["deadline_seconds"] == settings.deadline
    assert told["job_rows"] == settings.job_rows
    assert told["proposals_in_a_batch"] == 64
    assert told["webhooks"] is False
    too_long = {"abstract": "a" * (told["abstract_characters"] + 1)}
    assert client.post("/v1/assessments", json=too_long).status_code == 422
