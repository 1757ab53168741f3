"""Whether the service lives and is ready, for whoever keeps it running."""

import time
from functools import partial

import anyio
from fastapi import APIRouter, Request
from starlette.responses import Response

from safezone.api.problems import Kind, ProblemResponse, problem_of, responses
from safezone.api.reading import until_gone
from safezone.api.schemas.documentation import StatusBody
from safezone.api.service import Service, ServiceOfApp
from safezone.errors import StoreUnavailable
from safezone.store.schema import check
from safezone.telemetry.logs import get_logger

router = APIRouter(tags=["operations"])

# For so long the model is believed to answer as it did.
_BELIEVED = 60.0
_log = get_logger("safezone.api")


@router.get("/livez", summary="Whether the process answers")
async def livez() -> StatusBody:
    return StatusBody(status="alive")


@router.get(
    "/readyz",
    response_model=StatusBody,
    responses=responses(Kind.NOT_READY),
    summary="Whether the model answers as it should, and the database at all",
)
async def readyz(request: Request, service: ServiceOfApp) -> StatusBody | Response:
    """Assesses a text whose levels are known, if nothing else is read and it has not just been."""
    if not await _model_is_right(request, service):
        return _not_ready("The model does not answer its known text as it should.")
    try:
        await anyio.to_thread.run_sync(check, service.store)
    except StoreUnavailable:
        return _not_ready("The database does not answer, or is not of this version.")
    return StatusBody(status="ready", model=service.assessor.provenance.model)


async def _model_is_right(request: Request, service: Service) -> bool:
    # Under load the answers themselves show that the model works; a check would only wait.
    state = request.app.state
    fresh = time.monotonic() - state.checked < _BELIEVED
    if state.model_is_right is None or not (fresh or service.inference.waiting):
        state.model_is_right = await service.inference.run(
            partial(_check_model, service),
            characters=len(service.assessor.model.manifest.self_check.abstract),
            until=time.monotonic() + service.settings.deadline,
            gone=lambda: until_gone(request),
            admitted=True,
        )
        state.checked = time.monotonic()
    return bool(state.model_is_right)


def _check_model(service: Service) -> bool:
    try:
        return service.assessor.self_check()
    except Exception:
        # Whatever it is, nobody should be sent here.
        _log.error("unforeseen", exc_info=True)
        return False


def _not_ready(detail: str) -> Response:
    return ProblemResponse(problem_of(Kind.NOT_READY, detail))
