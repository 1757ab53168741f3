"""Migrations, on SQLite and on PostgreSQL."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from safezone.errors import StoreUnavailable
from safezone.store import migrations, schema
from safezone.store.engine import open_engine, reading, writing
from safezone.store.tables import metadata

NEXT = """
from alembic import op
import sqlalchemy as sa
revision = "0002"
down_revision = "0001"
def upgrade():
    op.add_column("keys", sa.Column("further", sa.Integer()))
    {then}
"""

UPGRADE = """
import sys
from safezone.store.engine import open_engine
from safezone.store.schema import check, upgrade
print("ready", flush=True)
sys.stdin.readline()
engine = open_engine(sys.argv[1])
upgrade(engine)
check(engine)
"""


@pytest.fixture
def empty(store_url: str) -> Iterator[Engine]:
    engine = open_engine(store_url)
    yield engine
    engine.dispose()


def test_the_migrations_make_the_tables_that_the_program_uses(engine: Engine) -> None:
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        # What the comparison leaves out.
        for table in metadata.sorted_tables:
            made = inspect(connection).get_pk_constraint(table.name)
            assert made["constrained_columns"] == [column.name for column in table.primary_key]


def test_the_version_is_that_of_the_newest_step(engine: Engine) -> None:
    with reading(engine) as connection:
        config = schema._config(connection)
        assert MigrationContext.configure(connection).get_current_revision() == schema.VERSION
    assert ScriptDirectory.from_config(config).get_current_head() == schema.VERSION


def test_upgrading_twice_changes_nothing(engine: Engine) -> None:
    schema.upgrade(engine)
    schema.check(engine)


def test_an_empty_database_is_told_to_be_upgraded(empty: Engine) -> None:
    with pytest.raises(StoreUnavailable, match="safezone store upgrade"):
        schema.check(empty)


def test_processes_that_upgrade_at_once_all_succeed(store_url: str) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, store_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate(timeout=60)[1] for process in started] == [""] * 4
    assert [process.returncode for process in started] == [0] * 4


def test_an_older_database_is_upgraded_and_then_too_new_for_the_older_program(
    engine: Engine, tmp_path: Path
) -> None:
    with _next_version(tmp_path):
        with pytest.raises(StoreUnavailable, match=r"0001.*0002.*safezone store upgrade"):
            schema.check(engine)
        schema.upgrade(engine)
        schema.check(engine)
    for call in (schema.check, schema.upgrade):
        with pytest.raises(StoreUnavailable, match=r"0002, which is newer"):
            call(engine)


def test_a_step_that_fails_is_undone_as_a_whole(engine: Engine, tmp_path: Path) -> None:
    broken = _next_version(tmp_path, then='op.execute("no such statement")')
    with broken, pytest.raises(StoreUnavailable):
        schema.upgrade(engine)
    schema.check(engine)
    with reading(engine) as connection:
        columns = inspect(connection).get_columns("keys")
    assert "further" not in {column["name"] for column in columns}


def test_a_database_of_another_program_is_refused(empty: Engine) -> None:
    with writing(empty) as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('ae1027a6acf')"))
    with pytest.raises(StoreUnavailable, match="Install"):
        schema.upgrade(empty)


@contextmanager
def _next_version(folder: Path, then: str = "") -> Iterator[None]:
    """Within, the program is the next one: it has a step more than this one."""
    scripts = folder / "migrations"
    shutil.copytree(Path(migrations.__file__).parent, scripts)
    (scripts / "versions" / "v0002_next.py").write_text(NEXT.format(then=then))

    def config(connection: Connection) -> Config:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(scripts))
        return config

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "_config", config)
        patch.setattr(schema, "VERSION", "0002")
        yield
