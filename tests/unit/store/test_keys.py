"""API keys, on SQLite and on PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from databases import bytes_of
from safezone.errors import InvalidSettings, NoSuchKey
from safezone.store.engine import reading
from safezone.store.key_text import KeyText, new_key_text, parse_key_text
from safezone.store.keys import KeyStore
from safezone.store.scopes import Scope
from safezone.store.tables import keys as keys_table

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class SetClock:
    """Shows the time it is set to."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def keys(engine: Engine, clock: SetClock) -> KeyStore:
    return KeyStore(engine, clock)


def test_a_key_verifies_and_is_what_was_made(keys: KeyStore) -> None:
    key, text = keys.create("portal", [Scope.ASSESS, Scope.JOBS], NOON + HOUR)
    assert keys.verify(text) == key
    assert keys.all() == [key]
    assert (key.name, key.scopes) == ("portal", frozenset([Scope.ASSESS, Scope.JOBS]))
    assert (key.created, key.expires, key.revoked) == (NOON, NOON + HOUR, None)


def test_an_unknown_key_does_not_verify(keys: KeyStore) -> None:
    keys.create("portal", [Scope.ASSESS])
    assert keys.verify(new_key_text().whole) is None


def test_a_known_id_with_another_secret_does_not_verify(keys: KeyStore) -> None:
    key, text = keys.create("portal", [Scope.ASSESS])
    _, other = keys.create("other", [Scope.ASSESS])
    for secret in (new_key_text().secret, _read(other).secret):
        assert keys.verify(KeyText(key.id, secret).whole) is None
    assert keys.verify(text) == key


def test_a_key_verifies_until_just_before_it_expires(keys: KeyStore, clock: SetClock) -> None:
    _, text = keys.create("portal", [Scope.ASSESS], NOON + HOUR)
    clock.now = NOON + HOUR - timedelta(microseconds=1)
    assert keys.verify(text)
    clock.now = NOON + HOUR
    assert keys.verify(text) is None


def test_a_revoked_key_does_not_verify_and_stays_revoked_when(
    keys: KeyStore, clock: SetClock
) -> None:
    key, text = keys.create("portal", [Scope.ASSESS])
    assert keys.revoke(key.id).revoked == NOON
    assert keys.verify(text) is None
    clock.now += HOUR
    assert keys.revoke(key.id).revoked == NOON


def test_a_key_that_replaces_another_has_its_rights_and_its_owner(
    keys: KeyStore, clock: SetClock
) -> None:
    first, _ = keys.create("portal", [Scope.JOBS], NOON + 10 * HOUR)
    clock.now += HOUR
    second, text = keys.rotate(first.id, grace=HOUR)
    third, _ = keys.rotate(second.id, grace=HOUR)
    assert keys.verify(text) is not None
    assert second.id != first.id
    assert (second.name, second.scopes) == (first.name, first.scopes)
    assert first.owner == second.owner == third.owner == first.id
    assert second.expires == clock.now + 10 * HOUR


def test_a_replaced_key_verifies_through_the_grace_and_no_longer(
    keys: KeyStore, clock: SetClock
) -> None:
    key, text = keys.create("portal", [Scope.ASSESS])
    _, new = keys.rotate(key.id, grace=HOUR)
    assert keys.verify(text)
    clock.now += HOUR
    assert keys.verify(text) is None
    assert keys.verify(new)


def test_a_grace_does_not_prolong_a_key(keys: KeyStore) -> None:
    key, _ = keys.create("portal", [Scope.ASSESS], NOON + HOUR)
    keys.rotate(key.id, grace=5 * HOUR)
    assert keys.all()[0].expires == NOON + HOUR


def test_what_no_longer_verifies_is_not_replaced(keys: KeyStore) -> None:
    key, _ = keys.create("portal", [Scope.ASSESS])
    keys.revoke(key.id)
    with pytest.raises(NoSuchKey, match="no longer valid"):
        keys.rotate(key.id, HOUR)
    assert len(keys.all()) == 1


def test_an_unknown_id_is_said_without_being_repeated(keys: KeyStore) -> None:
    # Somebody may give the whole key in place of its id.
    text = new_key_text().whole
    for call in (keys.revoke, lambda wrong: keys.rotate(wrong, HOUR)):
        with pytest.raises(NoSuchKey, match="no key with that id") as raised:
            call(text)
        assert text not in str(raised.value)


def test_whether_any_key_is_usable(keys: KeyStore, clock: SetClock) -> None:
    assert not keys.any_usable()
    assert not keys.any_made()
    keys.create("short", [Scope.ASSESS], NOON + HOUR)
    assert keys.any_usable()
    clock.now += HOUR
    assert not keys.any_usable()
    key, _ = keys.create("long", [Scope.ASSESS])
    assert keys.any_usable()
    keys.revoke(key.id)
    assert not keys.any_usable()
    assert keys.any_made()


def test_admin_includes_the_other_scopes_and_they_include_nothing(keys: KeyStore) -> None:
    for held, allowed in (
        (Scope.ADMIN, set(Scope)),
        (Scope.ASSESS, {Scope.ASSESS}),
        (Scope.JOBS, {Scope.JOBS}),
    ):
        key, _ = keys.create("portal", [held])
        assert {scope for scope in Scope if key.may(scope)} == allowed


def test_names_scopes_and_times_without_meaning_are_refused(keys: KeyStore) -> None:
    for name in ("", "x" * 101, "two\nlines", "\x1b[31mred"):
        with pytest.raises(InvalidSettings, match="name"):
            keys.create(name, [Scope.ASSESS])
    with pytest.raises(InvalidSettings, match="scope"):
        keys.create("portal", [])
    with pytest.raises(InvalidSettings, match="future"):
        keys.create("portal", [Scope.ASSESS], NOON)
    assert keys.all() == []


def test_the_database_holds_no_secret(keys: KeyStore, engine: Engine) -> None:
    key, text = keys.create("portal", [Scope.ASSESS])
    keys.rotate(key.id, HOUR)
    secret = _read(text).secret
    with reading(engine) as connection:
        held = repr(connection.execute(select(keys_table)).all())
    assert key.id in held
    assert secret not in held


def test_the_database_file_holds_no_secret(sqlite_engine: Engine) -> None:
    keys = KeyStore(sqlite_engine)
    key, text = keys.create("portal", [Scope.ASSESS])
    keys.rotate(key.id, HOUR)
    keys.verify(text)
    keys.revoke(key.id)
    held = bytes_of(sqlite_engine)
    assert key.id.encode() in held
    for hidden in (text, _read(text).secret):
        assert hidden.encode() not in held


def _read(text: str) -> KeyText:
    key = parse_key_text(text)
    assert key is not None
    return key
