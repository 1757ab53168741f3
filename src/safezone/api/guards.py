"""ASGI middleware: a bound on the body, and an outermost net that leaks nothing."""

import logging
import traceback

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safezone.api.problems import problem

MAX_BODY_BYTES = 1 << 20
_log = logging.getLogger("safezone.api")


class BodyLimit:
    """Refuses bodies over the limit before they are parsed, whether or not their length is told."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return  # the client has gone
            body += message.get("body", b"")
            if len(body) > self._limit:
                detail = f"At most {self._limit:,} bytes are read. Send one proposal a request."
                response = problem(413, detail, headers={"connection": "close"})
                await response(scope, receive, send)
                return
            if not message.get("more_body", False):
                break
        await self._app(scope, _replay(bytes(body), receive), send)


def _replay(body: bytes, receive: Receive) -> Receive:
    pending = True

    async def replayed() -> Message:
        nonlocal pending
        if pending:
            pending = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replayed


class Net:
    """Turns an unforeseen exception into a 500 problem.

    Only the exception's type and where it came from are logged: a message may hold input.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            _log.error("unforeseen %s at %s:%s", type(error).__name__, frame.filename, frame.lineno)
            if scope["type"] != "http" or started:
                raise ConnectionError("the response could not be finished") from None
            response = problem(500)
            await response(scope, receive, send)
