"""ASGI middleware that tells the operator about each request: one log line, metrics, a span.

It reads no body and no path. What it cannot know by itself others leave in the request's state:
`request.state.key_id`, the id of the caller's API key, and `request.state.problem`, the kind of
problem that was answered; without a request at hand, `scope["state"]["problem"]`.
"""

import logging
import re
import uuid
from time import perf_counter
from typing import Any

from fastapi.telemetry import TelemetryConfig
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from safezone.telemetry.failures import failure
from safezone.telemetry.logs import get_logger
from safezone.telemetry.metrics import count_request
from safezone.telemetry.traces import span, trace_id
from safezone.telemetry.vocabulary import METHODS

REQUEST_ID = "x-request-id"
# For `FastAPI(telemetry=…)`: its own would export paths, query strings and exceptions' messages.
NO_TELEMETRY_BY_FASTAPI: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
_PROBES = frozenset({"/livez", "/readyz"})
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = get_logger("safezone.api.requests")


class Observed:
    """Observes requests to their response's end; to be the outermost middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        exchange = _Exchange(scope, _request_id(headers.get(REQUEST_ID, "")))

        async def received() -> Message:
            message = await receive()
            exchange.note_received(message)
            return message

        async def sent(message: Message) -> None:
            exchange.note_sending(message)
            await send(message)
            exchange.note_sent(message)

        with (
            span("request", traceparent=headers.get("traceparent")) as note,
            bound_contextvars(request_id=exchange.request_id, trace_id=trace_id()),
        ):
            try:
                await self._app(scope, received, sent)
            except BaseException as error:
                exchange.error = error
                raise
            finally:
                fields = exchange.fields()
                note(**fields)
                _tell(fields)


def _request_id(given: str) -> str:
    return given if _GIVEN_ID.fullmatch(given) else str(uuid.uuid4())


class _Exchange:
    """What is seen of one request and its response."""

    def __init__(self, scope: Scope, request_id: str) -> None:
        self.request_id = request_id
        self.error: BaseException | None = None
        self._scope = scope
        self._state: dict[str, Any] = scope.setdefault("state", {})
        self._started = perf_counter()
        self._seconds: float | None = None
        self._status = 500
        self._gone = False
        self._bytes_in = 0
        self._bytes_out = 0

    def note_received(self, message: Message) -> None:
        self._bytes_in += len(message.get("body", b""))
        if message["type"] == "http.disconnect":
            self._gone = True

    def note_sending(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)[REQUEST_ID] = self.request_id

    def note_sent(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
        elif message["type"] == "http.response.body":
            self._bytes_out += len(message.get("body", b""))
            if not message.get("more_body", False) and not self._gone:
                self._seconds = perf_counter() - self._started

    def fields(self) -> dict[str, object]:
        """How it ended; `status` is 499 where the client left before, 500 where it broke off."""
        outcome, status = (
            ("completed", self._status)
            if self._seconds is not None
            else ("client_gone", 499)
            if self._gone
            else ("failed", 500)
        )
        method = self._scope["method"]
        return {
            # A method can be any word, and where no route was found so can the path.
            "method": method if method in METHODS else "other",
            "route": getattr(self._scope.get("route"), "path", "other"),
            "status": status,
            "outcome": outcome,
            "problem": self._state.get("problem"),
            "key_id": self._state.get("key_id"),
            "seconds": round(self._seconds or perf_counter() - self._started, 6),
            "bytes_in": self._bytes_in,
            "bytes_out": self._bytes_out,
            **({} if self.error is None else failure(self.error)),
        }


def _tell(fields: dict[str, Any]) -> None:
    level = (
        logging.WARNING
        if fields["status"] >= 500
        else logging.DEBUG
        if fields["route"] in _PROBES
        else logging.INFO
    )
    _log.log(level, "request", **fields)
    count_request(
        **{name: fields[name] for name in ("method", "route", "status", "seconds", "problem")}
    )
