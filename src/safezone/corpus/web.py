"""One polite way to ask a public API: one request at a time, with pauses, giving up cleanly."""

import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from safezone.errors import SourceUnavailable

_TIMEOUT_SECONDS = (10, 120)
# Waits 0, 4, 8, 16, 32 seconds, or as long as the API's Retry-After says.
_RETRIES = 5
_BACKOFF_SECONDS = 2.0
_TRY_AGAIN = (429, 500, 502, 503, 504)


class Web:
    """A session with one API.

    `pause` are the seconds that the API's terms ask for between two requests. Requests that fail
    for want of a connection, or with a status that promises better, are tried again.
    """

    def __init__(
        self,
        pause: float,
        *,
        backoff: float = _BACKOFF_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = pause
        self._clock = clock
        self._sleep = sleep
        self._next = clock()
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"safezone/{version('safezone')} (data fetch)"
        retry = Retry(
            total=_RETRIES,
            backoff_factor=backoff,
            status_forcelist=_TRY_AGAIN,
            allowed_methods=None,  # the POST of a search changes nothing
            raise_on_status=False,
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))

    def get(self, url: str, parameters: Mapping[str, str | int]) -> requests.Response:
        """The answer to a GET. Raises SourceUnavailable where there is none, or it is an error."""
        return self._ask("GET", url, params=dict(parameters))

    def post(self, url: str, body: Mapping[str, Any]) -> requests.Response:
        """The answer to a POST of JSON. Raises SourceUnavailable like `get`."""
        return self._ask("POST", url, json=dict(body))

    def _ask(self, method: str, url: str, **arguments: Any) -> requests.Response:
        if (wait := self._next - self._clock()) > 0:
            self._sleep(wait)
        try:
            response = self._session.request(method, url, timeout=_TIMEOUT_SECONDS, **arguments)
        except requests.RequestException as error:
            raise SourceUnavailable(
                f"{url} gives no answer ({type(error).__name__}). What has been fetched is kept; "
                "run the same command again to go on."
            ) from error
        finally:
            self._next = self._clock() + self._pause
        if not response.ok:
            raise SourceUnavailable(
                f"{url} answers with status {response.status_code}. What has been fetched is kept; "
                "run the same command again to go on."
            )
        return response
