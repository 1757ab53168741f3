"""Two framings of one project, held against each other."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from safezone.api.access import may_assess, require_json
from safezone.api.auth import caller_of
from safezone.api.problems import responses
from safezone.api.reading import deadline, until_gone
from safezone.api.routes.assessments import PROBLEMS_OF_READING
from safezone.api.schemas.comparison import ComparisonBody
from safezone.api.schemas.requests import ComparisonRequest, FramingBody
from safezone.api.service import ServiceOfApp
from safezone.assessment import Proposal
from safezone.assessment.comparison import Comparison, compare
from safezone.assessment.serialise import to_dict
from safezone.errors import InvalidProposal

router = APIRouter(prefix="/v1", tags=["comparisons"], dependencies=[Depends(may_assess)])


@router.post(
    "/comparisons",
    response_model=ComparisonBody,
    responses=responses(*PROBLEMS_OF_READING),
    dependencies=[Depends(require_json)],
    summary="Compare two framings of a project",
)
async def create_comparison(
    request: Request, body: ComparisonRequest, service: ServiceOfApp
) -> JSONResponse:
    """What changed on each axis, and which sentences did it; with a warning where the wording
    changed and the project hardly did. Framing changes are visible to funders.
    """
    before, after = _framing(body.before, "before"), _framing(body.after, "after")
    policy = service.policy(body.policy)
    headers = await service.rates.take(caller_of(request), 2)
    found = await service.inference.run(
        lambda: _plain(compare(service.assessor, before, after, policy)),
        characters=sum(len(one.title) + len(one.abstract) for one in (before, after)),
        until=deadline(request, service),
        gone=lambda: until_gone(request),
    )
    return JSONResponse(found, headers=headers)


def _framing(body: FramingBody, member: str) -> Proposal:
    try:
        return body.proposal()
    except InvalidProposal as error:
        raise InvalidProposal(f"{member}/{error.field}", error.code, str(error)) from None


def _plain(comparison: Comparison) -> dict[str, Any]:
    plain = to_dict(comparison)
    for side in ("before", "after"):
        for part in ("evidence", "precedents"):
            del plain[side][part]
    return plain
