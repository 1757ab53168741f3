"""All metrics in one place.

Every label takes its values from a closed set of our own ids: levels, policies, kinds of problem,
templates of routes. What a caller sends is in none of them, and what is no id counts as `other`.
"""

from collections.abc import Mapping
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from safezone.telemetry.drift import FadingCounts, load_references
from safezone.telemetry.vocabulary import FIELDS, METHODS, slug

REGISTRY = CollectorRegistry()

STAGES = frozenset({"queue", "assess", "serialise"})
TurnedAway = Literal["rate_limit", "queue_full", "deadline"]

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


def _counter(name: str, meaning: str, *labels: str) -> Counter:
    return Counter(f"safezone_{name}", meaning, labels, registry=REGISTRY)


def _seconds(name: str, meaning: str, label: str) -> Histogram:
    return Histogram(f"safezone_{name}", meaning, [label], buckets=_SECONDS, registry=REGISTRY)


def _summed(name: str, meaning: str, *labels: str) -> Gauge:
    """A gauge that is the sum over the workers that run."""
    return Gauge(
        f"safezone_{name}", meaning, labels, registry=REGISTRY, multiprocess_mode="livesum"
    )


_requests = _counter(
    "requests", "Requests by how they ended; 499: the client left.", "method", "route", "status"
)
_request_seconds = _seconds("request_seconds", "From a request to its response's end.", "route")
_problems = _counter("problems", "Problem responses by kind.", "kind")
_stage_seconds = _seconds("stage_seconds", "Time that a part of the work took.", "stage")
inference_queue_depth = _summed("inference_queue_depth", "Readings that wait for the model.")
inference_in_progress = _summed("inference_in_progress", "Readings that the model works on.")
_assessments = _counter("assessments", "Levels given, by axis.", "axis", "level")
_signals = _counter("signals", "Triage signals given, by policy.", "policy_id", "signal")
_abstentions = _counter("abstentions", "Texts that the model did not judge, by reason.", "code")
_turned_away = _counter("turned_away", "Requests that were not taken, by reason.", "reason")
_jobs = Gauge(
    "safezone_jobs",
    "Jobs in the store, by state.",
    ["state"],
    registry=REGISTRY,
    # Every worker reads them from the same store.
    multiprocess_mode="mostrecent",
)
_job_rows = _counter("job_rows", "Rows of jobs that were answered, by outcome.", "outcome")
_webhooks = _counter("webhooks", "Attempts to deliver a webhook, by outcome.", "outcome")
_build_info = Gauge(
    "safezone_build_info",
    "Always 1; says what runs.",
    ["version", "model", "taxonomy"],
    registry=REGISTRY,
    multiprocess_mode="max",
)
_similarity = Histogram(
    "safezone_nearest_training_similarity",
    "Cosine of a text and the model's labelled example nearest to it; falls as texts grow unlike.",
    buckets=[step / 20 for step in range(4, 20)],
    registry=REGISTRY,
)
_recent = _summed(
    "nearest_training_recent_texts",
    "Texts by tenth of the similarity expected, 0 the least alike; earlier ones fade.",
    "tenth",
)
# At most one: of the model that is served, where it has a reference.
_fading: list[FadingCounts] = []


def serve_model(*, version: str, model: str, taxonomy: str) -> None:
    """Say what runs: the package's version, the model's and the taxonomy's. Once a process.

    Drift is measured from then on where the model has a reference.
    """
    _build_info.labels(version, model, taxonomy).set(1)
    _fading.clear()
    if reference := load_references().get(model):
        _fading.append(
            FadingCounts(reference, lambda tenth, count: _recent.labels(str(tenth)).set(count))
        )


def count_request(
    *, method: str, route: str, status: int, seconds: float, problem: str | None
) -> None:
    """A request that has ended; `route` is a template of our own or `other`."""
    named = route if FIELDS["route"](route) else "other"
    _requests.labels(method if method in METHODS else "other", named, str(status)).inc()
    _request_seconds.labels(named).observe(seconds)
    if problem is not None:
        _problems.labels(slug(problem)).inc()


def observe_stage(stage: str, seconds: float) -> None:
    """How long one of the stages took."""
    _stage_seconds.labels(stage if stage in STAGES else "other").observe(seconds)


def observe_assessment(
    *,
    levels: Mapping[str, str],
    policy: str,
    signal: str,
    abstention: str | None = None,
    similarity: float | None = None,
) -> None:
    """An assessment that was given.

    `levels` by axis, none where the model abstained for the reason `abstention`; `policy` is an id
    without its version; `similarity` is that of the nearest precedent, -1 to 1.
    """
    for axis, level in levels.items():
        _assessments.labels(slug(axis), slug(level)).inc()
    _signals.labels(slug(policy), slug(signal)).inc()
    if abstention is not None:
        _abstentions.labels(slug(abstention)).inc()
    if similarity is not None:
        _similarity.observe(similarity)
        for counts in _fading:
            counts.add(similarity)


def count_turned_away(reason: TurnedAway) -> None:
    _turned_away.labels(slug(reason)).inc()


def set_jobs(by_state: Mapping[str, int]) -> None:
    """How many jobs there are; name every state, a missing one keeps its number."""
    for state, number in by_state.items():
        _jobs.labels(slug(state)).set(number)


def count_job_row(outcome: str) -> None:
    _job_rows.labels(slug(outcome)).inc()


def count_webhook(outcome: str) -> None:
    _webhooks.labels(slug(outcome)).inc()
