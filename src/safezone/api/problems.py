"""Errors as RFC 9457 problem details. The one place where exceptions become HTTP.

No problem ever repeats what was sent: not a value, not the name of an unknown member.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from safezone.api.schemas import MEMBERS
from safezone.errors import InvalidProposal

MEDIA_TYPE = "application/problem+json"


class ProblemItem(BaseModel):
    """One thing that is wrong with the body."""

    pointer: str = Field(description="JSON Pointer (RFC 6901) to the member at fault.")
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


_KINDS = {
    400: ("malformed-json", "The body is not valid JSON"),
    404: ("not-found", "There is nothing at this path"),
    405: ("method-not-allowed", "This path does not take this method"),
    413: ("body-too-large", "The body is too large"),
    415: ("unsupported-media-type", "The body is not JSON by its content type"),
    422: ("invalid-proposal", "The proposal cannot be read"),
    500: ("internal", "The service failed"),
    503: ("not-ready", "The service is not ready"),
}

_DETAILS = {
    404: "Paths of this service are listed in /openapi.json.",
    405: "The methods it takes are in the 'allow' header.",
    500: "The request was not answered. Nothing of it was kept. Try again; if it happens again, "
    "tell the operator the time of the request.",
}


def problem(
    status: int,
    detail: str = "",
    errors: Sequence[ProblemItem] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """A problem response; without `detail` the status's usual one."""
    kind, title = _KINDS.get(status, ("http-error", "The request cannot be answered"))
    content = Problem(
        type=f"urn:safezone:problem:{kind}",
        title=title,
        status=status,
        detail=detail or _DETAILS.get(status, title),
        errors=list(errors) or None,
    )
    return JSONResponse(
        content.model_dump(exclude_none=True), status, headers=headers, media_type=MEDIA_TYPE
    )


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI description of a route's problems."""
    return {
        status: {
            "description": _KINDS[status][1],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


_BY_TYPE = {
    "missing": "is required",
    "string_type": "must be a string",
    "string_too_short": "must not be empty",
    "string_unicode": "holds half of a surrogate pair, which is no character; send valid Unicode",
}


def _item(error: Any) -> ProblemItem:
    code, location = str(error["type"]), [part for part in error["loc"] if part != "body"]
    if code == "extra_forbidden":
        known = ", ".join(MEMBERS)
        return ProblemItem(
            pointer="", code="unknown_member", detail=f"The members of a proposal are: {known}."
        )
    if location[:1] == ["query"]:
        return ProblemItem(
            pointer="",
            code=code,
            detail=f"The query parameter '{location[1]}' is not valid; use true or false.",
        )
    if not location or location[0] not in MEMBERS:
        return ProblemItem(
            pointer="",
            code="not_an_object",
            detail='Send a JSON object such as {"id": "42", "title": "…", "abstract": "…"}.',
        )
    member = str(location[0])
    if code == "string_too_long":
        detail = f"'{member}' must have at most {error['ctx']['max_length']:,} characters."
    else:
        detail = f"'{member}' {_BY_TYPE.get(code, 'is not valid')}."
    return ProblemItem(pointer=f"/{member}", code=code, detail=detail)


def _counted(items: Sequence[ProblemItem]) -> str:
    number = "1 problem" if len(items) == 1 else f"{len(items)} problems"
    return f"{number} with the request; see 'errors'."


async def _on_invalid_request(_: Request, error: RequestValidationError) -> Response:
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return problem(400, "Send one JSON object, encoded as UTF-8.")
    items = list({item.model_dump_json(): item for item in map(_item, found)}.values())
    return problem(422, _counted(items), items)


async def _on_invalid_proposal(_: Request, error: InvalidProposal) -> Response:
    items = [ProblemItem(pointer=f"/{error.field}", code=error.code, detail=str(error))]
    return problem(422, _counted(items), items)


async def _on_http_error(_: Request, error: HTTPException) -> Response:
    if error.status_code == 400:  # FastAPI's own: the body could not be decoded
        return problem(400, "Send one JSON object, encoded as UTF-8.")
    # Starlette's own say no more than the status does.
    said = str(error.detail)
    detail = "" if said == HTTPStatus(error.status_code).phrase else said
    return problem(error.status_code, detail, headers=dict(error.headers or {}))


def install(app: FastAPI) -> None:
    """Make every error of the application a problem."""
    app.exception_handler(RequestValidationError)(_on_invalid_request)
    app.exception_handler(InvalidProposal)(_on_invalid_proposal)
    app.exception_handler(HTTPException)(_on_http_error)
