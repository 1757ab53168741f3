"""The calls of the API as data, without any input or output: what both clients send."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from safezone.client.batches import encoded
from safezone.client.bodies import (
    Assessment,
    BatchItem,
    Comparison,
    FlatAssessment,
    Framing,
    Include,
    Job,
    Limits,
    PolicyEntry,
    Taxonomy,
)

T_co = TypeVar("T_co", covariant=True)
Parts = Collection[Include] | None
JobOrId = Job | str


def _whole(answer: Any) -> Any:
    return answer


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """A request, and what is taken from its JSON answer."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    taken: Callable[[Any], T_co] = _whole


def _json(
    path: str, body: bytes, taken: Callable[[Any], T_co] = _whole, **params: str | None
) -> Call[T_co]:
    return Call(
        "POST",
        path,
        params=_given(params),
        body=body,
        headers={"content-type": "application/json"},
        taken=taken,
    )


def _given(values: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value is not None}


def _listed(include: Parts) -> str | None:
    return None if include is None else ",".join(include)


def proposal(abstract: str, title: str, id_: str | None, policy: str | None) -> bytes:
    return encoded(
        {"abstract": abstract, **_given({"title": title or None, "id": id_, "policy": policy})}
    )


def assess(body: bytes, include: Parts) -> Call[Assessment]:
    return _json("/v1/assessments", body, include=_listed(include))


def assess_flat(body: bytes) -> Call[FlatAssessment]:
    return _json("/v1/assessments", body, view="flat")


def assess_batch(body: bytes, include: Parts) -> Call[list[BatchItem]]:
    return _json(
        "/v1/assessments:batch",
        body,
        lambda answer: answer["results"],
        include=_listed(include),
    )


def compare(before: Framing, after: Framing, policy: str | None) -> Call[Comparison]:
    body: dict[str, object] = {"before": before, "after": after}
    return _json("/v1/comparisons", encoded({**body, **_given({"policy": policy})}))


def submit_job(
    *,
    policy: str | None,
    include: Parts,
    id_column: str | None,
    title_column: str | None,
    abstract_column: str | None,
    webhook_url: str | None,
    idempotency_key: str | None,
) -> Call[Job]:
    form = {
        "policy": policy,
        "include": _listed(include),
        "id_column": id_column,
        "title_column": title_column,
        "abstract_column": abstract_column,
        "webhook_url": webhook_url,
    }
    return Call(
        "POST",
        "/v1/jobs",
        form=_given(form),
        headers={"idempotency-key": idempotency_key or str(uuid.uuid4())},
    )


def jobs() -> Call[list[Job]]:
    return Call("GET", "/v1/jobs", taken=lambda answer: answer["jobs"])


def job(which: JobOrId) -> Call[Job]:
    return Call("GET", _path(which))


def results(which: JobOrId, file_format: str) -> Call[None]:
    return Call("GET", f"{_path(which)}/results", params={"format": file_format})


def delete_job(which: JobOrId) -> Call[None]:
    return Call("DELETE", _path(which))


def _path(which: JobOrId) -> str:
    return f"/v1/jobs/{quote(which if isinstance(which, str) else which['id'], safe='')}"


def policies() -> Call[list[PolicyEntry]]:
    return Call("GET", "/v1/policies", taken=lambda answer: answer["policies"])


def taxonomy() -> Call[Taxonomy]:
    return Call("GET", "/v1/taxonomy")


def limits() -> Call[Limits]:
    return Call("GET", "/v1/limits")


def ready() -> Call[Any]:
    return Call("GET", "/readyz")
