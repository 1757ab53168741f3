"""The paths of the API."""

from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, Header, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from safezone.api.problems import problem, responses
from safezone.api.schemas import (
    AssessmentBody,
    ModeDescription,
    ProposalBody,
    StatusBody,
    TaxonomyBody,
)
from safezone.assessment import Assessor
from safezone.assessment.serialise import to_dict
from safezone.policy.decide import MODE_MEANINGS

router = APIRouter()


def get_assessor(request: Request) -> Assessor:
    assessor: Assessor = request.app.state.assessor
    return assessor


def get_turn(request: Request) -> anyio.CapacityLimiter:
    """One inference at a time: the encoder already uses every core it may."""
    turn: anyio.CapacityLimiter = request.app.state.turn
    return turn


def require_json(content_type: Annotated[str, Header(include_in_schema=False)] = "") -> None:
    """Refuse a body that is not JSON by its content type."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise HTTPException(415, "Send the header 'content-type: application/json'.")


AssessorOfApp = Annotated[Assessor, Depends(get_assessor)]
Turn = Annotated[anyio.CapacityLimiter, Depends(get_turn)]


@router.post(
    "/v1/assessments",
    response_model=AssessmentBody,
    responses=responses(400, 413, 415, 422),
    dependencies=[Depends(require_json)],
    summary="Assess one proposal",
)
async def create_assessment(
    body: ProposalBody, assessor: AssessorOfApp, turn: Turn
) -> dict[str, Any]:
    """Two risk axes kept apart, topic and benefit, areas, and a triage signal.

    A text that is too short, not English or no research abstract is answered with
    `abstained: true` and a reason, not with an error.
    """
    proposal = body.proposal()
    [assessment] = await anyio.to_thread.run_sync(assessor.assess, [proposal], limiter=turn)
    return to_dict(assessment)


@router.get("/v1/taxonomy", response_model=TaxonomyBody, summary="What the labels mean")
async def read_taxonomy(assessor: AssessorOfApp) -> TaxonomyBody:
    return TaxonomyBody.model_validate(
        {
            "version": assessor.taxonomy.version,
            "axes": list(assessor.taxonomy.axes),
            "areas": list(assessor.taxonomy.areas),
            "modes": [
                ModeDescription(id=mode, meaning=text) for mode, text in MODE_MEANINGS.items()
            ],
        },
        from_attributes=True,
    )


@router.get("/livez", response_model=StatusBody, summary="Whether the process answers")
async def livez() -> StatusBody:
    return StatusBody(status="alive")


@router.get(
    "/readyz",
    response_model=StatusBody,
    responses=responses(503),
    summary="Whether the model answers as it should",
)
async def readyz(assessor: AssessorOfApp, turn: Turn) -> StatusBody | Response:
    """Assesses a text whose levels are known."""
    if not await anyio.to_thread.run_sync(assessor.self_check, limiter=turn):
        return problem(503, "The model does not answer its known text as it should.")
    return StatusBody(status="ready", model=assessor.provenance.model)
