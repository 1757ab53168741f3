"""Which version a database has, and bringing it to that of this program."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from safezone.errors import StoreUnavailable
from safezone.store.engine import reading, writing

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
        config = _config(connection)
        _refuse_newer(connection, ScriptDirectory.from_config(config))
        command.upgrade(config, "head")


def check(engine: Engine) -> None:
    """Raises StoreUnavailable where the database is not of this version, and says what to do."""
    with reading(engine) as connection:
        scripts = ScriptDirectory.from_config(_config(connection))
        _refuse_newer(connection, scripts)
        version = _version(connection)
    if version is None:
        raise StoreUnavailable("The store has no tables yet. Run 'safezone store upgrade'.")
    if version != scripts.get_current_head():
        raise StoreUnavailable(
            f"The store has version {version}, this program needs "
            f"{scripts.get_current_head()}. Run 'safezone store upgrade'."
        )


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "safezone.store:migrations")
    return config


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(connection: Connection, scripts: ScriptDirectory) -> None:
    version = _version(connection)
    known = {script.revision for script in scripts.walk_revisions()}
    if version is not None and version not in known:
        raise StoreUnavailable(
            f"The store has version {version}, which is newer than this program knows "
            f"({scripts.get_current_head()}). Install the safezone that made it, or a later one."
        )
