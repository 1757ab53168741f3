"""Spans, given to an exporter that keeps them."""

import sys
from collections.abc import Iterator, Sequence

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from safezone.errors import InvalidSettings
from safezone.telemetry import traces
from safezone.telemetry.otlp import Tracing
from safezone.telemetry.traces import span, start_traces, stop_traces, trace_id

CANARY = "Zirkonkanarie"
TEXT = f"{CANARY} über dem Eis"
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    traces.use(Tracing(kept, "0.1.0"))
    yield kept
    stop_traces()


def ended(exporter: InMemorySpanExporter) -> Sequence[ReadableSpan]:
    stop_traces()
    return exporter.get_finished_spans()


def test_a_span_inside_another_is_its_child(exporter: InMemorySpanExporter) -> None:
    with span("request") as note:
        note(method="POST", status=200)
        with span("assess"):
            inside = trace_id()
    child, parent = ended(exporter)
    assert (child.name, parent.name) == ("assess", "request")
    assert child.parent is not None
    assert child.parent.span_id == parent.context.span_id
    assert dict(parent.attributes or {}) == {"method": "POST", "status": 200}
    assert inside == f"{parent.context.trace_id:032x}"
    assert parent.resource.attributes["service.name"] == "safezone"


def test_the_callers_trace_is_continued(exporter: InMemorySpanExporter) -> None:
    with span("request", traceparent=f"00-{TRACE}-{SPAN}-01"):
        assert trace_id() == TRACE
    [one] = ended(exporter)
    assert one.parent is not None
    assert one.parent.span_id == int(SPAN, 16)


@pytest.mark.parametrize("traceparent", [CANARY, "", f"00-{TRACE}", TEXT * 100])
def test_what_is_no_traceparent_begins_a_new_trace(
    exporter: InMemorySpanExporter, traceparent: str
) -> None:
    with span("request", traceparent=traceparent):
        assert trace_id()
    [one] = ended(exporter)
    assert one.parent is None


def test_a_span_may_have_begun_earlier(exporter: InMemorySpanExporter) -> None:
    with span("queue", since=1_000):
        pass
    [one] = ended(exporter)
    assert one.start_time == 1_000


def test_an_exception_is_told_by_its_type_alone(exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match=CANARY), span("request"), span("assess"):
        raise ValueError(TEXT)
    for one in ended(exporter):
        assert dict(one.attributes or {})["error"] == "ValueError"
        assert one.status.status_code is trace.StatusCode.ERROR
        assert one.status.description is None
        assert one.events == ()


def test_words_have_no_way_into_a_span(exporter: InMemorySpanExporter) -> None:
    with span("request") as note:
        note(route=TEXT, abstract=TEXT, frames=[TEXT], status=200)
    [one] = ended(exporter)
    assert dict(one.attributes or {}) == {"status": 200, "dropped_fields": 3}
    assert CANARY not in one.to_json()


def test_the_process_keeps_no_global_provider(exporter: InMemorySpanExporter) -> None:
    assert type(trace.get_tracer_provider()).__name__ == "ProxyTracerProvider"


def test_while_off_nothing_happens() -> None:
    with span("request") as note:
        note(status=200)
        assert trace_id() is None


def test_without_the_extra_the_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "safezone.telemetry.otlp")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(InvalidSettings, match=r"install safezone\[telemetry\]"):
        start_traces("http://127.0.0.1:4318/v1/traces", "0.1.0")
