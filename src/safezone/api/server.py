"""Running the application: in this process, or in several that share a port."""

import uvicorn
from fastapi import FastAPI

import safezone
from safezone.api.app import create_app
from safezone.api.service import Service, asks_for_keys, open_service
from safezone.bootstrap import open_store
from safezone.config import Settings, read_settings
from safezone.errors import InvalidSettings
from safezone.store.keys import KeyStore
from safezone.telemetry.exposition import serve_metrics
from safezone.telemetry.logs import configure_logs, get_logger
from safezone.telemetry.metrics import serve_model
from safezone.telemetry.traces import start_traces

# Seconds that a stop waits for requests beyond their deadline.
_GRACE = 5
_READ_FIRST = 2
_log = get_logger("safezone.api")


def run(settings: Settings) -> None:
    """Serve until told to stop.

    Several workers read their settings from the environment. Raises what opening a service raises.
    """
    configure_logs(settings.log_level, settings.log_format)
    app: FastAPI | str
    if settings.workers > 1:
        _check(settings)
        app = f"{__name__}:{make_app.__name__}"
    else:
        app = _app(settings)
    if settings.metrics_port is not None:
        serve_metrics(settings.metrics_host, settings.metrics_port)
    uvicorn.run(
        app,
        factory=settings.workers > 1,
        workers=settings.workers,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=int(settings.deadline) + _GRACE,
    )


def make_app() -> FastAPI:
    """The application of one of several workers, from the environment."""
    settings = read_settings()
    configure_logs(settings.log_level, settings.log_format)
    return _app(settings)


def prepare(settings: Settings) -> Service:
    """A service that tells its operator what it does, as this process's only one.

    It has read a few texts: what only reading shows is met before anybody waits for an answer, and
    how long reading takes is known.
    """
    service = open_service(settings)
    known = service.assessor.model.manifest.self_check
    try:
        # Not measured: the first text waits for what only the first text needs.
        service.assessor.self_check()
        for _ in range(_READ_FIRST):
            service.inference.run_behind(
                service.assessor.self_check, characters=len(known.title) + len(known.abstract)
            )
    except OSError as error:
        raise InvalidSettings(
            f"The model cannot read ({error.strerror}). The folder of temporary files needs room "
            "for 100 MB."
        ) from error
    provenance = service.assessor.provenance
    serve_model(version=safezone.__version__, model=provenance.model, taxonomy=provenance.taxonomy)
    if settings.traces_endpoint is not None:
        start_traces(settings.traces_endpoint, safezone.__version__)
    _log.info(
        "started",
        version=safezone.__version__,
        model=provenance.model,
        policy=provenance.policy,
    )
    return service


def _app(settings: Settings) -> FastAPI:
    service = prepare(settings)
    _log.info("serving", outcome="asks-for-keys" if service.asks_for_keys else "open-to-all")
    return create_app(service)


def _check(settings: Settings) -> None:
    """Raise what each worker would raise, so that it is told once and plainly."""
    store = open_store(settings)
    asks_for_keys(settings, KeyStore(store))
    store.dispose()
