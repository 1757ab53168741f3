"""What the tests of the store share."""

from databases import (
    engine,
    postgres_engine,
    sqlite_engine,
    sqlite_url,
    store_url,
)

__all__ = [
    "engine",
    "postgres_engine",
    "sqlite_engine",
    "sqlite_url",
    "store_url",
]
