"""Erasing text that was deleted, which a database by itself leaves in its files for a while."""

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from safezone.store.engine import SQLITE_PATIENCE, is_busy, outside_transactions

# Milliseconds that it may hold up, and be held up by, others who use the database.
_PATIENCE = 5_000


def erase_deleted(engine: Engine) -> bool:
    """Rid the database's files of the bytes of rows that were deleted or emptied.

    Call it once such a change is committed, not within a transaction. Returns whether it was done:
    False where others kept the database busy for 5 seconds, so that it should be tried again
    later. Raises StoreUnavailable.

    SQLite's file is written anew, which for a moment takes as much memory and twice the room; who
    writes meanwhile waits. On PostgreSQL the rows are vacuumed: their room is used again as soon as
    no running transaction could see them, and until then their bytes stay in the server's files.
    No program can promise more about its write-ahead log, nor either database about backups,
    replicas and the blocks of a disk; encrypt those.
    """
    with outside_transactions(engine) as connection:
        if connection.dialect.name == "sqlite":
            return _rewrite_sqlite(connection)
        connection.exec_driver_sql("VACUUM job_rows")
        return True


def _rewrite_sqlite(connection: Connection) -> bool:
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {_PATIENCE}")
    try:
        # `secure_delete` is not enough: SQLite moves rows between pages as these fill and empty,
        # and leaves copies of them in room that it knows to be free.
        connection.exec_driver_sql("VACUUM")
        busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    except OperationalError as error:
        if is_busy(error.orig):
            return False
        raise
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {SQLITE_PATIENCE}")
    return not busy
