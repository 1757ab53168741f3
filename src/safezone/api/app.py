"""The FastAPI application."""

from collections.abc import Mapping
from typing import Any

import anyio
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

import safezone
from safezone.api import problems
from safezone.api.guards import BodyLimit, Net
from safezone.api.problems import Problem
from safezone.api.routes import router
from safezone.assessment import Assessor
from safezone.policy.library import shipped_policies
from safezone.policy.profile import Policy

_DESCRIPTION = """\
Reads the abstract of a research project and says how geopolitically sensitive it is, with
instrumentation risk kept apart from data-use risk. The answer is a triage signal for a person.
Who proposes the work never moves a score. Nothing that is sent is stored or logged.
"""


def create_app(assessor: Assessor, policies: Mapping[str, Policy] | None = None) -> FastAPI:
    """The service around an assessor. Its pages load nothing from other hosts.

    `policies`, by id, may be named in requests; by default the shipped ones. The assessor's own is
    always among them.
    """
    app = FastAPI(
        title="safezone",
        version=safezone.__version__,
        description=_DESCRIPTION,
        generate_unique_id_function=lambda route: route.name,
        docs_url=None,
        redoc_url=None,
    )
    app.state.assessor = assessor
    known = shipped_policies() if policies is None else policies
    app.state.policies = {**known, assessor.policy.id: assessor.policy}
    app.state.turn = anyio.CapacityLimiter(1)
    app.include_router(router)
    problems.install(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(Net)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document, with problems in the place of FastAPI's own error schemas."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
        )
        schemas = document["components"]["schemas"]
        for own in ("HTTPValidationError", "ValidationError"):
            schemas.pop(own, None)
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs"))
        schemas["Problem"] = problem
        _name_policies(document, list(app.state.policies))
        app.openapi_schema = document
    return app.openapi_schema


def _name_policies(document: dict[str, Any], policies: list[str]) -> None:
    """Say which policies this service knows, in the place of 'any text'."""
    of_proposal = document["components"]["schemas"]["ProposalBody"]["properties"]["policy"]
    [named] = [kind for kind in of_proposal["anyOf"] if kind["type"] == "string"]
    of_path = document["paths"]["/v1/policies/{policy_id}"]["get"]["parameters"][0]["schema"]
    for schema in (named, of_path):
        schema.pop("maxLength", None)
        schema["enum"] = policies
