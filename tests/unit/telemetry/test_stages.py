"""Stages: their time is counted, and their spans are the request's, in whatever thread."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.contextvars import bound_contextvars, get_contextvars

from metric_values import added, value
from safezone.telemetry import traces
from safezone.telemetry.otlp import Tracing
from safezone.telemetry.stages import in_turn, stage


def test_a_stage_is_counted_though_it_fails() -> None:
    def fail() -> None:
        with pytest.raises(ValueError, match="broken"), stage("serialise"):
            raise ValueError("broken")

    assert added(fail, "safezone_stage_seconds_count", stage="serialise") == 1


def test_work_in_turn_belongs_to_the_request_that_asked_for_it() -> None:
    kept = InMemorySpanExporter()
    traces.use(Tracing(kept, "0.1.0"))
    with ThreadPoolExecutor(1) as elsewhere:
        with traces.span("request"), bound_contextvars(request_id="r-1"):
            work = in_turn(lambda: get_contextvars()["request_id"])
        assert elsewhere.submit(work).result() == "r-1"
    traces.stop_traces()
    spans = {span.name: span for span in kept.get_finished_spans()}
    assert set(spans) == {"request", "queue", "assess"}
    for name in ("queue", "assess"):
        parent = spans[name].parent
        assert parent is not None
        assert parent.span_id == spans["request"].context.span_id


def test_while_work_is_done_it_is_in_progress() -> None:
    during = in_turn(lambda: value("safezone_inference_in_progress"))()
    assert during == 1
    assert value("safezone_inference_in_progress") == 0


@pytest.mark.parametrize("name", ["queue", "assess"])
def test_wait_and_work_are_counted_apart(name: str) -> None:
    work = in_turn(lambda: None)
    assert added(work, "safezone_stage_seconds_count", stage=name) == 1
