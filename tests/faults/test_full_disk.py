"""A disk that is full: said plainly, outlasted, and nothing is left half done."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from debug_servers import DebugServers, client_of, lines_of
from live_jobs import (
    abstract,
    assert_whole,
    csv_file,
    rows_of,
    send,
    send_file,
    until_begun,
    until_ended,
)

ROWS = 600


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for little more than a server needs to start."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", "size=128m", "tests", str(disk))
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here, which takes root")
    yield disk
    subprocess.run(("umount", "--lazy", str(disk)), check=True)


def _fill(filler: Path) -> None:
    for size in (1 << 20, 1 << 12):
        with filler.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * size)
    assert not shutil.disk_usage(filler.parent).free


def _assert_told(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.json()["type"] == "urn:safezone:problem:store-unavailable"
    assert int(answer.headers["retry-after"]) >= 1


def test_a_full_disk_of_the_database_is_told_and_outlasted(
    small_disk: Path, servers: DebugServers
) -> None:
    server = servers.start(store=f"sqlite:///{small_disk / 'safezone.db'}")
    filler = small_disk / "filler"
    with client_of(server) as client:
        job_id = send(client, csv_file(ROWS))["id"]
        until_begun(client, job_id)
        _fill(filler)
        _assert_told(send_file(client, csv_file(ROWS)))
        _assert_told(client.delete(f"/v1/jobs/{job_id}"))
        assert client.get("/livez").status_code == 200
        assert client.post("/v1/assessments", json={"abstract": abstract(1)}).status_code == 200
        at_rest = client.get(f"/v1/jobs/{job_id}").json()
        assert at_rest["state"] == "running"

        filler.unlink()
        assert until_ended(client, job_id)["state"] == "completed"
        assert_whole(rows_of(client, job_id), ROWS)
        assert [job["id"] for job in client.get("/v1/jobs").json()["jobs"]] == [job_id]
        another = send(client, csv_file(3))["id"]
        assert until_ended(client, another)["state"] == "completed"
    assert not [line for line in lines_of(server.log) if line["event"] == "uncaught"]


def test_no_room_for_an_upload_is_told_like_no_room_in_the_database(
    small_disk: Path, servers: DebugServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(small_disk))
    server = servers.start()
    filler = small_disk / "filler"
    with client_of(server) as client:
        send(client, csv_file(3))  # Python looks for a folder with room once, at its first file
        _fill(filler)
        for megabytes in (0, 3):  # what is small is kept in memory until it has arrived
            _assert_told(send_file(client, csv_file(3) + b"x" * (megabytes << 20)))
        filler.unlink()
        assert until_ended(client, send(client, csv_file(3))["id"])["state"] == "completed"
    assert not [path for path in small_disk.rglob("*") if path.is_file()]
