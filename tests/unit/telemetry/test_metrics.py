"""What is counted, and that labels are of closed sets."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metric_values import added, exposed_text, value
from safezone.telemetry.metrics import (
    REGISTRY,
    count_job_row,
    count_request,
    count_turned_away,
    count_webhook,
    inference_queue_depth,
    observe_assessment,
    observe_stage,
    serve_model,
    set_jobs,
)

CANARY = "Zirkonkanarie"
TEXT = f"{CANARY} über dem Eis"


def test_every_metric_has_the_services_prefix_and_a_help_text() -> None:
    for metric in REGISTRY.collect():
        assert metric.name.startswith("safezone_")
        assert metric.documentation.endswith(".")


def test_a_request_is_counted_by_method_template_and_status() -> None:
    act = partial(
        count_request,
        method="POST",
        route="/v1/jobs/{job_id}",
        status=404,
        seconds=0.2,
        problem="not-found",
    )
    labels = {"method": "POST", "route": "/v1/jobs/{job_id}", "status": "404"}
    assert added(act, "safezone_requests_total", **labels) == 1
    assert added(act, "safezone_problems_total", kind="not-found") == 1
    assert added(act, "safezone_request_seconds_sum", route="/v1/jobs/{job_id}") == pytest.approx(
        0.2
    )


def test_an_assessment_is_counted_by_level_and_signal_and_its_similarity_seen() -> None:
    act = partial(
        observe_assessment,
        levels={"sensitivity": "safe", "data_use": "high"},
        policy="default",
        signal="human_review",
        similarity=0.62,
    )
    levels = {"axis": "data_use", "level": "high"}
    signal = {"policy_id": "default", "signal": "human_review"}
    assert added(act, "safezone_assessments_total", **levels) == 1
    assert added(act, "safezone_signals_total", **signal) == 1
    assert added(act, "safezone_nearest_training_similarity_count") == 1
    assert added(act, "safezone_nearest_training_similarity_bucket", le="0.6") == 0
    assert added(act, "safezone_nearest_training_similarity_bucket", le="0.65") == 1


def test_an_abstention_is_counted_by_its_reason_and_has_no_similarity() -> None:
    act = partial(
        observe_assessment,
        levels={},
        policy="default",
        signal="human_review",
        abstention="too_short",
    )
    assert added(act, "safezone_abstentions_total", code="too_short") == 1
    assert added(act, "safezone_nearest_training_similarity_count") == 0


def test_the_rest_is_counted_by_ids() -> None:
    refuse = partial(count_turned_away, "queue_full")
    assert added(refuse, "safezone_turned_away_total", reason="queue_full") == 1
    answer = partial(count_job_row, "problem")
    assert added(answer, "safezone_job_rows_total", outcome="problem") == 1
    deliver = partial(count_webhook, "delivered")
    assert added(deliver, "safezone_webhooks_total", outcome="delivered") == 1
    wait = partial(observe_stage, "queue", 0.1)
    assert added(wait, "safezone_stage_seconds_count", stage="queue") == 1
    set_jobs({"queued": 3, "running": 1})
    assert value("safezone_jobs", state="queued") == 3
    inference_queue_depth.set(4)
    assert value("safezone_inference_queue_depth") == 4


def test_what_runs_is_said() -> None:
    serve_model(version="0.1.0", model="debug+0a82", taxonomy="1.1")
    labels = {"version": "0.1.0", "model": "debug+0a82", "taxonomy": "1.1"}
    assert value("safezone_build_info", **labels) == 1


@given(st.text())
def test_words_never_become_a_label(text: str) -> None:
    words = f"{text} {TEXT}"
    count_request(method=words, route=words, status=200, seconds=0.1, problem=words)
    observe_stage(words, 0.1)
    observe_assessment(levels={words: words}, policy=words, signal=words, abstention=words)
    count_turned_away(words)  # type: ignore[arg-type]
    set_jobs({words: 1})
    count_job_row(words)
    count_webhook(words)
    assert CANARY not in exposed_text()
