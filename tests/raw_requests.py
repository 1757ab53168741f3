"""Below HTTP clients: free ports, and requests cut short, drop by drop, or told falsely."""

import socket
from urllib.parse import urlsplit

from live_server import LiveServer
from waiting import PATIENCE


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def connect(server: LiveServer) -> socket.socket:
    address = urlsplit(server.url)
    assert address.hostname
    assert address.port
    return socket.create_connection((address.hostname, address.port), timeout=PATIENCE)


def head(method: str, path: str, **headers: object) -> bytes:
    """The beginning of a request, up to its body; `content_length` is `content-length`."""
    lines = [f"{method} {path} HTTP/1.1", "host: tests"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def status_of(connection: socket.socket) -> int:
    """The status of the answer, whose first bytes are waited for."""
    received = b""
    while b"\r\n" not in received:
        piece = connection.recv(4096)
        assert piece, "the connection was closed without an answer"
        received += piece
    return int(received.split(b" ", 2)[1])
