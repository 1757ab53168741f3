"""`safezone store …`"""

from typing import TYPE_CHECKING, Annotated

import typer

from safezone.cli.exit_codes import exit_on_error

if TYPE_CHECKING:
    from sqlalchemy import Engine

store_app = typer.Typer(help="The database of keys and jobs.", no_args_is_help=True)

Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="sqlite:///PATH or postgresql://USER@HOST/NAME. Default: SAFEZONE_STORE, or a file in "
        "the home folder.",
    ),
]


def chosen_engine(store: str | None) -> "Engine":
    """The engine of the store that was asked for. Raises InvalidSettings and StoreUnavailable."""
    from safezone.config import read_settings
    from safezone.store.engine import open_engine

    return open_engine(read_settings(store=store).store)


@store_app.command("upgrade")
def upgrade_store(store: Store = None) -> None:
    """Bring the database to the version of this program; makes it where there is none."""
    with exit_on_error():
        from safezone.store.schema import upgrade

        upgrade(chosen_engine(store))
        typer.echo("The store is of this version.")


@store_app.command("check")
def check_store(store: Store = None) -> None:
    """Whether the database can be reached and is of the version of this program."""
    with exit_on_error():
        from safezone.store.schema import check

        check(chosen_engine(store))
        typer.echo("The store is of this version.")
