"""Opening the database: SQLite beside the service, or PostgreSQL by URL."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import stamina
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from safezone.errors import StoreUnavailable

# Who asks for the time; tests give another.
Clock = Callable[[], datetime]

# Milliseconds that one who writes waits for another.
SQLITE_PATIENCE = 30_000


def utc_now() -> datetime:
    return datetime.now(UTC)


def open_engine(url: str) -> Engine:
    """An engine for `sqlite:///PATH` or `postgresql://…`. Raises StoreUnavailable.

    SQLite runs in WAL mode, so that reading never waits for writing, and overwrites what is
    deleted (`secure_delete`). Its file, and the folder of it, are made where they are missing, for
    nobody but their owner to read. Nothing is connected yet.
    """
    try:
        parsed = make_url(url)
        # In memory, each thread would have a database of its own.
        if parsed.drivername == "sqlite" and parsed.database and parsed.database != ":memory:":
            _make_private(Path(parsed.database))
            engine = create_engine(parsed, hide_parameters=True)
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        if parsed.get_backend_name() == "postgresql":
            return create_engine(
                parsed.set(drivername="postgresql+psycopg"),
                hide_parameters=True,
                pool_pre_ping=True,
                pool_size=10,
                connect_args={"connect_timeout": 5},
            )
    except ModuleNotFoundError as error:
        raise StoreUnavailable(
            "PostgreSQL needs a driver that is not installed: install safezone[postgres]."
        ) from error
    except (ArgumentError, NoSuchModuleError):
        pass
    raise StoreUnavailable(
        "The URL of the store cannot be used. Give sqlite:///PATH or postgresql://USER@HOST/NAME."
    )


def _make_private(path: Path) -> None:
    # SQLite gives its -wal and -shm files the permissions of the database.
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise StoreUnavailable(
            f"The file of the store cannot be made ({error.strerror}). Give a path that can be "
            "written, as sqlite:///PATH."
        ) from error


def _set_up_sqlite(connection: Any, _: object) -> None:
    # Transactions are begun below, not by the driver, which would begin them too late.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_PATIENCE}")
    _switch_to_wal(cursor)
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def is_busy(error: BaseException | None) -> bool:
    """Whether SQLite gave up waiting for others."""
    return isinstance(error, sqlite3.Error) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY


# Here alone, SQLite does not wait by itself for others that open the same new file.
@stamina.retry(
    on=is_busy, attempts=None, timeout=30, wait_initial=0.01, wait_max=0.5, wait_jitter=0.1
)
def _switch_to_wal(cursor: Any) -> None:
    cursor.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: Connection) -> None:
    begin = connection.get_execution_options().get("begin", "BEGIN")
    if begin is not None:
        connection.exec_driver_sql(begin)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads. Raises StoreUnavailable."""
    with _told_plainly(), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction, committed at the end or undone as a whole. Keep it short: in SQLite there is
    one at a time. Raises StoreUnavailable.
    """
    with _told_plainly(), engine.connect() as plain:
        # One that reads before it writes must not find that another wrote in between.
        connection = plain.execution_options(begin="BEGIN IMMEDIATE")
        with connection.begin():
            yield connection


@contextmanager
def outside_transactions(engine: Engine) -> Iterator[Connection]:
    """A connection for upkeep, on which every statement stands alone. Raises StoreUnavailable."""
    with _told_plainly(), engine.connect() as plain:
        if plain.dialect.name == "sqlite":
            # The driver begins none by itself, see `_set_up_sqlite`.
            yield plain.execution_options(begin=None)
        else:
            yield plain.execution_options(isolation_level="AUTOCOMMIT")


@contextmanager
def _told_plainly() -> Iterator[None]:
    """The database's own words may hold what was sent, so that none of them is passed on."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        raise StoreUnavailable(
            f"The store does not do what it should ({type(error).__name__}). See that the database "
            "runs, is reachable and has room left."
        ) from None
