"""The paths of the API."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from safezone.api.problems import problem, responses
from safezone.api.schemas import (
    AssessmentBody,
    ModeDescription,
    PoliciesBody,
    PolicyEntry,
    ProposalBody,
    StatusBody,
    TaxonomyBody,
)
from safezone.assessment import Assessor
from safezone.assessment.serialise import to_dict
from safezone.errors import InvalidProposal
from safezone.policy.decide import MODE_MEANINGS
from safezone.policy.profile import Policy

router = APIRouter()


def get_assessor(request: Request) -> Assessor:
    assessor: Assessor = request.app.state.assessor
    return assessor


def get_policies(request: Request) -> Mapping[str, Policy]:
    policies: Mapping[str, Policy] = request.app.state.policies
    return policies


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
PoliciesOfApp = Annotated[Mapping[str, Policy], Depends(get_policies)]
Turn = Annotated[anyio.CapacityLimiter, Depends(get_turn)]
Explain = Annotated[
    bool,
    Query(
        description="Also read each sentence by itself, and the text without it. Takes about one "
        "more reading of the text a sentence."
    ),
]


@router.post(
    "/v1/assessments",
    response_model=AssessmentBody,
    responses=responses(400, 413, 415, 422),
    dependencies=[Depends(require_json)],
    summary="Assess one proposal",
)
async def create_assessment(
    body: ProposalBody,
    assessor: AssessorOfApp,
    policies: PoliciesOfApp,
    turn: Turn,
    explain: Explain = False,
) -> dict[str, Any]:
    """Two risk axes kept apart, topic and benefit, areas, and a triage signal.

    A text that is too short, not English or no research abstract is answered with
    `abstained: true` and a reason, not with an error.
    """
    policy = None if body.policy is None else policies.get(body.policy)
    if body.policy is not None and policy is None:
        raise InvalidProposal(
            "policy", "unknown_policy", "There is no such policy. 'GET /v1/policies' lists them."
        )
    assess = partial(assessor.assess, [body.proposal()], explain=explain, policy=policy)
    [assessment] = await anyio.to_thread.run_sync(assess, limiter=turn)
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


@router.get("/v1/policies", response_model=PoliciesBody, summary="Which policies there are")
async def list_policies(assessor: AssessorOfApp, policies: PoliciesOfApp) -> PoliciesBody:
    return PoliciesBody(
        policies=[
            PolicyEntry(
                **policy.model_dump(include={"id", "version", "name", "owner", "as_of"}),
                default=policy.id == assessor.policy.id,
            )
            for policy in policies.values()
        ]
    )


@router.get(
    "/v1/policies/{policy_id}",
    response_model=Policy,
    responses=responses(404),
    summary="What a policy says",
)
async def read_policy(policy_id: str, policies: PoliciesOfApp) -> Policy:
    if policy_id not in policies:
        raise HTTPException(404, "There is no such policy. 'GET /v1/policies' lists them.")
    return policies[policy_id]


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
