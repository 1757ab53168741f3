"""ASGI middleware: bounds on the body in size and time, and an outermost net that leaks nothing."""

import time

import anyio
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safezone.api.problems import Kind, Problem, ProblemResponse, problem_of
from safezone.telemetry.logs import get_logger

MAX_BODY_BYTES = 1 << 20
# What multipart/form-data adds around a file.
_FORM_BYTES = 1 << 16
_log = get_logger("safezone.api")


class BodyUnread(HTTPException):
    """A body that is too large or too slow was met while it was read.

    FastAPI makes a 400 of all that is raised while it reads a form, other than an HTTPException.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status, problem.type)
        self.problem = problem


class BodyBounds:
    """Reads bodies before they are parsed, and refuses those over the limit, whether or not their
    length is told, and those that do not arrive within `seconds`.

    Uploads, to the path named, are passed on as they come: at most `upload_limit` bytes of a file,
    with no pause longer than `seconds`. Raises BodyUnread in whoever reads them.
    """

    def __init__(
        self, app: ASGIApp, *, seconds: float, upload_path: str, upload_limit: int
    ) -> None:
        self._app = app
        self._seconds = seconds
        self._upload_path = upload_path
        self._upload_limit = upload_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == self._upload_path:
            bounded = self._bounded(receive, self._upload_limit + _FORM_BYTES, self._upload_limit)
            await self._app(scope, bounded, send)
        else:
            await self._read_first(scope, receive, send)

    async def _read_first(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytearray()
        bounded = self._bounded(receive, MAX_BODY_BYTES, MAX_BODY_BYTES)
        until = time.monotonic() + self._seconds
        more = True
        while more:
            try:
                message = await bounded()
                if time.monotonic() > until:
                    raise BodyUnread(problem_of(Kind.REQUEST_TIMEOUT))
            except BodyUnread as error:
                response = ProblemResponse(error.problem, {"connection": "close"})
                await response(scope, receive, send)
                return
            if message["type"] != "http.request":
                return  # the client has gone
            body += message.get("body", b"")
            more = message.get("more_body", False)
        await self._app(scope, _replay(bytes(body), receive), send)

    def _bounded(self, receive: Receive, limit: int, told: int) -> Receive:
        read, complete = 0, False

        async def bounded() -> Message:
            nonlocal read, complete
            if complete:  # what comes now is the client's going, which has no deadline
                return await receive()
            with anyio.move_on_after(self._seconds) as waiting:
                message = await receive()
            if waiting.cancelled_caught:
                raise BodyUnread(problem_of(Kind.REQUEST_TIMEOUT, _SLOW.format(self._seconds)))
            read += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if read > limit:
                raise BodyUnread(problem_of(Kind.BODY_TOO_LARGE, _LARGE.format(told)))
            return message

        return bounded


_LARGE = "At most {:,} bytes are read. For many proposals send several requests, or a job."
_SLOW = "The body did not arrive within {:g} seconds. Try again."


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

    Of the exception the log tells type and place alone: a message may hold input.
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
        except Exception:
            _log.error("unforeseen", exc_info=True)
            if scope["type"] != "http" or started:
                raise ConnectionError("the response could not be finished") from None
            await ProblemResponse(problem_of(Kind.INTERNAL))(scope, receive, send)
