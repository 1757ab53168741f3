"""One proposal, or several, in one request."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from safezone.api.access import may_assess, require_json
from safezone.api.auth import caller_of
from safezone.api.failures import problem_from
from safezone.api.inference import DeadlinePassed
from safezone.api.problems import Kind, Problem, ProblemItem, invalid, responses
from safezone.api.reading import FormOfQuery, answer_in_turn, deadline
from safezone.api.schemas.assessment import AssessmentBody, BatchAnswer, FlatBody
from safezone.api.schemas.requests import BatchBody, ProposalBody
from safezone.api.service import ServiceOfApp
from safezone.api.validation import invalid_items
from safezone.errors import InvalidProposal

router = APIRouter(prefix="/v1", tags=["assessments"], dependencies=[Depends(may_assess)])

PROBLEMS_OF_READING = (
    Kind.MALFORMED_JSON,
    Kind.UNAUTHENTICATED,
    Kind.FORBIDDEN,
    Kind.REQUEST_TIMEOUT,
    Kind.BODY_TOO_LARGE,
    Kind.UNSUPPORTED_MEDIA_TYPE,
    Kind.INVALID_PROPOSAL,
    Kind.TOO_MANY_REQUESTS,
    Kind.BUSY,
    Kind.DEADLINE,
    Kind.STORE_UNAVAILABLE,
)


@router.post(
    "/assessments",
    response_model=AssessmentBody | FlatBody,
    responses=responses(*PROBLEMS_OF_READING),
    dependencies=[Depends(require_json)],
    summary="Assess one proposal",
)
async def create_assessment(
    request: Request, body: ProposalBody, service: ServiceOfApp, form: FormOfQuery
) -> JSONResponse:
    """Two risk axes kept apart, topic and benefit, areas, and a triage signal.

    A text that is too short, not English or no research abstract is answered with
    `abstained: true` and a reason, not with an error.
    """
    until = deadline(request, service)
    proposal, policy = body.proposal(), service.policy(body.policy)
    headers = await service.rates.take(caller_of(request))
    found = await answer_in_turn(request, service, proposal, policy, form, until=until)
    return JSONResponse(found, headers=headers)


@router.post(
    "/assessments:batch",
    response_model=BatchAnswer,
    responses=responses(*PROBLEMS_OF_READING),
    dependencies=[Depends(require_json)],
    summary="Assess up to 64 proposals",
)
async def create_assessments(
    request: Request, body: BatchBody, service: ServiceOfApp, form: FormOfQuery
) -> JSONResponse:
    """One result for each proposal, in the same order: an assessment, or a problem.

    What is wrong with one proposal spoils no other. Proposals that were not read within the
    deadline have a problem of the kind `deadline`: send those again.
    """
    until = deadline(request, service)
    headers = await service.rates.take(caller_of(request), len(body.proposals))
    results: list[dict[str, Any]] = []
    for item in body.proposals:
        admitted = any(result["assessment"] for result in results)
        try:
            one = ProposalBody.model_validate(item)
            found = await answer_in_turn(
                request,
                service,
                one.proposal(),
                service.policy(one.policy),
                form,
                until=until,
                admitted=admitted,
            )
            results.append({"assessment": found, "problem": None})
        except ValidationError as error:
            results.append(_unread(invalid(Kind.INVALID_PROPOSAL, _items(error))))
        except (InvalidProposal, DeadlinePassed) as error:
            results.append(_unread(problem_from(error)))
    return JSONResponse({"results": results}, headers=headers)


def _items(error: ValidationError) -> list[ProblemItem]:
    found = error.errors(include_url=False, include_input=False)
    return invalid_items([{**one, "loc": ("body", *one["loc"])} for one in found], ProposalBody)


def _unread(problem: Problem) -> dict[str, Any]:
    return {"assessment": None, "problem": problem.model_dump(exclude_none=True)}
