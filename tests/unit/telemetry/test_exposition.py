"""Metrics as they are served."""

from collections.abc import Iterator

import httpx
import pytest

from metric_values import value
from safezone.errors import InvalidSettings
from safezone.telemetry.drift import FEWEST_TEXTS, TENTHS, load_references
from safezone.telemetry.exposition import MetricsServer, serve_metrics
from safezone.telemetry.metrics import observe_assessment, serve_model

PSI = "safezone_nearest_training_psi"


@pytest.fixture
def server() -> Iterator[MetricsServer]:
    running = serve_metrics("127.0.0.1", 0)
    yield running
    running.stop()


def served(server: MetricsServer) -> str:
    return httpx.get(f"http://127.0.0.1:{server.port}/metrics").text


def read(similarity: float, times: int) -> None:
    for _ in range(times):
        observe_assessment(levels={}, policy="default", signal="no_flag", similarity=similarity)


def test_metrics_are_served_on_a_port_of_their_own(server: MetricsServer) -> None:
    text = served(server)
    assert "# HELP safezone_requests_total Requests by how they ended" in text
    assert "process_resident_memory_bytes" in text


def test_a_port_that_is_taken_is_told(server: MetricsServer) -> None:
    with pytest.raises(InvalidSettings, match="Name another address"):
        serve_metrics("127.0.0.1", server.port)


def test_drift_is_shown_once_there_are_texts_enough(server: MetricsServer) -> None:
    [model, reference] = next(iter(load_references().items()))
    serve_model(version="0", model=model, taxonomy="1")
    read(-1.0, FEWEST_TEXTS - TENTHS)
    assert PSI not in served(server)
    read(-1.0, FEWEST_TEXTS)
    [alike] = [line for line in served(server).splitlines() if line.startswith(PSI)]
    assert float(alike.split()[1]) > 1
    edges = (-1.0, *reference.deciles)
    for _ in range(2 * FEWEST_TEXTS):
        for edge in edges:
            read(edge, 1)
    [alike] = [line for line in served(server).splitlines() if line.startswith(PSI)]
    assert float(alike.split()[1]) < 0.001


def test_of_a_model_without_a_reference_no_drift_is_measured() -> None:
    serve_model(version="0", model="debug+0a82", taxonomy="1")
    before = value("safezone_nearest_training_recent_texts", tenth="0")
    read(-1.0, 3)
    assert value("safezone_nearest_training_recent_texts", tenth="0") == before
