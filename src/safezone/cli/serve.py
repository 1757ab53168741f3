"""`safezone serve` and `safezone worker`"""

import os
import signal
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from safezone.cli import options
from safezone.cli.exit_codes import exit_on_error
from safezone.telemetry.multiprocess import prepare_multiprocess


def serve(
    host: Annotated[str | None, typer.Option(help="Address. Default: 127.0.0.1.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; 0 takes a free one. Default: 8000.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that answer requests. Default: 1.")
    ] = None,
    model: options.Model = None,
    encoder: options.Encoder = None,
    policy: options.Policy = None,
) -> None:
    """Serve the REST API."""
    given = {
        "host": host,
        "port": port,
        "workers": workers,
        "model": model,
        "encoder": encoder,
        "policy": policy,
    }
    with exit_on_error(), ExitStack() as at_end:
        from safezone.config import read_settings

        settings = read_settings(**given)
        if settings.workers > 1:
            counts = tempfile.TemporaryDirectory(prefix="safezone-metrics-")
            prepare_multiprocess(Path(at_end.enter_context(counts)))
            # The workers read their settings anew.
            for name, value in given.items():
                if value is not None:
                    os.environ[f"SAFEZONE_{name.upper()}"] = str(value)

        from safezone.api.server import run

        run(settings)


def worker(
    model: options.Model = None,
    encoder: options.Encoder = None,
) -> None:
    """Work on jobs, beside services that leave them to others (SAFEZONE_JOB_WORKERS=0)."""
    with exit_on_error():
        from safezone.config import read_settings

        settings = read_settings(model=model, encoder=encoder, auth="off")

        from safezone.api.background import Background
        from safezone.api.server import prepare
        from safezone.telemetry.exposition import serve_metrics
        from safezone.telemetry.logs import configure_logs

        configure_logs(settings.log_level, settings.log_format)
        service = prepare(settings)
        if settings.metrics_port is not None:
            serve_metrics(settings.metrics_host, settings.metrics_port)
        background = Background(service)
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()
        background.stop()
        service.inference.stop()
