"""A receiver of webhooks over real TLS, with certificates of an authority of the tests' own."""

import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HOST = "portal.example.org"


@dataclass(frozen=True)
class Certificates:
    """A file of the authority, and one of a key and certificate for a host that it has signed."""

    authority: Path
    server: Path


def make_certificates(folder: Path, host: str = HOST) -> Certificates:
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=tests")
    openssl("req", *key, "-keyout", "host.key", "-out", "host.csr", "-subj", f"/CN={host}")
    (folder / "names").write_text(f"subjectAltName = DNS:{host}\n")
    signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names")
    openssl("x509", "-req", "-in", "host.csr", *signing, "-out", "host.crt")
    both = (folder / "host.key").read_text() + (folder / "host.crt").read_text()
    (folder / "host.pem").write_text(both)
    return Certificates(folder / "ca.pem", folder / "host.pem")


@dataclass
class Receiver:
    """What it was sent, and how it answers: `status`, with `headers`, in the `manner`s of a normal
    server, one that is silent, or one that drips its answer byte by byte for ever.
    """

    port: int = 0
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    manner: str = "normal"
    received: list[tuple[dict[str, str], str]] = field(default_factory=list)
    closed: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/hooks?tenant=7"


@contextmanager
def receiving(certificates: Certificates) -> Iterator[Receiver]:
    """A receiver on a free port of 127.0.0.1."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            receiver.received.append(({**self.headers, "path": self.path}, body))
            if receiver.manner == "silent":
                receiver.closed.wait()
            elif receiver.manner == "dripping":
                self._drip()
            else:
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()

        def _drip(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nx-drip: ")
            while not receiver.closed.is_set():
                self.wfile.write(b".")
                time.sleep(0.02)

        def log_message(self, *_: Any) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server)
    with _Quiet(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.closed.set()
            server.shutdown()
            thread.join()


class _Quiet(ThreadingHTTPServer):
    """Says nothing of clients that go away, which here they are meant to do."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass
