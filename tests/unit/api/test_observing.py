"""Requests as the operator sees them: a line each, counted, traced, without the caller's words."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from log_lines import Lines, logging_put_back, reader
from metric_values import added, exposed_text, value
from safezone.api.observing import NO_TELEMETRY_BY_FASTAPI, Observed
from safezone.telemetry import traces
from safezone.telemetry.logs import configure_logs, get_logger
from safezone.telemetry.otlp import Tracing

CANARY = "Zirkonkanarie"
TEXT = f"{CANARY} ueber dem Eis"


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Lines]:
    with logging_put_back():
        configure_logs("info", "json")
        yield reader(capsys)


def make_app(**settings: Any) -> FastAPI:
    app = FastAPI(telemetry=NO_TELEMETRY_BY_FASTAPI, **settings)

    @app.post("/v1/things/{thing}")
    async def take(thing: str, request: Request) -> dict[str, int]:
        request.state.key_id = "k1"
        get_logger("safezone.api").info("job")
        return {"bytes": len(await request.body())}

    @app.get("/v1/refused")
    async def refuse(request: Request) -> dict[str, str]:
        request.state.problem = "busy"
        return {}

    @app.get("/v1/streamed")
    async def stream() -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(3):
                yield b"12345"

        return StreamingResponse(chunks())

    @app.get("/v1/broken")
    async def fail() -> None:
        raise ValueError(TEXT)

    @app.get("/livez")
    async def live() -> None: ...

    app.add_middleware(Observed)
    return app


def call(method: str, path: str, app: ASGIApp | None = None, **more: Any) -> httpx.Response:
    async def exchange() -> httpx.Response:
        transport = httpx.ASGITransport(app or make_app(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **more)

    return asyncio.run(exchange())


def run(app: ASGIApp, *incoming: Message, **scope: Any) -> list[Message]:
    """What an application sends that receives so many messages; an exception passes through."""
    sent: list[Message] = []
    waiting = list(incoming)

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    whole: Scope = {"type": "http", "method": "GET", "path": f"/{CANARY}", "headers": [], **scope}
    asyncio.run(Observed(app)(whole, receive, send))
    return sent


def one(lines: Lines) -> dict[str, Any]:
    [line] = [line for line in lines() if line["event"] == "request"]
    return line


def test_a_request_is_one_line(lines: Lines) -> None:
    call("POST", "/v1/things/7", content=b"x" * 10)
    line = one(lines)
    assert line.pop("seconds") >= 0
    assert UUID(line.pop("request_id"))
    assert line.pop("timestamp")
    assert line == {
        "level": "info",
        "event": "request",
        "logger": "safezone.api.requests",
        "method": "POST",
        "route": "/v1/things/{thing}",
        "status": 200,
        "outcome": "completed",
        "key_id": "k1",
        "bytes_in": 10,
        "bytes_out": 12,
    }


def test_a_request_is_counted_by_its_template(lines: Lines) -> None:
    labels = {"method": "POST", "route": "/v1/things/{thing}", "status": "200"}
    act = lambda: call("POST", "/v1/things/7")  # noqa: E731
    assert added(act, "safezone_requests_total", **labels) == 1
    assert added(act, "safezone_request_seconds_count", route="/v1/things/{thing}") == 1


def test_a_path_that_is_not_ours_is_other(lines: Lines) -> None:
    labels = {"method": "GET", "route": "other", "status": "404"}
    assert added(lambda: call("GET", f"/{CANARY}"), "safezone_requests_total", **labels) == 1
    assert one(lines)["route"] == "other"


def test_a_method_that_is_none_is_other(lines: Lines) -> None:
    call("ZIRKON", "/v1/refused")
    line = one(lines)
    assert (line["method"], line["route"], line["status"]) == ("other", "/v1/refused", 405)


def test_the_kind_of_problem_is_told_and_counted(lines: Lines) -> None:
    assert added(lambda: call("GET", "/v1/refused"), "safezone_problems_total", kind="busy") == 1
    assert one(lines)["problem"] == "busy"


def test_a_request_id_that_is_one_is_kept_in_every_line_and_given_back(lines: Lines) -> None:
    answer = call("POST", "/v1/things/7", headers={"x-request-id": "portal_42.a-b"})
    assert answer.headers["x-request-id"] == "portal_42.a-b"
    assert {line["request_id"] for line in lines()} == {"portal_42.a-b"}


@pytest.mark.parametrize("given", [TEXT, "a" * 65, "", "a/b", "a\tb"])
def test_any_other_request_id_is_replaced(lines: Lines, given: str) -> None:
    answer = call("GET", "/v1/refused", headers={"x-request-id": given})
    assert UUID(answer.headers["x-request-id"])
    assert one(lines)["request_id"] == answer.headers["x-request-id"]


def test_nothing_that_was_sent_is_told(lines: Lines) -> None:
    call(
        "POST",
        f"/v1/things/{CANARY}?q={CANARY}",
        content=TEXT,
        headers={
            "x-request-id": TEXT,
            "traceparent": TEXT,
            "tracestate": f"{CANARY.lower()}=1",
            "user-agent": CANARY,
            "x-api-key": CANARY,
            CANARY: CANARY,
        },
    )
    call("GET", f"/{CANARY}/{CANARY}?{CANARY}={CANARY}")
    call("ZIRKON", "/v1/refused")
    call("GET", "/v1/broken")
    found = str(lines()).lower()
    assert found.count("'request'") == 4
    assert "zirkon" not in found
    assert "zirkon" not in exposed_text().lower()


def test_a_stream_is_measured_to_its_end_and_not_held_back(lines: Lines) -> None:
    seen: list[int] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(3):
            await send({"type": "http.response.body", "body": b"12345", "more_body": True})
            seen.append(number)
        await send({"type": "http.response.body", "body": b""})

    sent = run(app)
    assert [len(message.get("body", b"")) for message in sent] == [0, 5, 5, 5, 0]
    assert one(lines)["bytes_out"] == 15
    call("GET", "/v1/streamed")
    assert one(lines)["bytes_out"] == 15


def test_a_body_is_passed_on_as_it_comes(lines: Lines) -> None:
    received: list[Message] = []
    parts: list[Message] = [
        {"type": "http.request", "body": b"123", "more_body": True},
        {"type": "http.request", "body": b"45", "more_body": False},
    ]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        received.append(await receive())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        received.append(await receive())
        await send({"type": "http.response.body", "body": b""})

    run(app, *parts)
    assert received == parts
    assert one(lines)["bytes_in"] == 5


def test_a_client_that_leaves_is_told_as_499(lines: Lines) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()

    labels = {"method": "GET", "route": "other", "status": "499"}
    act = lambda: run(app, {"type": "http.disconnect"})  # noqa: E731
    assert added(act, "safezone_requests_total", **labels) == 1
    line = one(lines)
    assert (line["outcome"], line["status"]) == ("client_gone", 499)


def test_a_client_that_hears_the_answer_out_is_not_gone(lines: Lines) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        await receive()

    run(app, {"type": "http.disconnect"})
    assert one(lines)["outcome"] == "completed"


def test_an_exception_passes_through_and_is_told_by_its_type(lines: Lines) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError(TEXT)

    with pytest.raises(ValueError, match=CANARY):
        run(app)
    line = one(lines)
    assert (line["level"], line["outcome"], line["status"]) == ("warning", "failed", 500)
    assert line["error"] == "ValueError"


def test_an_answer_that_breaks_off_has_failed_whatever_its_status_was(lines: Lines) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"12345", "more_body": True})
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        run(app)
    line = one(lines)
    assert (line["outcome"], line["status"], line["error"]) == ("failed", 500, "CancelledError")
    assert line["bytes_out"] == 5


def test_a_probe_is_told_only_where_everything_is(
    lines: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    call("GET", "/livez")
    assert lines() == []
    configure_logs("debug", "json")
    call("GET", "/livez")
    assert '"route": "/livez"' in capsys.readouterr().err


def test_what_is_no_request_passes_untouched() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    run(app, type="lifespan")
    assert "state" not in seen[0]


def test_the_callers_trace_is_continued_and_named_in_the_line(lines: Lines) -> None:
    kept = InMemorySpanExporter()
    traces.use(Tracing(kept, "0.1.0"))
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {
        "traceparent": f"00-{trace}-00f067aa0ba902b7-01",
        "tracestate": f"{CANARY.lower()}=1",
    }
    call("POST", f"/v1/things/{CANARY}?q={CANARY}", headers=headers)
    call("GET", "/v1/broken")
    traces.stop_traces()
    first, second = kept.get_finished_spans()
    assert one_of(lines(), "/v1/things/{thing}")["trace_id"] == trace
    assert first.context is not None
    assert f"{first.context.trace_id:032x}" == trace
    assert dict(first.attributes or {})["route"] == "/v1/things/{thing}"
    assert CANARY.lower() not in (first.to_json() + second.to_json()).lower()


def one_of(found: list[dict[str, Any]], route: str) -> dict[str, Any]:
    [line] = [line for line in found if line.get("route") == route]
    return line


@pytest.mark.parametrize("switched_off", [True, False])
def test_fastapis_own_telemetry_would_export_queries_and_is_off(switched_off: bool) -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    off = NO_TELEMETRY_BY_FASTAPI if switched_off else {}
    app = FastAPI(telemetry={**off, "tracer_provider": provider})
    call("GET", f"/?q={CANARY}", app)
    exported = "".join(span.to_json() for span in kept.get_finished_spans())
    assert (CANARY in exported) is not switched_off


def test_requests_in_flight_do_not_mix(lines: Lines) -> None:
    async def many() -> list[httpx.Response]:
        transport = httpx.ASGITransport(make_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await asyncio.gather(
                *(
                    client.post("/v1/things/7", headers={"x-request-id": f"r{number}"})
                    for number in range(20)
                )
            )

    answers = asyncio.run(many())
    expected = [f"r{number}" for number in range(20)]
    assert [answer.headers["x-request-id"] for answer in answers] == expected
    told = [line["request_id"] for line in lines()]
    assert sorted(told) == sorted(expected * 2)
    assert value("safezone_requests_total", method="POST", route="other", status="200") == 0
