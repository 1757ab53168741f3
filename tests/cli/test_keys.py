"""`safezone keys` and `safezone store`: what is printed where, and what it does."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from safezone.cli.keys import keys_app
from safezone.cli.store import store_app
from safezone.jobs.webhooks import derive_secret
from safezone.store.engine import open_engine
from safezone.store.key_text import PATTERN, parse_key_text
from safezone.store.keys import ApiKey, KeyStore

Run = Callable[..., Result]


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'store' / 'safezone.db'}"
    monkeypatch.setenv("SAFEZONE_STORE", url)
    return url


@pytest.fixture
def run(url: str) -> Run:
    """Runs a command on a store that is set up, and sees that it ends as it should."""
    app = typer.Typer()
    app.add_typer(keys_app, name="keys")
    app.add_typer(store_app, name="store")

    def run(*arguments: str, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == exit_code, result.output
        return result

    run("store", "upgrade")
    return run


@pytest.fixture
def keys(url: str) -> KeyStore:
    return KeyStore(open_engine(url))


def _verified(keys: KeyStore, result: Result) -> ApiKey:
    """The key that is all there is on standard output."""
    key = keys.verify(result.stdout.removesuffix("\n"))
    assert key is not None, result.stdout
    return key


def test_a_new_key_alone_is_on_standard_output(run: Run, keys: KeyStore) -> None:
    result = run("keys", "create", "--name", "portal")
    key = _verified(keys, result)
    assert (key.name, sorted(key.scopes), key.expires) == ("portal", ["assess", "jobs"], None)
    assert key.id in result.stderr
    assert not PATTERN.search(result.stderr)


def test_scopes_and_validity_can_be_chosen(run: Run, keys: KeyStore) -> None:
    chosen = ("--scope", "admin", "--scope", "jobs", "--expires-in-days", "2")
    key = _verified(keys, run("keys", "create", "--name", "portal", *chosen))
    assert sorted(key.scopes) == ["admin", "jobs"]
    assert key.expires is not None
    assert (key.expires - key.created).days in {1, 2}


def test_the_list_shows_states_and_no_secret(run: Run, keys: KeyStore) -> None:
    made = [run("keys", "create", "--name", name).stdout.strip() for name in ("one [b]", "two")]
    first, second = [parsed.id for text in made if (parsed := parse_key_text(text))]
    run("keys", "revoke", first)
    run("keys", "rotate", second, "--grace-hours", "0")
    listed = json.loads(run("keys", "list", "--json").stdout)
    assert [(key["name"], key["state"]) for key in listed] == [
        ("one [b]", "revoked"),
        ("two", "expired"),
        ("two", "usable"),
    ]
    assert [key["owner"] for key in listed] == [first, second, second]
    table = run("keys", "list").stdout
    assert "one [b]" in table
    for secret in made:
        assert secret not in table + json.dumps(listed)


def test_no_key_is_an_empty_list(run: Run) -> None:
    assert json.loads(run("keys", "list", "--json").stdout) == []
    assert "No key has been made" in run("keys", "list").stdout


def test_rotating_prints_the_new_key_alone_and_the_old_one_goes_on_for_a_while(
    run: Run, keys: KeyStore
) -> None:
    created = run("keys", "create", "--name", "portal")
    old = _verified(keys, created)
    rotated = run("keys", "rotate", old.id)
    new = _verified(keys, rotated)
    assert (new.name, new.owner) == (old.name, old.owner)
    assert "24 hours" in rotated.stderr
    assert _verified(keys, created).expires is not None


def test_a_revoked_key_no_longer_verifies(run: Run, keys: KeyStore) -> None:
    created = run("keys", "create", "--name", "portal")
    run("keys", "revoke", _verified(keys, created).id)
    assert keys.verify(created.stdout.strip()) is None


def test_what_is_wrong_is_one_line_on_standard_error(run: Run) -> None:
    for arguments, words, exit_code in (
        (("keys", "revoke", "nobody"), "no key with that id", 1),
        (("keys", "create", "--name", ""), "name of a key", 2),
        (("keys", "list", "--store", "mysql://host"), "Give sqlite:///PATH", 1),
    ):
        result = run(*arguments, exit_code=exit_code)
        assert words in result.stderr
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1


def test_a_store_without_tables_is_told_to_be_upgraded(run: Run, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path / 'other.db'}"
    for command in (("store", "check"), ("keys", "list"), ("keys", "revoke", "abcdefghijkl")):
        result = run(*command, "--store", other, exit_code=1)
        assert "safezone store upgrade" in result.stderr
    run("store", "upgrade", "--store", other)
    assert "of this version" in run("store", "check", "--store", other).stdout


def test_the_first_key_of_a_new_machine_makes_the_store(run: Run, tmp_path: Path) -> None:
    other = f"sqlite:///{tmp_path / 'other.db'}"
    assert run("keys", "create", "--name", "portal", "--store", other).stdout.startswith("sz_")
    assert "of this version" in run("store", "check", "--store", other).stdout


def test_a_webhook_secret_is_shown_where_the_service_has_one(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("keys", "create", "--name", "portal")
    [key] = json.loads(run("keys", "list", "--json").stdout)
    assert "SAFEZONE_WEBHOOK_SECRET" in run("keys", "webhook-secret", key["id"], exit_code=2).stderr
    monkeypatch.setenv("SAFEZONE_WEBHOOK_SECRET", "s" * 32)
    shown = run("keys", "webhook-secret", key["id"]).stdout.strip()
    assert shown == derive_secret("s" * 32, key["owner"])
