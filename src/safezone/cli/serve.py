"""`safezone serve`"""

from typing import Annotated

import typer
import uvicorn

from safezone.bootstrap import load_assessor, read_policies
from safezone.cli import options
from safezone.cli.exit_codes import errors, exit_on_error
from safezone.config import read_settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address. Default: 127.0.0.1.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port; 0 takes a free one. Default: 8000.")
    ] = None,
    model: options.Model = None,
    encoder: options.Encoder = None,
    policy: options.Policy = None,
) -> None:
    """Serve the REST API."""
    with exit_on_error():
        from safezone.api.app import create_app

        settings = read_settings(host=host, port=port, model=model, encoder=encoder, policy=policy)
        assessor = load_assessor(settings)
        errors.print(
            f"safezone: model {assessor.provenance.model}, policy {assessor.provenance.policy}"
        )
        uvicorn.run(
            create_app(assessor, read_policies(settings)),
            host=settings.host,
            port=settings.port,
            log_level=settings.log_level,
            server_header=False,
        )
