"""`safezone keys …`"""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from safezone.cli import options
from safezone.cli.console import errors, output
from safezone.cli.exit_codes import exit_on_error
from safezone.cli.store import Store, chosen_engine
from safezone.errors import InvalidSettings
from safezone.store.scopes import Scope

if TYPE_CHECKING:
    from safezone.store.keys import ApiKey, KeyStore

keys_app = typer.Typer(
    help="API keys. A new key is the only thing on standard output, once; the store holds a hash.",
    no_args_is_help=True,
)

KeyId = Annotated[str, typer.Argument(metavar="ID", help="Id of a key, as 'keys list' shows it.")]


@keys_app.command()
def create(
    name: Annotated[str, typer.Option(help="Whose key it is, or what for.")],
    scope: Annotated[
        list[Scope], typer.Option(help="What it may be used for; repeat for more. admin is all.")
    ] = [Scope.ASSESS, Scope.JOBS],  # noqa: B006
    expires_in_days: Annotated[
        int | None, typer.Option(min=1, max=36_500, help="Default: it does not expire.")
    ] = None,
    store: Store = None,
) -> None:
    """Make a key."""
    with exit_on_error():
        from safezone.store.engine import utc_now
        from safezone.store.keys import KeyStore
        from safezone.store.schema import upgrade

        expires = None if expires_in_days is None else utc_now() + timedelta(days=expires_in_days)
        engine = chosen_engine(store)
        upgrade(engine)  # on a new machine the first key comes before the first start
        key, text = KeyStore(engine).create(name, scope, expires)
        errors.print(f"Key {key.id} may {_scopes(key)}. It is shown this once:")
        typer.echo(text)


@keys_app.command("list")
def list_keys(store: Store = None, as_json: options.AsJson = False) -> None:
    """Every key there ever was, oldest first."""
    with exit_on_error():
        from safezone.store.engine import utc_now

        keys, now = _keys(store).all(), utc_now()
        if as_json:
            typer.echo(json.dumps([_plain(key, now) for key in keys], ensure_ascii=False))
            return
        table = Table(box=None, pad_edge=False)
        for heading in ("Id", "Name", "Scopes", "Created", "Expires", "State"):
            table.add_column(heading)
        for key in keys:
            expires = _day(key.expires) if key.expires else "never"
            table.add_row(
                *(key.id, Text(key.name), _scopes(key)),
                *(_day(key.created), expires, _state(key, now)),
            )
        output().print(table if keys else "No key has been made.")


@keys_app.command()
def rotate(
    key_id: KeyId,
    grace_hours: Annotated[
        float, typer.Option(min=0, max=8_760, help="How long the old key goes on.")
    ] = 24,
    store: Store = None,
) -> None:
    """Make a key in place of another, with its name, scopes and jobs."""
    with exit_on_error():
        key, text = _keys(store).rotate(key_id, timedelta(hours=grace_hours))
        errors.print(
            f"Key {key.id} takes the place of {key_id}, which ends within {grace_hours:g} hours. "
            "It is shown this once:"
        )
        typer.echo(text)


@keys_app.command()
def revoke(key_id: KeyId, store: Store = None) -> None:
    """End a key at once."""
    with exit_on_error():
        key = _keys(store).revoke(key_id)
        errors.print(f"Key {key.id} ({key.name}) is revoked.")


@keys_app.command("webhook-secret")
def webhook_secret(key_id: KeyId, store: Store = None) -> None:
    """Show the secret that tells webhooks to the holder of a key from forged ones.

    It is made from SAFEZONE_WEBHOOK_SECRET, and is the same for the keys of a rotation.
    """
    with exit_on_error():
        from safezone.config import read_settings
        from safezone.jobs.webhooks import derive_secret

        master = read_settings().webhook_secret
        if master is None:
            raise InvalidSettings(
                "The service sends no webhooks. Set SAFEZONE_WEBHOOK_SECRET to at least 32 random "
                "characters first."
            )
        typer.echo(derive_secret(master.get_secret_value(), _keys(store).get(key_id).owner))


def _keys(store: str | None) -> "KeyStore":
    from safezone.store.keys import KeyStore
    from safezone.store.schema import check

    engine = chosen_engine(store)
    check(engine)
    return KeyStore(engine)


def _plain(key: "ApiKey", now: datetime) -> dict[str, object]:
    return {
        "id": key.id,
        "owner": key.owner,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created": key.created.isoformat(),
        "expires": key.expires and key.expires.isoformat(),
        "revoked": key.revoked and key.revoked.isoformat(),
        "state": _state(key, now),
    }


def _scopes(key: "ApiKey") -> str:
    return ", ".join(sorted(key.scopes))


def _state(key: "ApiKey", now: datetime) -> str:
    if key.revoked is not None:
        return "revoked"
    return "usable" if key.usable(now) else "expired"


def _day(time: datetime) -> str:
    return time.date().isoformat()
