"""Settings: from the environment or from overrides, refused by name where they have no meaning."""

from ipaddress import IPv4Network
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from safezone.config import Settings, read_settings
from safezone.errors import InvalidSettings

SECRET = "hunter2-secret"


def test_defaults_need_no_environment() -> None:
    assert read_settings().model_dump() == {
        "model": None,
        "encoder": None,
        "runtime": "auto",
        "policy": "default",
        "policy_folder": None,
        "threads": None,
        "host": "127.0.0.1",
        "port": 8000,
        "workers": 1,
        "readers": None,
        "auth": "auto",
        "store": f"sqlite:///{Path.home()}/.local/state/safezone/safezone.db",
        "rate": "600/minute",
        "rate_store": None,
        "queue": 64,
        "deadline": 30,
        "job_workers": 1,
        "job_rows": 50_000,
        "job_bytes": 200_000_000,
        "retention_hours": 24,
        "webhook_secret": None,
        "webhook_networks": (),
        "webhook_ca": None,
        "trusted_proxies": "127.0.0.1",
        "cors_origins": (),
        "metrics_port": None,
        "metrics_host": "127.0.0.1",
        "traces_endpoint": None,
        "log_level": "info",
        "log_format": "json",
    }


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("model", "/models/mine", Path("/models/mine")),
        ("encoder", "debug", "debug"),
        ("policy", "strict", "strict"),
        ("threads", "2", 2),
        ("host", "0.0.0.0", "0.0.0.0"),
        ("port", "0", 0),
        ("port", "65535", 65_535),
        ("workers", "2", 2),
        ("readers", "3", 3),
        ("auth", "off", "off"),
        ("store", "postgresql://me@host/name", "postgresql://me@host/name"),
        ("rate", "60/minute;5000/day", "60/minute;5000/day"),
        ("rate_store", "redis://host", "redis://host"),
        ("queue", "8", 8),
        ("deadline", "2.5", 2.5),
        ("job_workers", "0", 0),
        ("job_rows", "10", 10),
        ("job_bytes", "5000", 5_000),
        ("retention_hours", "0.5", 0.5),
        ("webhook_secret", "s" * 32, SecretStr("s" * 32)),
        ("webhook_networks", '["10.1.0.0/16"]', (IPv4Network("10.1.0.0/16"),)),
        ("webhook_ca", "/ca.pem", Path("/ca.pem")),
        ("trusted_proxies", "10.0.0.1,10.0.0.2", "10.0.0.1,10.0.0.2"),
        ("cors_origins", '["https://a.example"]', ("https://a.example",)),
        ("metrics_port", "9464", 9464),
        ("metrics_host", "0.0.0.0", "0.0.0.0"),
        ("traces_endpoint", "http://host/v1/traces", "http://host/v1/traces"),
        ("log_level", "warning", "warning"),
        ("log_format", "console", "console"),
    ],
)
def test_every_field_is_read_from_its_variable(
    monkeypatch: pytest.MonkeyPatch, field: str, text: str, value: object
) -> None:
    monkeypatch.setenv(f"SAFEZONE_{field.upper()}", text)
    assert read_settings() == Settings().model_copy(update={field: value})
    assert getattr(read_settings(), field) == value


def test_overrides_win_over_the_environment_unless_they_are_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SAFEZONE_ENCODER", "from-environment")
    assert read_settings(encoder="given").encoder == "given"
    assert read_settings(encoder=None).encoder == "from-environment"
    assert read_settings(port=0).port == 0


def test_variables_without_the_prefix_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENCODER", "other")
    monkeypatch.setenv("MODEL", "other")
    assert read_settings() == Settings()
    assert read_settings().encoder is None


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("threads", "0"),
        ("threads", "-1"),
        ("threads", f"two {SECRET}"),
        ("port", "65536"),
        ("port", "-1"),
        ("port", f"http {SECRET}"),
        ("workers", "0"),
        ("auth", f"maybe {SECRET}"),
        ("rate", f"many {SECRET}"),
        ("job_workers", "2"),
        ("webhook_secret", SECRET),
        ("webhook_networks", f'["{SECRET}"]'),
        ("webhook_networks", SECRET),
        ("cors_origins", SECRET),
        ("log_level", "loud"),
        ("log_level", SECRET),
    ],
)
def test_a_setting_without_meaning_is_refused_by_its_variable_name(
    monkeypatch: pytest.MonkeyPatch, field: str, text: str
) -> None:
    monkeypatch.setenv(f"SAFEZONE_{field.upper()}", text)
    with pytest.raises(InvalidSettings) as caught:
        read_settings()
    assert f"SAFEZONE_{field.upper()}" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_every_variable_at_fault_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFEZONE_PORT", "x")
    monkeypatch.setenv("SAFEZONE_THREADS", "x")
    with pytest.raises(InvalidSettings, match=r"SAFEZONE_THREADS.*SAFEZONE_PORT"):
        read_settings(host="127.0.0.1")


def test_an_unknown_override_is_refused() -> None:
    with pytest.raises(InvalidSettings, match="SAFEZONE_COUNTRY"):
        read_settings(country="x")


def test_settings_are_frozen() -> None:
    settings = read_settings()
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]


def test_every_field_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
