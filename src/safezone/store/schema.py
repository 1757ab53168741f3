"""Which version a database has, and bringing it to that of this program."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from safezone.errors import StoreUnavailable
from safezone.store.engine import reading, writing

if TYPE_CHECKING:
    from alembic.config import Config

# The newest of the steps in `migrations`. A database that is there needs no Alembic, which takes
# longer to import than everything else here to run.
VERSION = "0001"
# Any number that no other program takes as a lock in the same PostgreSQL database.
_LOCK = 0x5AFE_20_4E


def upgrade(engine: Engine) -> None:
    """Bring the database to this version, wholly or not at all; nothing happens where it is.

    Several processes may do so at once: one does the work, the others wait for it. Raises
    StoreUnavailable where the database is newer than this program.
    """
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        version = _version(connection)
        if version == VERSION:
            return
        config = _config(connection)
        _refuse_newer(version, config)

        from alembic import command

        command.upgrade(config, "head")


def check(engine: Engine) -> None:
    """Raises StoreUnavailable where the database is not of this version, and says what to do."""
    with reading(engine) as connection:
        version = _version(connection)
        if version == VERSION:
            return
        _refuse_newer(version, _config(connection))
    if version is None:
        raise StoreUnavailable("The store has no tables yet. Run 'safezone store upgrade'.")
    raise StoreUnavailable(
        f"The store has version {version}, this program needs {VERSION}. Run 'safezone store "
        "upgrade'."
    )


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "safezone.store:migrations")
    return config


def _version(connection: Connection) -> str | None:
    """What Alembic noted in the database when it brought it to a version."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return version


def _refuse_newer(version: str | None, config: "Config") -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    if version is not None and version not in known:
        raise StoreUnavailable(
            f"The store has version {version}, which is newer than this program knows "
            f"({VERSION}). Install the safezone that made it, or a later one."
        )
