"""The `safezone` command."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

import safezone
from safezone.cli.assess import assess
from safezone.cli.audit import audit
from safezone.cli.data import data_app
from safezone.cli.evaluate import evaluate
from safezone.cli.keys import keys_app
from safezone.cli.model import model_app
from safezone.cli.policy import policy_app
from safezone.cli.serve import serve, worker
from safezone.cli.store import store_app
from safezone.cli.train import train

_EPILOG = (
    "Exit codes: 0 done; 1 failed; 2 wrong usage or settings; 3 input that cannot be read; "
    "4 model or encoder that cannot be used; 5 a goal of the audit is missed."
)

app = typer.Typer(
    name="safezone",
    help="How geopolitically sensitive is a research abstract? Instrumentation risk and data-use "
    "risk are kept apart; the answer is a triage signal for a person.",
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables would show proposal text.
    pretty_exceptions_enable=False,
)

_COMMANDS: tuple[Callable[..., Any], ...] = (assess, serve, worker, train, evaluate, audit)
for command in _COMMANDS:
    app.command(epilog=_EPILOG)(command)
app.add_typer(model_app, name="model")
app.add_typer(data_app, name="data")
app.add_typer(policy_app, name="policy")
app.add_typer(keys_app, name="keys")
app.add_typer(store_app, name="store")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"safezone {safezone.__version__}")
        raise typer.Exit()


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    del version  # acted upon by its callback
    from stamina.instrumentation import set_on_retry_hooks

    # What is tried again is told by log lines of our own; this would be on standard output.
    set_on_retry_hooks([])
