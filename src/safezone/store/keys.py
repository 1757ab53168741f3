"""API keys: made, listed, verified, replaced and revoked."""

import hmac
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Row, exists, insert, or_, select, update

from safezone.errors import InvalidSettings, NoSuchKey
from safezone.store.engine import Clock, reading, utc_now, writing
from safezone.store.key_text import KeyText, new_key_text, parse_key_text
from safezone.store.scopes import Scope
from safezone.store.tables import keys

# Longest name, in characters; as the column.
_LONGEST_NAME = 100
# What the secret of a key that is not there is compared with.
_NOTHING = bytes(32)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key without its secret. Times are aware; `expires` and `revoked` may be None.

    `owner` stays the same when a key is replaced: jobs and rates are the owner's, not the key's.
    """

    id: str
    owner: str
    name: str
    scopes: frozenset[Scope]
    created: datetime
    expires: datetime | None
    revoked: datetime | None

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def usable(self, now: datetime) -> bool:
        return self.revoked is None and (self.expires is None or now < self.expires)


class KeyStore:
    """The keys in a database of this version. Every method raises StoreUnavailable."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def create(
        self, name: str, scopes: Collection[Scope], expires: datetime | None = None
    ) -> tuple[ApiKey, str]:
        """A new key, and its text, which is nowhere else. Raises InvalidSettings."""
        if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
            raise InvalidSettings(
                f"The name of a key has 1 to {_LONGEST_NAME} printable characters."
            )
        if not scopes:
            raise InvalidSettings(f"A key needs a scope: {', '.join(Scope)}.")
        now = self._clock()
        if expires is not None and expires <= now:
            raise InvalidSettings("The end of a key's validity must lie in the future.")
        text = new_key_text()
        key = ApiKey(text.id, text.id, name, frozenset(scopes), now, expires, revoked=None)
        with writing(self._engine) as connection:
            _insert(connection, key, text)
        return key, text.whole

    def all(self) -> list[ApiKey]:
        """Every key there ever was, oldest first."""
        with reading(self._engine) as connection:
            return [
                _key(row)
                for row in connection.execute(select(keys).order_by(keys.c.created, keys.c.id))
            ]

    def get(self, key_id: str) -> ApiKey:
        """The key with that id. Raises NoSuchKey."""
        with reading(self._engine) as connection:
            return _find(connection, key_id)

    def verify(self, text: str) -> ApiKey | None:
        """The key that a text is, or None where it is none, unknown, revoked or has expired."""
        given = parse_key_text(text)
        if given is None:
            return None
        with reading(self._engine) as connection:
            row = connection.execute(select(keys).where(keys.c.id == given.id)).one_or_none()
        # In constant time, and for unknown ids too, so that all refusals take about as long.
        same = hmac.compare_digest(given.digest, _NOTHING if row is None else row.secret_hash)
        if row is None or not same:
            return None
        key = _key(row)
        return key if key.usable(self._clock()) else None

    def rotate(self, key_id: str, grace: timedelta) -> tuple[ApiKey, str]:
        """A new key in place of another, with its name, scopes, owner and length of validity, and
        its text. The old one expires after the grace. Raises NoSuchKey.
        """
        now = self._clock()
        text = new_key_text()
        with writing(self._engine) as connection:
            old = _find(connection, key_id)
            if not old.usable(now):
                raise NoSuchKey("The key with that id is no longer valid. Create a new one.")
            new = replace(
                old,
                id=text.id,
                created=now,
                expires=old.expires and now + (old.expires - old.created),
            )
            _insert(connection, new, text)
            last = now + grace if old.expires is None else min(old.expires, now + grace)
            connection.execute(update(keys).where(keys.c.id == key_id).values(expires=last))
        return new, text.whole

    def revoke(self, key_id: str) -> ApiKey:
        """The key, which no longer verifies. Raises NoSuchKey."""
        with writing(self._engine) as connection:
            key = _find(connection, key_id)
            if key.revoked is None:
                key = replace(key, revoked=self._clock())
                connection.execute(
                    update(keys).where(keys.c.id == key_id).values(revoked=key.revoked)
                )
        return key

    def any_made(self) -> bool:
        """Whether there ever was a key, valid or not."""
        with reading(self._engine) as connection:
            return bool(connection.scalar(select(exists().select_from(keys))))

    def any_usable(self) -> bool:
        """Whether there is a key that verifies."""
        current = or_(keys.c.expires.is_(None), keys.c.expires > self._clock())
        with reading(self._engine) as connection:
            return bool(
                connection.scalar(select(exists().where(keys.c.revoked.is_(None), current)))
            )


def _insert(connection: Connection, key: ApiKey, text: KeyText) -> None:
    connection.execute(
        insert(keys).values(
            id=key.id,
            owner=key.owner,
            name=key.name,
            secret_hash=text.digest,
            scopes=",".join(sorted(key.scopes)),
            created=key.created,
            expires=key.expires,
            revoked=key.revoked,
        )
    )


def _find(connection: Connection, key_id: str) -> ApiKey:
    row = connection.execute(select(keys).where(keys.c.id == key_id)).one_or_none()
    if row is None:
        raise NoSuchKey("There is no key with that id. List them with 'safezone keys list'.")
    return _key(row)


def _key(row: Row[tuple[object, ...]]) -> ApiKey:
    return ApiKey(
        id=row.id,
        owner=row.owner,
        name=row.name,
        scopes=frozenset(map(Scope, row.scopes.split(","))),
        created=row.created,
        expires=row.expires,
        revoked=row.revoked,
    )
