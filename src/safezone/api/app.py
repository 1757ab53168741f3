"""The FastAPI application."""

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

_DESCRIPTION = """\
Reads the abstract of a research project and says how geopolitically sensitive it is, with
instrumentation risk kept apart from data-use risk. The answer is a triage signal for a person.
Who proposes the work never moves a score. Nothing that is sent is stored or logged.
"""


def create_app(assessor: Assessor) -> FastAPI:
    """The service around an assessor. Its pages load nothing from other hosts."""
    app = FastAPI(
        title="safezone",
        version=safezone.__version__,
        description=_DESCRIPTION,
        generate_unique_id_function=lambda route: route.name,
        docs_url=None,
        redoc_url=None,
    )
    app.state.assessor = assessor
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
        app.openapi_schema = document
    return app.openapi_schema
