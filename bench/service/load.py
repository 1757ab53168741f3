"""A closed loop of clients: each sends its next request once it has the answer to its last.

Connections are kept alive and speak just enough HTTP/1.1, so that asking costs a small part of what
answering does.
"""

import asyncio
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
_RETRY_AFTER = re.compile(rb"\r\nretry-after: *(\d+)", re.IGNORECASE)
HOST = "127.0.0.1"
BROKEN = 0
# Seconds after which no answer is expected any more.
_LONGEST = 120.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is sent, a word for its kind, and the status that it must be answered."""

    message: bytes
    kind: str = "proposal"
    expected: int = 200


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and how it was answered; `status` is 0 where the connection broke.

    Times are seconds of the monotonic clock.
    """

    asked: Asked
    began: float
    ended: float
    status: int
    retry_after: float = 0.0

    @property
    def took(self) -> float:
        return self.ended - self.began


def post(path: str, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """A POST request; without `headers`, one of JSON."""
    if headers is None:
        headers = {"content-type": "application/json"}
    lines = [f"POST {path} HTTP/1.1", f"host: {HOST}", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "\r\n"]).encode() + body


async def ask(port: int, message: bytes) -> tuple[int, bytes]:
    """Status and body of one answer, on a connection of its own."""
    connection = _Connection(port)
    try:
        head, body = await connection.exchange(message)
        return _status(head), body
    finally:
        connection.close()


async def closed_loop(
    port: int,
    requests: Iterator[Asked],
    clients: int,
    seconds: float | None = None,
    *,
    patient: bool = True,
) -> list[Exchange]:
    """What `clients` exchange in `seconds`, or until there are no more requests.

    Requests under way at the end are waited for. A patient client that is told to come back later
    waits for as long as it was told; another asks again at once.
    """
    until = None if seconds is None else time.monotonic() + seconds
    done: list[Exchange] = []
    await asyncio.gather(
        *(_client(port, requests, until, done, patient=patient) for _ in range(clients))
    )
    return done


async def _client(
    port: int,
    requests: Iterator[Asked],
    until: float | None,
    done: list[Exchange],
    *,
    patient: bool,
) -> None:
    connection = _Connection(port)
    for asked in requests:
        exchange = await _exchange(connection, asked)
        done.append(exchange)
        left = float("inf") if until is None else until - time.monotonic()
        if patient and exchange.retry_after:
            connection.close()
            await asyncio.sleep(max(min(exchange.retry_after, left), 0))
            left -= exchange.retry_after
        if left <= 0:
            break
    connection.close()


async def _exchange(connection: "_Connection", asked: Asked) -> Exchange:
    began = time.monotonic()
    try:
        async with asyncio.timeout(_LONGEST):
            head, _ = await connection.exchange(asked.message)
    except (OSError, EOFError, TimeoutError):
        connection.close()
        return Exchange(asked, began, time.monotonic(), BROKEN)
    wait = _RETRY_AFTER.search(head)
    ended = time.monotonic()
    return Exchange(asked, began, ended, _status(head), float(wait[1]) if wait else 0.0)


class _Connection:
    """One connection, opened when it is first needed and again after it was closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def exchange(self, message: bytes) -> tuple[bytes, bytes]:
        """Head and body of the answer. Raises OSError or EOFError."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self._port)
        reader, writer = self._streams
        # Not drained: a server may answer before it has read all.
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if length is None:
            raise OSError("the answer has no length")
        body = await reader.readexactly(int(length[1]))
        if _CLOSES.search(head):
            self.close()
        return head, body

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _status(head: bytes) -> int:
    return int(head[9:12])
