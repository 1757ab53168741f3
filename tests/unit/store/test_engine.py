"""Opening the database, and what is said when it fails."""

import stat
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, insert, literal, select, text

from databases import PostgresServer
from safezone.errors import StoreUnavailable
from safezone.store.engine import open_engine, outside_transactions, reading, utc_now, writing
from safezone.store.erasure import erase_deleted
from safezone.store.schema import upgrade
from safezone.store.tables import job_rows, jobs

CANARY = "a most secret proposal"


def _add_job(engine: Engine, job: str = "job", then: Callable[[], None] = lambda: None) -> None:
    now = utc_now()
    with writing(engine) as connection:
        connection.execute(insert(jobs).values(id=job, state="", rows=1, created=now, expires=now))
        then()


def _jobs(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.scalars(select(jobs.c.id)))


@pytest.mark.parametrize(
    "url",
    [
        *("", "nonsense", "mysql://host/name", "sqlite://", "sqlite:///:memory:"),
        *("sqlite+aiosqlite:///safezone.db", "oracle+none://host"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="Give sqlite:///PATH or postgresql://"):
        open_engine(url)


def test_the_file_and_its_folder_are_for_their_owner_alone(sqlite_url: str, tmp_path: Path) -> None:
    engine = open_engine(sqlite_url)
    upgrade(engine)
    folder = tmp_path / "store"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    names = ("safezone.db", "safezone.db-shm", "safezone.db-wal")
    assert files == dict.fromkeys(names, 0o600)


def test_the_rights_of_a_file_that_is_there_are_left(sqlite_url: str, tmp_path: Path) -> None:
    path = tmp_path / "store" / "safezone.db"
    path.parent.mkdir(mode=0o750)
    path.touch(mode=0o640)
    open_engine(sqlite_url)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o750
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_path_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="cannot be made"):
        open_engine(f"sqlite:///{tmp_path / 'file' / 'safezone.db'}")


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "safezone.db").write_text("something else" * 100)
    with pytest.raises(StoreUnavailable, match="does not do what it should"):
        upgrade(open_engine(f"sqlite:///{tmp_path / 'safezone.db'}"))


def test_a_full_disk_is_said_and_nothing_is_half_written(sqlite_engine: Engine) -> None:
    @event.listens_for(sqlite_engine, "checkout")
    def no_room(connection, *_):  # type: ignore[no-untyped-def]
        connection.execute("PRAGMA max_page_count = 1")

    with pytest.raises(StoreUnavailable, match="has room left"):
        _add_job(sqlite_engine, "x" * 100_000)
    assert _jobs(sqlite_engine) == []


def _duplicate(engine: Engine) -> None:
    _add_job(engine, CANARY)
    _add_job(engine, CANARY)


def _no_such_parent(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(insert(job_rows).values(job=CANARY, number=1, proposal=CANARY))


def _no_such_table(engine: Engine) -> None:
    with reading(engine) as connection:
        connection.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": CANARY})


def _not_null(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(insert(jobs).values(id="job", state=CANARY))


def _outside(engine: Engine) -> None:
    with outside_transactions(engine) as connection:
        connection.execute(select(literal(CANARY)).select_from(text("nowhere")))


@pytest.mark.parametrize("fail", [_duplicate, _no_such_parent, _no_such_table, _not_null, _outside])
def test_an_error_of_the_database_does_not_say_what_was_sent(
    engine: Engine, fail: Callable[[Engine], None]
) -> None:
    with pytest.raises(StoreUnavailable, match="See that the database runs") as raised:
        fail(engine)
    assert CANARY not in "".join(traceback.format_exception(raised.value))
    assert raised.value.__suppress_context__


def test_reading_does_not_wait_for_writing(engine: Engine) -> None:
    seen = []
    _add_job(engine, then=lambda: seen.append(_jobs(engine)))
    assert seen == [[]]
    assert _jobs(engine) == ["job"]


@pytest.mark.parametrize("upkept", [False, True])
def test_what_is_raised_within_undoes_all_that_was_written(engine: Engine, upkept: bool) -> None:
    if upkept:
        # What was set for a connection is not there for the next who uses it.
        assert erase_deleted(engine)

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _add_job(engine, then=fail)
    assert _jobs(engine) == []


def test_postgresql_that_stopped_is_said_and_found_again_when_it_is_back(
    postgres_engine: Engine, postgres_server: PostgresServer
) -> None:
    _add_job(postgres_engine)
    postgres_server.stop()
    with pytest.raises(StoreUnavailable, match="reachable"):
        _jobs(postgres_engine)
    postgres_server.start()
    assert _jobs(postgres_engine) == ["job"]


def test_postgresql_that_was_restarted_is_used_on_as_if_it_had_not_been(
    postgres_engine: Engine, postgres_server: PostgresServer
) -> None:
    _add_job(postgres_engine)
    postgres_server.stop()
    postgres_server.start()
    assert _jobs(postgres_engine) == ["job"]


def test_postgresql_that_stops_within_a_transaction_undoes_it(
    postgres_engine: Engine, postgres_server: PostgresServer
) -> None:
    with pytest.raises(StoreUnavailable):
        _add_job(postgres_engine, then=postgres_server.stop)
    postgres_server.start()
    assert _jobs(postgres_engine) == []
