"""Errors as RFC 9457 problem details: what kinds there are, and what each says.

No problem ever repeats what was sent: not a value, not the name of an unknown member.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

MEDIA_TYPE = "application/problem+json"


class ProblemItem(BaseModel):
    """One thing that is wrong with the request."""

    pointer: str = Field(
        description="JSON Pointer (RFC 6901) to the member at fault; empty where it is none."
    )
    code: str = Field(description="Stable id of what is wrong.")
    detail: str = Field(description="What was expected and what to do.")


class Problem(BaseModel):
    """RFC 9457 problem details."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:safezone:problem:invalid-proposal",
                "title": "The proposal cannot be read",
                "status": 422,
                "detail": "1 problem with the request; see 'errors'.",
                "errors": [
                    {
                        "pointer": "/abstract",
                        "code": "missing",
                        "detail": "'abstract' is required. Send the project's abstract as text.",
                    }
                ],
            }
        }
    )

    type: str = Field(description="URI of the kind of problem; stable.")
    title: str
    status: int
    detail: str = Field(description="What was expected and what to do next.")
    errors: list[ProblemItem] | None = None


class Kind(StrEnum):
    """The kinds of problem: stable ids, the last part of their type."""

    MALFORMED_JSON = "malformed-json"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    REQUEST_TIMEOUT = "request-timeout"
    CONFLICT = "conflict"
    BODY_TOO_LARGE = "body-too-large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type"
    INVALID_PROPOSAL = "invalid-proposal"
    INVALID_FILE = "invalid-file"
    INVALID_REQUEST = "invalid-request"
    TOO_MANY_REQUESTS = "too-many-requests"
    CLIENT_GONE = "client-gone"
    INTERNAL = "internal"
    BUSY = "busy"
    DEADLINE = "deadline"
    NOT_READY = "not-ready"
    STORE_UNAVAILABLE = "store-unavailable"


_STATUS_AND_TITLE: Mapping[Kind, tuple[int, str]] = {
    Kind.MALFORMED_JSON: (400, "The body is not valid JSON"),
    Kind.UNAUTHENTICATED: (401, "There is no valid API key"),
    Kind.FORBIDDEN: (403, "The API key may not do this"),
    Kind.NOT_FOUND: (404, "There is nothing at this path"),
    Kind.METHOD_NOT_ALLOWED: (405, "This path does not take this method"),
    Kind.REQUEST_TIMEOUT: (408, "The request did not arrive in time"),
    Kind.CONFLICT: (409, "The request does not fit the state of the job"),
    Kind.BODY_TOO_LARGE: (413, "The body is too large"),
    Kind.UNSUPPORTED_MEDIA_TYPE: (415, "The body is not of the right content type"),
    Kind.INVALID_PROPOSAL: (422, "The proposal cannot be read"),
    Kind.INVALID_FILE: (422, "The file cannot be read"),
    Kind.INVALID_REQUEST: (422, "The request cannot be read"),
    Kind.TOO_MANY_REQUESTS: (429, "The rate is used up"),
    Kind.CLIENT_GONE: (499, "The client has gone"),
    Kind.INTERNAL: (500, "The service failed"),
    Kind.BUSY: (503, "The service has too much to read"),
    Kind.DEADLINE: (503, "The text was not read in time"),
    Kind.NOT_READY: (503, "The service is not ready"),
    Kind.STORE_UNAVAILABLE: (503, "The database does not answer"),
}

_DETAILS: Mapping[Kind, str] = {
    Kind.NOT_FOUND: "Paths of this service are listed in /openapi.json.",
    Kind.METHOD_NOT_ALLOWED: "The methods it takes are in the 'allow' header.",
    Kind.MALFORMED_JSON: "Send one JSON object, encoded as UTF-8.",
    Kind.INTERNAL: "The request was not answered. Nothing of it was kept. Try again; if it happens "
    "again, tell the operator the 'x-request-id' of the answer.",
    Kind.BUSY: "Nothing was read. Try again after the seconds in 'retry-after'; for many proposals "
    "send a job to /v1/jobs.",
    Kind.DEADLINE: "Nothing was kept. Try again after the seconds in 'retry-after', with fewer "
    "parts in 'include', or send a job to /v1/jobs.",
    Kind.STORE_UNAVAILABLE: "Keys and jobs cannot be looked up at this moment. Try again after the "
    "seconds in 'retry-after'; if it goes on, tell the operator.",
}


def problem_of(kind: Kind, detail: str = "", errors: Sequence[ProblemItem] = ()) -> Problem:
    """A problem; without `detail` with the kind's usual one."""
    status, title = _STATUS_AND_TITLE[kind]
    return Problem(
        type=f"urn:safezone:problem:{kind}",
        title=title,
        status=status,
        detail=detail or _DETAILS.get(kind, title),
        errors=list(errors) or None,
    )


class ProblemResponse(JSONResponse):
    """A problem as a response; what observes requests is told of its kind."""

    media_type = MEDIA_TYPE

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        self._kind = problem.type.rpartition(":")[2]
        super().__init__(problem.model_dump(exclude_none=True), problem.status, headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})["problem"] = self._kind
        await super().__call__(scope, receive, send)


def invalid(kind: Kind, items: Sequence[ProblemItem]) -> Problem:
    """A problem of which the items say what is wrong."""
    number = "1 problem" if len(items) == 1 else f"{len(items)} problems"
    return problem_of(kind, f"{number} with the request; see 'errors'.", items)


def responses(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI description of a route's problems."""
    titles: dict[int | str, list[str]] = {}
    for kind in kinds:
        status, title = _STATUS_AND_TITLE[kind]
        titles.setdefault(status, []).append(title)
    return {
        status: {
            "description": "; ".join(of_status),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, of_status in titles.items()
    }
