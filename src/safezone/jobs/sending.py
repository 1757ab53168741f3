"""One HTTPS POST to a stranger's server, with nothing trusted and everything bounded."""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
import httpx

from safezone.errors import InvalidSettings
from safezone.jobs.addresses import (
    Address,
    InvalidWebhook,
    Network,
    RefusedAddress,
    Resolve,
    check_url,
    checked_addresses,
    look_up,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to: `id` is the status of the answer, or `refused_address`,
    `unknown_host`, `unreachable`, `tls`, `timeout` or `no_answer`.
    """

    id: str
    delivered: bool = False


class Sender:
    """Posts to public addresses and to those in `allowed` networks, following no redirect.

    It connects to an address that it has checked, whatever the name leads to a moment later, and
    verifies the certificate for the name. `authorities` is a file of certificates to trust beside
    the usual ones. Proxies and certificates named in the environment are not used. Raises
    InvalidSettings where the file cannot be used.
    """

    def __init__(
        self,
        *,
        allowed: Sequence[Network] = (),
        authorities: Path | None = None,
        connect_seconds: float = 5.0,
        total_seconds: float = 10.0,
        resolve: Resolve = look_up,
    ) -> None:
        self._allowed = tuple(allowed)
        self._connect_seconds = connect_seconds
        self._total_seconds = total_seconds
        self._resolve = resolve
        self._tls = httpx.create_ssl_context(trust_env=False)
        if authorities is not None:
            try:
                self._tls.load_verify_locations(authorities)
            except OSError as error:  # of which ssl.SSLError is one
                raise InvalidSettings(
                    "The file of certificates to trust in webhooks cannot be read. Give a file of "
                    "certificates in PEM."
                ) from error

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        """What came of it, within `total_seconds` from now, the look-up of the name included.

        The body of the answer is not read. Call it where no event loop runs.
        """
        return anyio.run(self._post, url, body, headers)

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        try:
            with anyio.fail_after(self._total_seconds):
                return await self._answer(check_url(url, self._allowed), body, headers)
        except (TimeoutError, httpx.TimeoutException):
            return Outcome("timeout")
        except (InvalidWebhook, RefusedAddress):
            return Outcome("refused_address")
        except httpx.ConnectError as error:
            return Outcome("tls" if _is_tls(error) else "unreachable")
        except httpx.HTTPError:
            return Outcome("no_answer")
        except (OSError, UnicodeError):  # httpx has none of these; they are of the look-up
            return Outcome("unknown_host")

    async def _answer(self, url: httpx.URL, body: bytes, headers: Mapping[str, str]) -> Outcome:
        # A look-up cannot be ended, only left to itself.
        addresses = await anyio.to_thread.run_sync(
            checked_addresses, url, self._allowed, self._resolve, abandon_on_cancel=True
        )
        async with httpx.AsyncClient(
            verify=self._tls,
            trust_env=False,
            timeout=httpx.Timeout(self._total_seconds, connect=self._connect_seconds),
        ) as client:
            *others, last = addresses
            for address in others:
                try:
                    return await self._ask(client, url, address, body, headers)
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    continue
            return await self._ask(client, url, last, body, headers)

    @staticmethod
    async def _ask(
        client: httpx.AsyncClient,
        url: httpx.URL,
        address: Address,
        body: bytes,
        headers: Mapping[str, str],
    ) -> Outcome:
        async with client.stream(
            "POST",
            url.copy_with(host=str(address)),
            content=body,
            headers={**headers, "host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        ) as answer:
            return Outcome(str(answer.status_code), answer.is_success)


def _is_tls(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None
