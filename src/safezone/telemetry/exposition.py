"""Metrics on a port of their own, so that they need no key and no caller can reach them."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Metric, ProcessCollector, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from safezone.errors import InvalidSettings
from safezone.telemetry.drift import FEWEST_TEXTS, TENTHS, stability_index
from safezone.telemetry.metrics import REGISTRY
from safezone.telemetry.multiprocess import VARIABLE

_RECENT = "safezone_nearest_training_recent_texts"


@dataclass(frozen=True, slots=True)
class MetricsServer:
    """A running server of metrics."""

    _server: WSGIServer
    _thread: Thread

    @property
    def port(self) -> int:
        return self._server.server_port

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve_metrics(host: str, port: int) -> MetricsServer:
    """Serve the metrics of this process, or of all workers, from a thread; port 0 takes a free one.

    With several workers call it in their parent. Raises InvalidSettings.
    """
    try:
        return MetricsServer(*start_http_server(port, host, exposed()))
    except OSError as error:
        raise InvalidSettings(
            f"Metrics cannot be served at {host}:{port} ({error.strerror}). Name another address."
        ) from error


def exposed() -> CollectorRegistry:
    """What is served: everything counted, and the drift computed from it."""
    registry = CollectorRegistry()
    if directory := os.environ.get(VARIABLE):
        registry.register(_WithDrift(_Workers(Path(directory))))
    else:
        registry.register(_WithDrift(REGISTRY))
        ProcessCollector(registry=registry)
    return registry


class _Workers(Collector):
    """What all workers counted. Gauges of those that have ended are forgotten."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._inner = MultiProcessCollector(None, str(directory))  # type: ignore[no-untyped-call]

    def collect(self) -> Iterable[Metric]:
        for file in self._directory.glob("gauge_live*_*.db"):
            worker = file.stem.rpartition("_")[2]
            if not _runs(int(worker)):
                mark_process_dead(worker, str(self._directory))  # type: ignore[no-untyped-call]
        yield from self._inner.collect()  # type: ignore[no-untyped-call]


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class _WithDrift(Collector):
    """Adds the stability index, once enough texts were counted to tell it from chance."""

    def __init__(self, inner: Collector) -> None:
        self._inner = inner

    def collect(self) -> Iterable[Metric]:
        for metric in self._inner.collect():
            yield metric
            if metric.name == _RECENT:
                counts = [sample.value for sample in metric.samples]
                if len(counts) == TENTHS and sum(counts) >= FEWEST_TEXTS:
                    yield GaugeMetricFamily(
                        "safezone_nearest_training_psi",
                        "Population stability index of the similarity; 0.1 look, 0.25 a shift.",
                        stability_index(counts),
                    )
