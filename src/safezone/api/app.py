"""The FastAPI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

import safezone
from safezone.api import failures
from safezone.api.admission import Admission
from safezone.api.auth import Authenticated
from safezone.api.background import Background
from safezone.api.document import document
from safezone.api.guards import BodyBounds, Net
from safezone.api.observing import NO_TELEMETRY_BY_FASTAPI, Observed
from safezone.api.routes import router
from safezone.api.service import Service
from safezone.telemetry.traces import stop_traces

_UPLOADS = "/v1/jobs"
_DESCRIPTION = """\
Reads the abstract of a research project and says how geopolitically sensitive it is, with
instrumentation risk kept apart from data-use risk. The answer is a triage signal for a person.
Who proposes the work never moves a score. Nothing of what is sent is logged. The rows of a job are
kept until they are read; nothing else is kept at all.
"""


def create_app(service: Service) -> FastAPI:
    """The application around a service. Its pages load nothing from other hosts."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        background = Background(service) if service.settings.job_workers else None
        yield
        if background:
            await anyio.to_thread.run_sync(background.stop)
        await anyio.to_thread.run_sync(service.inference.stop)
        service.store.dispose()
        await anyio.to_thread.run_sync(stop_traces)

    app = FastAPI(
        title="safezone",
        version=safezone.__version__,
        description=_DESCRIPTION,
        generate_unique_id_function=lambda route: route.name,
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY_BY_FASTAPI,
        lifespan=lifespan,
    )
    app.state.service = service
    app.state.model_is_right, app.state.checked = None, 0.0
    app.include_router(router)
    failures.install(app)
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    _wrap(app, service)
    return app


def _wrap(app: FastAPI, service: Service) -> None:
    """Put the middleware around the application, from the innermost to the outermost."""
    settings = service.settings
    app.add_middleware(
        BodyBounds,
        seconds=settings.deadline,
        upload_path=_UPLOADS,
        upload_limit=settings.job_bytes,
    )
    if service.asks_for_keys:
        app.add_middleware(Authenticated, keys=service.keys, rates=service.rates)
    app.add_middleware(
        Admission, inference=service.inference, seconds=settings.deadline, upload_path=_UPLOADS
    )
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["authorization", "content-type", "idempotency-key", "x-api-key"],
            expose_headers=[
                "location",
                "ratelimit",
                "ratelimit-policy",
                "retry-after",
                "x-request-id",
            ],
            max_age=600,
        )
    app.add_middleware(Net)
    app.add_middleware(Observed)
