"""The one place where exceptions become HTTP."""

import math
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from safezone.api.guards import BodyUnread
from safezone.api.inference import Busy, ClientGone, DeadlinePassed, Stopped
from safezone.api.limits import TooManyRequests
from safezone.api.problems import (
    Kind,
    Problem,
    ProblemItem,
    ProblemResponse,
    invalid,
    problem_of,
)
from safezone.api.validation import invalid_items
from safezone.errors import (
    InvalidInputFile,
    InvalidProposal,
    JobConflict,
    NoSuchJob,
    SafezoneError,
    StoreUnavailable,
)
from safezone.jobs.addresses import InvalidWebhook
from safezone.telemetry.metrics import TurnedAway, count_turned_away

_KINDS: Mapping[type[SafezoneError], Kind] = {
    InvalidInputFile: Kind.INVALID_FILE,
    InvalidWebhook: Kind.INVALID_REQUEST,
    NoSuchJob: Kind.NOT_FOUND,
    JobConflict: Kind.CONFLICT,
    TooManyRequests: Kind.TOO_MANY_REQUESTS,
    Busy: Kind.BUSY,
    Stopped: Kind.BUSY,
    DeadlinePassed: Kind.DEADLINE,
    ClientGone: Kind.CLIENT_GONE,
    StoreUnavailable: Kind.STORE_UNAVAILABLE,
}
_TURNED_AWAY: Mapping[type[Exception], TurnedAway] = {
    TooManyRequests: "rate_limit",
    Busy: "queue_full",
    DeadlinePassed: "deadline",
}
# Of these the exception's own words say best what to do.
_IN_ITS_WORDS = (Kind.INVALID_FILE, Kind.INVALID_REQUEST, Kind.NOT_FOUND, Kind.CONFLICT)
# Seconds after which a moment's trouble may be over.
_SOON = 5.0
_FOREIGN = {
    403: Kind.FORBIDDEN,
    404: Kind.NOT_FOUND,
    405: Kind.METHOD_NOT_ALLOWED,
    415: Kind.UNSUPPORTED_MEDIA_TYPE,
}


def problem_from(error: SafezoneError) -> Problem:
    """What a foreseen exception of this package is to a client."""
    if isinstance(error, InvalidProposal):
        item = ProblemItem(pointer=f"/{error.field}", code=error.code, detail=str(error))
        return invalid(Kind.INVALID_PROPOSAL, [item])
    kind = _KINDS[type(error)]
    if isinstance(error, JobConflict) and error.code == "other_body":
        kind = Kind.INVALID_REQUEST
    return problem_of(kind, str(error) if kind in _IN_ITS_WORDS else "")


def response_to(error: SafezoneError) -> ProblemResponse:
    """The response to a foreseen exception of this package."""
    problem = problem_from(error)
    if reason := _TURNED_AWAY.get(type(error)):
        count_turned_away(reason)
    headers = dict(getattr(error, "headers", {}))
    in_progress = isinstance(error, JobConflict) and error.code == "in_progress"
    if problem.status == 503 or in_progress:
        headers["retry-after"] = str(math.ceil(getattr(error, "retry_after", _SOON)))
    return ProblemResponse(problem, headers)


async def _on_own(_: Request, error: Exception) -> Response:
    assert isinstance(error, SafezoneError)  # noqa: S101 - it is installed for no other
    return response_to(error)


async def _on_unread_body(_: Request, error: Exception) -> Response:
    assert isinstance(error, BodyUnread)  # noqa: S101
    return ProblemResponse(error.problem, {"connection": "close"})


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return ProblemResponse(problem_of(Kind.MALFORMED_JSON))
    model = _body_model(request)
    in_json = request.headers.get("content-type", "").startswith("application/json")
    in_body = in_json and any(one["loc"][0] == "body" for one in found)
    kind = Kind.INVALID_PROPOSAL if in_body else Kind.INVALID_REQUEST
    return ProblemResponse(invalid(kind, invalid_items(found, model)))


def _body_model(request: Request) -> type[BaseModel] | None:
    """The model of the body that the request's route takes."""
    field = getattr(request.scope.get("route"), "body_field", None)
    model = field.field_info.annotation if field else None
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == 400:  # FastAPI's own: the body could not be decoded
        if isinstance(error.__cause__, OSError):  # or a large file not be put on the disk
            return await _on_own(request, StoreUnavailable("There is no room for the file."))
        return ProblemResponse(problem_of(Kind.MALFORMED_JSON))
    # Starlette's own say no more than the status does.
    said = str(error.detail)
    detail = "" if said == HTTPStatus(error.status_code).phrase else said
    kind = _FOREIGN.get(error.status_code, Kind.INTERNAL)
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if kind == Kind.METHOD_NOT_ALLOWED:
        headers["allow"] = ", ".join(sorted(_methods_at(request)))
    return ProblemResponse(problem_of(kind, detail), headers)


def _methods_at(request: Request) -> set[str]:
    """All methods of a path: Starlette names those of the first route alone."""
    template = getattr(request.scope.get("route"), "path", "")
    return {method.upper() for method in request.app.openapi()["paths"].get(template, {})}


def install(app: FastAPI) -> None:
    """Make every foreseen error of the application a problem."""
    app.exception_handler(RequestValidationError)(_on_invalid_request)
    app.exception_handler(HTTPException)(_on_http_error)
    app.exception_handler(BodyUnread)(_on_unread_body)
    own: tuple[type[Exception], ...] = (InvalidProposal, *_KINDS)
    for kind in own:
        app.exception_handler(kind)(_on_own)
