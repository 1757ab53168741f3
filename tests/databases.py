"""The databases that the store runs on: a SQLite file, and a PostgreSQL server of the tests' own.

Import the fixtures in a conftest.py: `postgres_server` in one place alone, so that there is one
server a session.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine

from safezone.store.engine import open_engine
from safezone.store.schema import upgrade

# PostgreSQL refuses to run as root; Debian's package makes this user.
_UNPRIVILEGED = "postgres"


class PostgresServer:
    """A cluster in a folder of its own, reached by a socket in that folder alone."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._folder = folder
        self._numbers = count(1)
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            user = pwd.getpwnam(_UNPRIVILEGED)
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
            self._as_user += ["--clear-groups", "--"]
        options = ("--auth=trust", "--username=tests", "--encoding=UTF8", "--locale=C", "--no-sync")
        self._run("initdb", f"--pgdata={self._data}", *options)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._as_user, str(self._binaries / program), *arguments],
            # No pipe: the server inherits what its starter has, and would keep it open.
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            timeout=60,
            check=False,
        )
        if done.returncode:
            log = self._folder / "log"
            said = log.read_text(errors="replace") if log.exists() else "nothing"
            raise AssertionError(f"{program} {arguments} failed; the server's log says: {said}")

    def url(self, database: str) -> str:
        return f"postgresql://tests@/{database}?host={self._folder}"

    def make_database(self) -> str:
        """The URL of a new and empty database."""
        name = f"test_{next(self._numbers)}"
        self._run("createdb", f"--host={self._folder}", "--username=tests", name)
        return self.url(name)

    def start(self) -> None:
        """Returns once it answers; nothing happens where it runs."""
        if self._runs():
            return
        options = f"-c listen_addresses= -c fsync=off -k {self._folder}"
        self._control("start", f"--log={self._folder / 'log'}", f"--options={options}")

    def stop(self) -> None:
        """Ends every connection at once and returns when it is gone."""
        if self._runs():
            self._control("stop", "--mode=fast")

    def _runs(self) -> bool:
        return (self._data / "postmaster.pid").exists()

    def _control(self, action: str, *arguments: str) -> None:
        self._run("pg_ctl", action, f"--pgdata={self._data}", "--wait", *arguments)


def _postgres_binaries() -> Path | None:
    """Debian keeps them out of the path, one folder a version."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: int(path.parts[-3]), default=None)
    return newest and newest.parent


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server that runs. One that a test stops is started again for the next."""
    binaries = _postgres_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    # Not pytest's own folder: another user than the one who runs the tests must get there, and the
    # path of a socket is at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="safezone-pg-") as folder:
        server = PostgresServer(binaries, Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store' / 'safezone.db'}"


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    postgres_server.start()
    return postgres_server.make_database()


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, of each kind in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def _migrated(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    """A database of this version, of each kind in turn."""
    yield from _migrated(store_url)


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    """A SQLite database of this version, where a test is about its file."""
    yield from _migrated(sqlite_url)


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    """A PostgreSQL database of this version, where a test is about its server."""
    yield from _migrated(postgres_url)


def bytes_of(sqlite_engine: Engine) -> bytes:
    """All bytes of the database's files: the database itself, -wal and -shm."""
    assert sqlite_engine.url.database
    folder = Path(sqlite_engine.url.database).parent
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
