"""Text that was deleted is in no file of the database."""

from random import Random

import pytest
from sqlalchemy import Engine, bindparam, delete, insert, select, update

from databases import bytes_of
from safezone.errors import StoreUnavailable
from safezone.store import erasure
from safezone.store.engine import open_engine, outside_transactions, reading, utc_now, writing
from safezone.store.tables import job_rows, jobs

CANARY = "a most secret proposal"


def _add_job(engine: Engine, job: str, proposals: list[str]) -> None:
    now = utc_now()
    with writing(engine) as connection:
        connection.execute(
            insert(jobs).values(id=job, state="queued", rows=1, created=now, expires=now)
        )
        rows = [
            {"job": job, "number": number, "proposal": text}
            for number, text in enumerate(proposals, 1)
        ]
        connection.execute(insert(job_rows), rows)


def _delete_jobs(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(delete(jobs))


def test_rows_that_were_deleted_or_emptied_leave_nothing_in_the_files(
    sqlite_engine: Engine,
) -> None:
    _add_job(sqlite_engine, "deleted", [CANARY, CANARY + "x" * 50_000])
    _delete_jobs(sqlite_engine)
    _add_job(sqlite_engine, "emptied", [CANARY, CANARY + "x" * 50_000])
    with writing(sqlite_engine) as connection:
        connection.execute(update(job_rows).values(proposal=None, answer="answered"))
    assert CANARY.encode() in bytes_of(sqlite_engine)
    assert erasure.erase_deleted(sqlite_engine)
    assert CANARY.encode() not in bytes_of(sqlite_engine)
    assert b"answered" in bytes_of(sqlite_engine)


def test_rows_that_moved_within_the_file_leave_nothing_either(sqlite_engine: Engine) -> None:
    # Answers of all sizes, in any order, push rows from page to page before their turn comes.
    random = Random(1)
    _add_job(sqlite_engine, "job", [CANARY] * 4_000)
    answers = [
        {"row": number, "text": "a" * random.choice([10, 400, 3_000])}
        for number in random.sample(range(1, 4_001), 4_000)
    ]
    with writing(sqlite_engine) as connection:
        connection.execute(
            update(job_rows)
            .where(job_rows.c.number == bindparam("row"))
            .values(proposal=None, answer=bindparam("text")),
            answers,
        )
    assert erasure.erase_deleted(sqlite_engine)
    assert CANARY.encode() not in bytes_of(sqlite_engine)


def test_while_somebody_reads_or_writes_it_is_said_that_bytes_may_be_left(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "_PATIENCE", 1)
    _add_job(sqlite_engine, "job", [CANARY])
    with reading(sqlite_engine) as connection:
        connection.execute(select(jobs)).all()
        _delete_jobs(sqlite_engine)
        assert not erasure.erase_deleted(sqlite_engine)
    with writing(sqlite_engine):
        assert not erasure.erase_deleted(sqlite_engine)
    assert CANARY.encode() in bytes_of(sqlite_engine)
    assert erasure.erase_deleted(sqlite_engine)
    assert CANARY.encode() not in bytes_of(sqlite_engine)


def test_the_connection_waits_again_afterwards(
    sqlite_engine: Engine,
) -> None:
    assert erasure.erase_deleted(sqlite_engine)
    with outside_transactions(sqlite_engine) as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 30_000


def test_rows_that_are_not_deleted_stay(engine: Engine) -> None:
    _add_job(engine, "job", ["kept"])
    assert erasure.erase_deleted(engine)
    with reading(engine) as connection:
        assert connection.execute(select(job_rows.c.proposal)).scalars().all() == ["kept"]


def test_on_postgresql_no_dead_row_is_left(postgres_engine: Engine) -> None:
    _add_job(postgres_engine, "job", [CANARY] * 20)
    _delete_jobs(postgres_engine)
    with outside_transactions(postgres_engine) as connection:
        size = "SELECT pg_relation_size('job_rows')"
        assert connection.exec_driver_sql(size).scalar_one() > 0
        assert erasure.erase_deleted(postgres_engine)
        assert connection.exec_driver_sql(size).scalar_one() == 0


def test_a_database_that_is_gone_is_said_plainly(postgres_engine: Engine) -> None:
    name = postgres_engine.url.database
    other = open_engine(
        postgres_engine.url.set(database=f"{name}x").render_as_string(hide_password=False)
    )
    with pytest.raises(StoreUnavailable):
        erasure.erase_deleted(other)
