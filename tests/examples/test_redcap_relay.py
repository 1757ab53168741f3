"""The relay of the examples, between a REDCap and a safezone that stand in for the real ones."""

import importlib.util
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

import anyio
import httpx
import pytest
from starlette.testclient import TestClient

from client_doubles import problem
from safezone.client import AsyncSafezoneClient

FILE = Path(__file__).parents[2] / "examples" / "redcap_powerautomate" / "redcap_relay.py"
RECORD = {
    "record_id": "7",
    "redcap_event_name": "round_1_arm_1",
    "title": "A title",
    "abstract": "A wholly unpublished idea.",
}
FLAT = {"signal": "human_review", "abstained": False, "mode": "managed", "data_use_p_high": 0.9}
TRIGGER = {
    "redcap_url": "https://elsewhere.test/",
    "project_id": "1",
    "username": "someone",
    "instrument": "proposal",
    "record": "7",
    "proposal_complete": "2",
}


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("redcap_relay", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@dataclass
class Redcap:
    """Gives the record to whoever exports, and keeps what is sent."""

    sent: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url == "https://redcap.test/api/"
        form = dict(parse_qsl(request.content.decode()))
        assert form["token"] == "token"
        self.sent.append(form)
        return httpx.Response(200, json=[RECORD] if form["action"] == "export" else {"count": 1})

    @property
    def written(self) -> list[Any]:
        return [json.loads(form["data"]) for form in self.sent if form["action"] == "import"]


@dataclass
class Safezone:
    answer: httpx.Response
    bodies: list[Any] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(json.loads(request.content))
        return self.answer


@pytest.fixture
def redcap() -> Redcap:
    return Redcap()


def relay(example: ModuleType, redcap: Redcap, safezone: Safezone) -> Any:
    return example.Relay(
        example.Project("https://redcap.test/api/", "token"),
        httpx.AsyncClient(transport=httpx.MockTransport(redcap)),
        AsyncSafezoneClient(
            "https://safezone.test", transport=httpx.MockTransport(safezone), retries=0
        ),
    )


def fired(example: ModuleType, redcap: Redcap, safezone: Safezone, **changes: str) -> int:
    app = example.create_app(relay(example, redcap, safezone), "secret")
    with TestClient(app) as portal:
        return portal.post("/trigger/secret", data={**TRIGGER, **changes}).status_code


def test_the_answer_is_written_into_the_record_that_was_saved(
    example: ModuleType, redcap: Redcap
) -> None:
    safezone = Safezone(httpx.Response(200, json=FLAT))
    assert fired(example, redcap, safezone) == 202
    assert safezone.bodies == [{"abstract": RECORD["abstract"], "title": RECORD["title"]}]
    assert redcap.sent[0]["records[0]"] == "7"
    [[written]] = redcap.written
    assert {key: written[key] for key in ("record_id", "redcap_event_name")} == {
        "record_id": "7",
        "redcap_event_name": "round_1_arm_1",
    }
    assert written["sz_signal"] == "human_review"
    assert written["sz_abstained"] == "0"
    assert written["sz_problem"] == ""
    assert "sz_data_use_p_high" not in written
    assert RECORD["abstract"] not in written.values()


@pytest.mark.parametrize("change", [{"instrument": "review"}, {"proposal_complete": "1"}])
def test_other_forms_and_unfinished_ones_are_left_alone(
    example: ModuleType, redcap: Redcap, change: dict[str, str]
) -> None:
    assert fired(example, redcap, Safezone(httpx.Response(200, json=FLAT)), **change) == 204
    assert redcap.sent == []


def test_whoever_does_not_know_the_secret_is_not_answered(
    example: ModuleType, redcap: Redcap
) -> None:
    app = example.create_app(relay(example, redcap, Safezone(httpx.Response(500))), "secret")
    assert TestClient(app).post("/trigger/guess", data=TRIGGER).status_code == 404
    assert redcap.sent == []


def test_while_safezone_is_down_nothing_is_written_and_no_text_is_logged(
    example: ModuleType, redcap: Redcap, caplog: pytest.LogCaptureFixture
) -> None:
    assert fired(example, redcap, Safezone(problem("busy", 503))) == 202
    assert redcap.written == []
    assert "a record waits: Unavailable" in caplog.text
    assert RECORD["abstract"] not in caplog.text


def test_catching_up_asks_for_complete_records_without_an_answer(
    example: ModuleType, redcap: Redcap
) -> None:
    safezone = Safezone(httpx.Response(200, json=FLAT))
    assert anyio.run(relay(example, redcap, safezone).catch_up) == 1
    assert redcap.sent[0]["filterLogic"] == (
        "[proposal_complete] = '2' and [sz_signal] = '' and [sz_problem] = ''"
    )
    assert len(redcap.written) == 1


def test_a_text_that_cannot_be_read_is_written_down_as_a_problem(
    example: ModuleType, redcap: Redcap
) -> None:
    safezone = Safezone(problem("invalid-proposal", 422))
    assert anyio.run(relay(example, redcap, safezone).catch_up) == 1
    [[written]] = redcap.written
    assert (written["sz_signal"], written["sz_problem"]) == ("", "invalid-proposal")
