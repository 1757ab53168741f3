"""Values of metrics, which a process only ever adds to: tests look at what changed."""

from collections.abc import Callable

from prometheus_client import generate_latest

from safezone.telemetry.metrics import REGISTRY


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def added(act: Callable[[], object], name: str, **labels: str) -> float:
    """What an action added to a metric."""
    before = value(name, **labels)
    act()
    return value(name, **labels) - before


def exposed_text() -> str:
    return generate_latest(REGISTRY).decode()
