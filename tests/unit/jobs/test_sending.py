"""Posts to a real server over TLS, and what comes of them when it misbehaves."""

import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from https_receiver import HOST, Certificates, Receiver, make_certificates, receiving
from safezone.errors import InvalidSettings
from safezone.jobs.sending import Outcome, Sender

_HERE = [ip_network("127.0.0.0/8")]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def receiver(certificates: Certificates) -> Iterator[Receiver]:
    with receiving(certificates) as running:
        yield running


@pytest.fixture
def looked_up() -> list[str]:
    """The names that were looked up; each leads here."""
    return []


@pytest.fixture
def options(certificates: Certificates, looked_up: list[str]) -> dict[str, Any]:
    def resolve(host: str, _: int) -> Sequence[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    return {"allowed": _HERE, "authorities": certificates.authority, "resolve": resolve}


def _post(url: str, options: dict[str, Any], **changed: Any) -> Outcome:
    return Sender(**(options | changed)).post(url, b"{}", {"x-test": "7"})


def test_a_post_arrives_at_the_host_that_was_named(
    receiver: Receiver, options: dict[str, Any], looked_up: list[str]
) -> None:
    assert _post(receiver.url, options) == Outcome("204", delivered=True)
    [(headers, body)] = receiver.received
    assert body == "{}"
    assert headers["path"] == "/hooks?tenant=7"
    assert headers["host"] == f"{HOST}:{receiver.port}"
    assert headers["x-test"] == "7"
    assert looked_up == [HOST]


@pytest.mark.parametrize("status", [400, 410, 429, 500, 503])
def test_an_error_is_not_delivered(
    receiver: Receiver, options: dict[str, Any], status: int
) -> None:
    receiver.status = status
    assert _post(receiver.url, options) == Outcome(str(status))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(
    receiver: Receiver, options: dict[str, Any], status: int
) -> None:
    receiver.status = status
    receiver.headers = {"location": receiver.url}
    assert _post(receiver.url, options) == Outcome(str(status))
    assert len(receiver.received) == 1


@pytest.mark.parametrize("manner", ["silent", "dripping"])
def test_a_server_that_keeps_us_waiting_is_left_in_time(
    receiver: Receiver, options: dict[str, Any], manner: str
) -> None:
    receiver.manner = manner
    assert _post(receiver.url, options, total_seconds=0.5) == Outcome("timeout")
    assert len(receiver.received) == 1


def test_a_look_up_that_hangs_is_left_in_time(receiver: Receiver, options: dict[str, Any]) -> None:
    def hanging(*_: object) -> Sequence[str]:
        time.sleep(1)
        return ["127.0.0.1"]

    outcome = _post(receiver.url, options, resolve=hanging, total_seconds=0.1)
    assert outcome == Outcome("timeout")
    assert receiver.received == []


def test_a_port_where_nothing_listens_is_unreachable(
    options: dict[str, Any],
) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    assert _post(f"https://{HOST}:{port}", options) == Outcome("unreachable")


def test_a_server_that_does_not_speak_tls_is_not_delivered_to(options: dict[str, Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://{HOST}:{listening.getsockname()[1]}"
        # It takes the connection and says nothing.
        assert _post(url, options, total_seconds=0.3) == Outcome("timeout")


def test_a_certificate_of_an_unknown_authority_is_refused(
    receiver: Receiver, options: dict[str, Any]
) -> None:
    assert _post(receiver.url, options, authorities=None) == Outcome("tls")
    assert receiver.received == []


def test_a_certificate_for_another_name_is_refused(
    receiver: Receiver, options: dict[str, Any]
) -> None:
    url = receiver.url.replace(HOST, "other.example.org")
    assert _post(url, options) == Outcome("tls")
    assert receiver.received == []


def test_proxies_and_authorities_of_the_environment_are_not_used(
    receiver: Receiver,
    options: dict[str, Any],
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert _post(receiver.url, options).delivered
    assert _post(receiver.url, options, authorities=None) == Outcome("tls")


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.0.0.1"], ["::1"], ["8.8.8.8", "127.0.0.1"], ["::ffff:127.0.0.1"], []],
)
def test_a_name_that_leads_to_an_address_within_is_refused(
    receiver: Receiver, options: dict[str, Any], addresses: list[str]
) -> None:
    outcome = _post(receiver.url, options, allowed=(), resolve=lambda *_: addresses)
    assert outcome == Outcome("refused_address")
    assert receiver.received == []


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.1", "0"])
def test_no_way_of_writing_this_machine_gets_past_the_look_up(
    receiver: Receiver, options: dict[str, Any], host: str
) -> None:
    del options["resolve"]
    url = receiver.url.replace(HOST, host)
    assert _post(url, options, allowed=()).id in {"refused_address", "unknown_host"}
    assert receiver.received == []


def test_a_name_is_looked_up_once_and_that_address_is_connected_to(
    receiver: Receiver, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a name could lead to a public address when checked, and elsewhere when used."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    def look_up(host: str, *_: object, **__: object) -> Any:
        pytest.fail(f"{host} was looked up behind our back")

    real = socket.getaddrinfo

    def watched(host: Any, *arguments: Any, **named: Any) -> Any:
        return real(host, *arguments, **named) if host == "127.0.0.1" else look_up(host)

    monkeypatch.setattr(socket, "getaddrinfo", watched)
    outcome = _post(receiver.url, options, resolve=lambda *_: next(answers))
    assert outcome.delivered
    assert next(answers) == ["10.0.0.1"]


def test_the_next_address_is_tried_where_one_takes_no_connection(
    receiver: Receiver, options: dict[str, Any]
) -> None:
    # Nothing listens there.
    addresses = ["127.0.0.77", "127.0.0.1"]
    assert _post(receiver.url, options, resolve=lambda *_: addresses).delivered


def test_a_name_that_does_not_exist_is_unknown(options: dict[str, Any]) -> None:
    def unknown(*_: object) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert _post(f"https://{HOST}", options, resolve=unknown) == Outcome("unknown_host")


def test_a_url_that_may_no_longer_be_sent_to_is_refused(options: dict[str, Any]) -> None:
    assert _post(f"http://{HOST}", options) == Outcome("refused_address")
    assert _post("https://10.0.0.1", options) == Outcome("refused_address")


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_a_file_that_holds_no_authorities_is_refused_at_once(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "authorities.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InvalidSettings):
        Sender(authorities=file)
