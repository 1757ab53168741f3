"""Documentation as data: what the labels, the policies, the model and the limits are."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException

from safezone.api.guards import MAX_BODY_BYTES
from safezone.api.problems import Kind, responses
from safezone.api.schemas.documentation import (
    LimitsBody,
    ModeDescription,
    ModelEntry,
    ModelsBody,
    PoliciesBody,
    PolicyEntry,
    TaxonomyBody,
)
from safezone.api.schemas.requests import MOST_IN_A_BATCH
from safezone.api.service import Service, ServiceOfApp
from safezone.assessment.types import (
    MAX_ABSTRACT_CHARACTERS,
    MAX_ID_CHARACTERS,
    MAX_TITLE_CHARACTERS,
)
from safezone.model.predictor import Model
from safezone.policy.decide import MODE_MEANINGS
from safezone.policy.profile import Policy

_REFUSALS = responses(Kind.UNAUTHENTICATED, Kind.TOO_MANY_REQUESTS, Kind.STORE_UNAVAILABLE)
router = APIRouter(prefix="/v1", tags=["documentation"], responses=_REFUSALS)


@router.get("/taxonomy", summary="What the labels mean")
async def read_taxonomy(service: ServiceOfApp) -> TaxonomyBody:
    taxonomy = service.assessor.taxonomy
    return TaxonomyBody.model_validate(
        {
            "version": taxonomy.version,
            "axes": list(taxonomy.axes),
            "areas": list(taxonomy.areas),
            "modes": [
                ModeDescription(id=mode, meaning=text) for mode, text in MODE_MEANINGS.items()
            ],
        },
        from_attributes=True,
    )


@router.get("/policies", summary="Which policies there are")
async def list_policies(service: ServiceOfApp) -> PoliciesBody:
    return PoliciesBody(
        policies=[
            PolicyEntry(
                **policy.model_dump(include={"id", "version", "name", "owner", "as_of"}),
                default=policy.id == service.assessor.policy.id,
            )
            for policy in service.policies.values()
        ]
    )


@router.get(
    "/policies/{policy_id}", responses=responses(Kind.NOT_FOUND), summary="What a policy says"
)
async def read_policy(policy_id: str, service: ServiceOfApp) -> Policy:
    if policy_id not in service.policies:
        raise HTTPException(404, "There is no such policy. 'GET /v1/policies' lists them.")
    return service.policies[policy_id]


@router.get("/models", summary="Which model answers")
async def list_models(service: ServiceOfApp) -> ModelsBody:
    manifest = service.assessor.model.manifest
    return ModelsBody(
        models=[
            ModelEntry(
                version=manifest.version,
                taxonomy=manifest.taxonomy_version,
                text=manifest.text_version,
                calibration=manifest.calibration_version,
                coverage=manifest.coverage,
                encoder=manifest.encoder,
                weights_sha256=manifest.encoder_digest,
                arithmetic=service.assessor.model.encoder.arithmetic,
                default=True,
            )
        ]
    )


@router.get(
    "/models/{version}/card",
    response_class=PlainTextResponse,
    responses={
        200: {"content": {"text/markdown": {"schema": {"type": "string"}}}},
        **responses(Kind.NOT_FOUND),
    },
    summary="How a model was made and what it cannot do",
)
async def read_card(version: str, service: ServiceOfApp) -> PlainTextResponse:
    return PlainTextResponse(_model(service, version).card, media_type="text/markdown")


@router.get(
    "/models/{version}/evaluation",
    responses=responses(Kind.NOT_FOUND),
    summary="How good a model is, as measured when it was made",
)
async def read_evaluation(version: str, service: ServiceOfApp) -> dict[str, Any]:
    return dict(_model(service, version).metrics)


@router.get("/limits", summary="What the service takes, and for how long it keeps it")
async def read_limits(service: ServiceOfApp) -> LimitsBody:
    settings = service.settings
    return LimitsBody(
        abstract_characters=MAX_ABSTRACT_CHARACTERS,
        title_characters=MAX_TITLE_CHARACTERS,
        id_characters=MAX_ID_CHARACTERS,
        body_bytes=MAX_BODY_BYTES,
        proposals_in_a_batch=min(MOST_IN_A_BATCH, service.rates.most_at_once),
        rate=service.rates.policy,
        deadline_seconds=settings.deadline,
        waiting_requests=settings.queue,
        job_rows=settings.job_rows,
        job_bytes=settings.job_bytes,
        retention_hours=settings.retention_hours,
        webhooks=settings.webhook_secret is not None,
    )


def _model(service: Service, version: str) -> Model:
    if version != service.assessor.model.manifest.version:
        raise HTTPException(404, "There is no such model. 'GET /v1/models' lists what there is.")
    return service.assessor.model
