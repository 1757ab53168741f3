"""Who asks: API keys, read before the body is."""

import anyio
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from safezone.api.limits import RateLimits, TooManyRequests
from safezone.api.problems import Kind, ProblemResponse, problem_of
from safezone.errors import StoreUnavailable
from safezone.store.keys import ApiKey, KeyStore

_CHALLENGE = {"www-authenticate": 'Bearer realm="safezone"'}


class Authenticated:
    """Refuses requests under /v1 that come without a valid API key; the others' key is put into
    the request's state, as `key` and `key_id`.

    An address that tries keys which are not valid is held to the rate of a caller.
    """

    def __init__(self, app: ASGIApp, keys: KeyStore, rates: RateLimits) -> None:
        self._app = app
        self._keys = keys
        self._rates = rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        answer = await self._refusal(scope) or self._app
        await answer(scope, receive, send)

    async def _refusal(self, scope: Scope) -> ProblemResponse | None:
        connection = HTTPConnection(scope)
        text = _key_text(connection)
        if text is None:
            detail = "Send an API key in the header 'x-api-key', or as 'authorization: Bearer'."
            return ProblemResponse(problem_of(Kind.UNAUTHENTICATED, detail), _CHALLENGE)
        try:
            key = await anyio.to_thread.run_sync(self._keys.verify, text)
            if key is None:
                await self._rates.take(f"failed:{address_of(connection)}")
        except StoreUnavailable:
            return ProblemResponse(problem_of(Kind.STORE_UNAVAILABLE), {"retry-after": "5"})
        except TooManyRequests as error:
            return ProblemResponse(problem_of(Kind.TOO_MANY_REQUESTS), error.headers)
        if key is None:
            detail = "The API key is unknown, revoked or expired. Ask the operator for another."
            return ProblemResponse(problem_of(Kind.UNAUTHENTICATED, detail), _CHALLENGE)
        scope.setdefault("state", {}).update(key=key, key_id=key.id)
        return None


def key_of(connection: HTTPConnection) -> ApiKey | None:
    """The key that came with a request; None where the service asks for none."""
    key: ApiKey | None = getattr(connection.state, "key", None)
    return key


def caller_of(connection: HTTPConnection) -> str:
    """Whose rate a request is counted against: its key's, or its address's."""
    key = key_of(connection)
    return f"key:{key.owner}" if key else f"address:{address_of(connection)}"


def address_of(connection: HTTPConnection) -> str:
    """The caller's address, as the server was told by proxies that it trusts."""
    return connection.client.host if connection.client else "unknown"


def _key_text(connection: HTTPConnection) -> str | None:
    if text := connection.headers.get("x-api-key"):
        return text.strip()
    scheme, _, text = connection.headers.get("authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" and text.strip() else None
