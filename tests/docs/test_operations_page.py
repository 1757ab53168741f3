"""docs/operations.md held against the program: its commands are run, its tables are compared."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import yaml
from sqlalchemy.engine import make_url

from databases import PostgresServer
from live_server import LiveServer, start_server, stop_server
from safezone.config import Settings
from safezone.jobs.webhooks import MOST_ATTEMPTS
from safezone.jobs.worker import _LEASE
from safezone.store.engine import open_engine
from safezone.store.job_types import RECEIVING_LEASE
from safezone.store.keys import KeyStore
from safezone.store.tables import metadata
from safezone.telemetry.drift import FEWEST_TEXTS
from safezone.telemetry.metrics import REGISTRY
from safezone.telemetry.vocabulary import EVENTS, FIELDS, UNLISTED_EVENT

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
FILE = "/var/lib/safezone/safezone.db"
# Computed when it is asked for, not counted.
PSI = "safezone_nearest_training_psi"


def blocks(language: str, having: str = "") -> list[str]:
    return [block for kind, block in BLOCKS if kind == language and having in block]


def commands(block: str) -> list[str]:
    return [line for line in block.replace("\\\n", " ").splitlines() if line.strip()]


def run(command: str, folder: Path, **variables: str) -> str:
    """What a command says, run in a folder where `safezone` is that of these tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euc", command],
        cwd=folder,
        env={**os.environ, "PATH": path, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


def rows(heading: str) -> list[list[str]]:
    """The cells of the table with that heading."""
    table = PAGE.partition(f"| {heading} |")[2].partition("\n\n")[0]
    lines = table.splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def names(heading: str) -> list[str]:
    """What stands in code in the first column of a table."""
    return [name for cells in rows(heading) for name in re.findall(r"`(\w+)`", cells[0])]


def test_every_block_is_of_a_language_that_these_tests_know() -> None:
    assert {kind for kind, _ in BLOCKS} == {"sh", "nginx", "sql", "yaml"}


@pytest.mark.parametrize("block", blocks("sh"))
def test_every_command_can_be_parsed_and_is_known_to_these_tests(block: str) -> None:
    subprocess.run(["bash", "-n", "-c", block], check=True)
    programs = ("safezone", "curl", "docker", "kubectl", "sqlite3", "psql", "pg_dump")
    made = ("umask", "echo", "cat >", "END", "SAFEZONE_")
    for command in commands(block):
        assert command.startswith((*programs, *made)), command


def test_files_and_services_that_commands_name_are_there() -> None:
    composed = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
    found = [c for block in blocks("sh") for c in commands(block) if re.match("docker|kubectl", c)]
    assert len(found) == 10
    for command in found:
        for file in re.findall(r"--file(?:name)? (\S+)", command):
            assert (ROOT / file).is_file(), command
        for service in re.findall(r"--no-TTY\s+(\S+)", command):
            assert service in composed["services"], command
    deployed = yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text())
    deployments = [one["metadata"]["name"] for one in deployed if one["kind"] == "Deployment"]
    assert set(re.findall(r"deployment/(\S+)", PAGE)) <= set(deployments)


def test_the_settings_table_is_that_of_the_code() -> None:
    expected = [
        [
            f"`SAFEZONE_{name.upper()}`",
            "" if field.default in (None, ()) else f"`{field.default}`",
            field.description,
        ]
        for name, field in Settings.model_fields.items()
    ]
    assert rows("variable") == expected


def test_every_setting_that_is_named_is_one() -> None:
    fields = {f"SAFEZONE_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"SAFEZONE_\w+", PAGE)) <= fields


def test_the_tables_of_fields_events_metrics_and_tables_are_those_of_the_code() -> None:
    assert sorted(names("field")) == sorted(FIELDS)
    [events] = re.findall(r"^Events: (.*?)\. Beside", PAGE, flags=re.DOTALL | re.MULTILINE)
    assert EVENTS | {UNLISTED_EVENT} <= set(re.findall(r"`([\w.]+)`", events))
    assert sorted(names("metric")) == sorted([*_metric_names(), PSI])
    assert sorted(names("table")) == sorted([*metadata.tables, "alembic_version"])


def _metric_names() -> list[str]:
    return [f"{m.name}_total" if m.type == "counter" else m.name for m in REGISTRY.collect()]


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    for phrase, holds in {
        "waits for up to\n  3 minutes": timedelta(minutes=3) == _LEASE,
        "deleted after 10 minutes": timedelta(minutes=10) == RECEIVING_LEASE,
        "tried 10 times": MOST_ATTEMPTS == 10,
        "once there were 500 texts": FEWEST_TEXTS == 500,
    }.items():
        assert phrase in PAGE
        assert holds, phrase


def test_the_alerts_ask_for_metrics_that_there_are(tmp_path: Path) -> None:
    [block] = blocks("yaml")
    rules = yaml.safe_load(block)["groups"][0]["rules"]
    known = {*_metric_names(), PSI, *(f"{name}_bucket" for name in _metric_names())}
    for rule in rules:
        assert set(re.findall(r"safezone_\w+", rule["expr"])) <= known, rule["alert"]
    if promtool := shutil.which("promtool"):
        (tmp_path / "alerts.yaml").write_text(block)
        run(f"{promtool} check rules alerts.yaml", tmp_path)


def test_the_first_start_works_as_told(tmp_path: Path, debug_bundle_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'safezone.db'}"
    first, *_ = blocks("sh", "portal.key\nsafezone serve")
    assert commands(first).pop() == "safezone serve"
    run(first.replace("safezone serve", ""), tmp_path, SAFEZONE_STORE=store)
    assert (tmp_path / "portal.key").stat().st_mode & 0o777 == 0o600
    server = start_server(
        tmp_path / "log", "--encoder", "debug", "--model", str(debug_bundle_path), store=store
    )
    try:
        [check] = blocks("sh", "/readyz")
        said = run(check.replace("http://127.0.0.1:8000", server.url), tmp_path)
        assert '"ready"' in said
        assert '"retention_hours"' in said
        assert httpx.get(f"{server.url}/v1/limits").status_code == 401
    finally:
        stop_server(server)


def test_secrets_are_made_for_nobody_else_to_read(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    for block in blocks("sh", "openssl rand"):
        run(block, tmp_path)
    for file in ("deploy/.env", "safezone.env"):
        path = tmp_path / file
        assert path.stat().st_mode & 0o077 == 0
        secret = re.findall(r"^SAFEZONE_WEBHOOK_SECRET=(\S+)$", path.read_text(), re.MULTILINE)
        assert len(secret[0]) >= 32


def test_the_commands_about_keys_work(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'safezone.db'}"
    keys = KeyStore(open_engine(store))
    made, changed = blocks("sh", "--expires-in-days"), blocks("sh", "keys rotate")
    run(made[0], tmp_path, SAFEZONE_STORE=store)
    [key] = keys.all()
    run(changed[0].replace("ID", key.id), tmp_path, SAFEZONE_STORE=store)
    old, new = keys.all()
    assert (old.revoked is None, new.revoked is None, new.owner) == (False, True, old.id)
    assert keys.verify((tmp_path / "portal.key").read_text().strip())


def _store_commands(program: str, having: str) -> str:
    """The page's commands about the store for one kind of database."""
    other = {"sqlite3": r"(psql|pg_dump)", "p": "sqlite3"}[program]
    [block] = [block for block in blocks("sh", having) if "safezone.db" in block]
    return "\n".join(line for line in commands(block) if not re.match(other, line))


def test_keys_of_sqlite_are_backed_up_and_restored(tmp_path: Path) -> None:
    if not shutil.which("sqlite3"):
        pytest.skip("there is no sqlite3")
    before, after = tmp_path / "safezone.db", tmp_path / "new.db"
    key = run("safezone keys create --name a", tmp_path, SAFEZONE_STORE=f"sqlite:///{before}")
    for having in ("--data-only keys", "VACUUM INTO"):
        run(_store_commands("sqlite3", having).replace(FILE, str(before)), tmp_path)
    restored = f"sqlite:///{after}"
    command = _store_commands("sqlite3", "< keys.sql").replace(FILE, str(after))
    run(command, tmp_path, SAFEZONE_STORE=restored)
    assert KeyStore(open_engine(restored)).verify(key.strip())
    whole = f"sqlite:///{tmp_path / 'safezone-backup.db'}"
    assert KeyStore(open_engine(whole)).verify(key.strip())


def test_postgresql_is_set_up_backed_up_and_restored_with_the_rights_of_the_page(
    tmp_path: Path, postgres_url: str, postgres_server: PostgresServer
) -> None:
    if not shutil.which("pg_dump"):
        pytest.skip("there is no pg_dump")
    [statements] = blocks("sql")
    (tmp_path / "setup.sql").write_text(statements)
    run('psql --set ON_ERROR_STOP=1 --file=setup.sql "$DB"', tmp_path, DB=postgres_url)
    owned = make_url(postgres_server.url("safezone")).set(username="safezone")
    url = owned.render_as_string(hide_password=False)
    given: Mapping[str, str] = {"SAFEZONE_STORE": url, "DATABASE_URL": url}
    key = run("safezone keys create --name a", tmp_path, **given)
    for having in ("--data-only keys", "VACUUM INTO"):
        run(_store_commands("p", having), tmp_path, **given)
    run('psql --command "DROP OWNED BY safezone" "$DB"', tmp_path, DB=url)
    run(_store_commands("p", "< keys.sql"), tmp_path, **given)
    assert KeyStore(open_engine(url)).verify(key.strip())
    dump = re.findall(r"`(pg_restore [^`]*)`", PAGE)
    run(f'{dump[0]} --dbname="$DB" safezone-backup.dump', tmp_path, DB=url)
    assert KeyStore(open_engine(url)).verify(key.strip())


def test_the_commands_about_upgrades_work(tmp_path: Path) -> None:
    [block] = blocks("sh", "store check")
    said = run(block, tmp_path, SAFEZONE_STORE=f"sqlite:///{tmp_path / 'safezone.db'}")
    assert said.count("is of this version") == 2


@pytest.fixture
def nginx(tmp_path: Path, debug_server: LiveServer) -> Iterator[tuple[str, Path]]:
    """The page's proxy before the debug server: its URL, and its folder, in which a test may write
    another address of the service.
    """
    program = shutil.which("nginx", path=f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    if program is None:
        pytest.skip("there is no nginx (Debian: apt-get install nginx-light)")
    key = "-newkey rsa:2048 -nodes -keyout key.pem -out fullchain.pem -days 2 -subj /CN=localhost"
    run(f"openssl req -x509 {key}", tmp_path)
    port = httpx.URL(debug_server.url).port
    listen = _free_port()
    [snippet] = blocks("nginx")
    changes = {
        "listen 443": f"listen 127.0.0.1:{listen}",
        "127.0.0.1:8000": f"127.0.0.1:{port}",
        "/etc/ssl/safezone/": f"{tmp_path}/",
        "/var/log/nginx/": f"{tmp_path}/",
    }
    for old, new in changes.items():
        assert old in snippet
        snippet = snippet.replace(old, new)
    (tmp_path / "safezone.conf").write_text(snippet)
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    (tmp_path / "nginx.conf").write_text(
        f"{user}daemon off;\npid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\n"
        f"http {{\n{temporary}include {tmp_path}/safezone.conf;\n}}\n"
    )
    arguments = [program, "-p", str(tmp_path), "-e", "error.log", "-c", "nginx.conf"]
    tested = subprocess.run([*arguments, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen(arguments)
    try:
        yield f"https://127.0.0.1:{listen}", tmp_path
    finally:
        process.terminate()
        process.wait(timeout=20)


def _free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _client() -> httpx.Client:
    return httpx.Client(verify=False, transport=httpx.HTTPTransport(verify=False, retries=8))


def test_requests_go_through_the_proxy_of_the_page(nginx: tuple[str, Path]) -> None:
    url, folder = nginx
    proposal = {"abstract": "We date a new ice core by thin layers of ash. " * 8}
    with _client() as client:
        answer = client.post(
            f"{url}/v1/assessments", json=proposal, headers={"x-request-id": "mine-1"}, timeout=60
        )
        assert (answer.status_code, answer.headers["x-request-id"]) == (200, "mine-1")
        assert "route" in answer.json()
        made = client.get(f"{url}/livez?secret=1")
        large = client.post(f"{url}/v1/assessments", content=b" " * 1_500_000)
        assert large.json()["type"].endswith(":body-too-large")
        file = {"file": ("a.csv", b"abstract\n" + b"x " * 1_500_000)}
        assert client.post(f"{url}/v1/jobs", files=file, timeout=60).status_code in (202, 422)
    log = (folder / "safezone.log").read_text()
    assert made.headers["x-request-id"] in log
    assert "secret" not in log


def test_the_proxy_of_the_page_answers_with_a_problem_while_the_service_is_away(
    nginx: tuple[str, Path],
) -> None:
    url, folder = nginx
    file = folder / "safezone.conf"
    file.write_text(re.sub(r"server 127\.0\.0\.1:\d+;", "server 127.0.0.1:9;", file.read_text()))
    with _client() as client:
        client.get(f"{url}/livez")  # it runs
        os.kill(int((folder / "pid").read_text()), 1)
        for _ in range(100):
            if (answer := client.get(f"{url}/livez")).status_code == 503:
                break
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["type"] == "urn:safezone:problem:not-ready"
    assert answer.headers["content-type"] == "application/problem+json"
