"""Settings: from the environment or from overrides, refused by name where they have no meaning."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from safezone.config import Settings, read_settings
from safezone.errors import InvalidSettings

SECRET = "hunter2-secret"


def test_defaults_need_no_environment() -> None:
    assert read_settings().model_dump() == {
        "model": None,
        "encoder": None,
        "policy": "default",
        "policy_folder": None,
        "threads": None,
        "host": "127.0.0.1",
        "port": 8000,
        "log_level": "info",
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
        ("log_level", "warning", "warning"),
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
    assert f"SAFEZONE_{field.upper()}: " in str(caught.value)
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
