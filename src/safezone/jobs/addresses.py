"""Where webhooks may go: https, to addresses that are everybody's, never into the own network."""

import re
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from safezone.errors import SafezoneError

if TYPE_CHECKING:
    import httpx

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[str]]

_MOST_CHARACTERS = 2_000
_HTTPS = 443
_PORTS = frozenset({_HTTPS, *range(1024, 65536)})
_NAME = re.compile(r"[a-z0-9._-]{1,253}")
# Addresses that stand for an IPv4 address behind a gateway (RFC 6052).
_NAT64 = IPv6Network("64:ff9b::/96")
# All that is given out to anybody (RFC 4291).
_UNICAST = IPv6Network("2000::/3")


class InvalidWebhook(SafezoneError):
    """A URL that no message is sent to. `code` is a stable id."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class RefusedAddress(SafezoneError):
    """A name that leads to an address webhooks may not reach."""


def check_url(url: str, allowed: Sequence[Network] = ()) -> "httpx.URL":
    """The URL, parsed. Raises InvalidWebhook; its codes are `not_a_url`, `too_long`, `not_https`,
    `credentials`, `port` and `private_address`.

    Names are looked up only when a message is sent: what they lead to may change until then.
    """
    if len(url) > _MOST_CHARACTERS:
        raise InvalidWebhook(
            "too_long", f"The webhook's URL has more than {_MOST_CHARACTERS:,} characters."
        )
    import httpx  # here, because most services send no webhooks

    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise _unreadable() from None
    if parsed.scheme != "https" or not parsed.host:
        raise InvalidWebhook("not_https", "A webhook's URL must begin with https://HOST.")
    if parsed.userinfo:
        raise InvalidWebhook(
            "credentials",
            "A webhook's URL must hold no user name and no password; messages are signed instead.",
        )
    if _port(parsed) not in _PORTS:
        raise InvalidWebhook("port", f"A webhook's port must be {_HTTPS}, or 1024 to 65535.")
    literal = _literal(parsed.host)
    if literal is None and not _NAME.fullmatch(_host(parsed)):
        raise _unreadable()
    if literal is not None and not may_reach(literal, allowed):
        raise InvalidWebhook(
            "private_address",
            "Webhooks are not sent to private, local or reserved addresses. Ask the operator if "
            "this one should be allowed.",
        )
    return parsed


def checked_addresses(
    url: "httpx.URL", allowed: Sequence[Network], resolve: Resolve
) -> list[Address]:
    """Every address of the URL's host, for connecting to exactly these.

    Raises RefusedAddress where webhooks may not reach one of them, and what `resolve` raises.
    """
    addresses = [ip_address(address) for address in resolve(_host(url), _port(url))]
    if not addresses or not all(may_reach(address, allowed) for address in addresses):
        raise RefusedAddress("The webhook's host has an address that webhooks may not reach.")
    return addresses


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system has them. Raises OSError, UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def may_reach(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Whether an address is global, or in one of the networks allowed beside."""
    inner = _inner(address)
    if any(inner in network for network in allowed):
        return True
    if isinstance(inner, IPv6Address):
        return inner.is_global and inner in _UNICAST
    return inner.is_global and not inner.is_multicast


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address leads to, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _host(url: "httpx.URL") -> str:
    return url.raw_host.decode("ascii")


def _port(url: "httpx.URL") -> int:
    return _HTTPS if url.port is None else url.port


def _unreadable() -> InvalidWebhook:
    return InvalidWebhook("not_a_url", "The webhook's URL cannot be read. Send https://HOST/PATH.")
