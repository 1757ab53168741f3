"""`safezone model …`"""

import json

import typer

from safezone.cli import options
from safezone.cli.console import output
from safezone.cli.exit_codes import exit_on_error

model_app = typer.Typer(help="Model bundles.", no_args_is_help=True)


@model_app.command("show")
def show(model: options.Model = None, as_json: options.AsJson = False) -> None:
    """Verify a bundle and show its card; with --json its manifest and metrics."""
    with exit_on_error():
        from safezone.bootstrap import read_bundle
        from safezone.config import read_settings

        bundle = read_bundle(read_settings(model=model))
        if as_json:
            plain = {"manifest": bundle.manifest.model_dump(mode="json"), "metrics": bundle.metrics}
            typer.echo(json.dumps(plain, ensure_ascii=False))
            return
        output().print(bundle.card, markup=False, soft_wrap=True)


@model_app.callback()
def _group() -> None:
    """Keeps `show` a subcommand while it is the only one."""
