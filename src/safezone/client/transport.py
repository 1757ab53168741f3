"""From calls to httpx and back, the same for both clients."""

import json
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import httpx

from safezone import __version__
from safezone.client.calls import Call
from safezone.client.errors import ConnectionFailed, api_error
from safezone.client.uploads import Named
from safezone.errors import InvalidSettings

T = TypeVar("T")


class HttpOptions(TypedDict):
    base_url: httpx.URL
    headers: dict[str, str]
    timeout: float


def http_options(base_url: str, api_key: str | None, timeout: float) -> HttpOptions:
    """What both kinds of httpx client are made with. Raises InvalidSettings."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise InvalidSettings(
            "The base URL is none of the form https://HOST or http://HOST:PORT; give the service's."
        )
    headers = {"user-agent": f"safezone-client/{__version__}"}
    if api_key is not None:
        headers["x-api-key"] = api_key
    return HttpOptions(base_url=url, headers=headers, timeout=timeout)


def request(
    http: httpx.Client | httpx.AsyncClient, call: Call[Any], file: Named | None = None
) -> httpx.Request:
    return http.build_request(
        call.method,
        call.path,
        params=call.params or None,
        content=call.body,
        data=call.form,
        files=None if file is None else {"file": file},
        headers=call.headers,
    )


def answer(call: Call[T], response: httpx.Response) -> T:
    """What the call asked for, of a response that was read. Raises ApiError, ConnectionFailed."""
    if not response.is_success:
        raise api_error(response)
    try:
        return call.taken(response.json() if response.content else None)
    except (ValueError, KeyError, TypeError):
        raise ConnectionFailed(
            "The answer is not one of safezone's; see that the base URL is right."
        ) from None


class JsonLines:
    """JSON Lines that come in pieces; only a line feed ends a line."""

    def __init__(self) -> None:
        self._rest = b""

    def read(self, data: bytes) -> list[Any]:
        """The values of the lines that end in the piece."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [json.loads(line) for line in lines if line]


def file_format(path: Path) -> str:
    """The format that a file's name asks for. Raises ValueError."""
    found = path.suffix.lower().lstrip(".")
    if found not in ("jsonl", "csv", "xlsx"):
        raise ValueError(f"The name ends in '{path.suffix}'; end it in .jsonl, .csv or .xlsx.")
    return found


def part_of(path: Path) -> Path:
    """Where a file is written before it is whole."""
    return path.with_name(f"{path.name}.part")
