"""ASGI middleware that turns requests away before anything of them is read."""

import time

from starlette.types import ASGIApp, Receive, Scope, Send

from safezone.api.failures import response_to
from safezone.api.inference import Busy, Inference


class Admission:
    """Refuses what would be read too late before its body is parsed, which costs more than that.

    It holds for requests that are read while they wait: those by POST, but to the `upload_path`.
    The time of their coming is put into the request's state, as `since`.
    """

    def __init__(
        self, app: ASGIApp, *, inference: Inference, seconds: float, upload_path: str
    ) -> None:
        self._app = app
        self._inference = inference
        self._seconds = seconds
        self._upload_path = upload_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: ASGIApp = self._app
        if scope["type"] == "http":
            since = scope.setdefault("state", {})["since"] = time.monotonic()
            read_now = scope["method"] == "POST" and scope["path"] != self._upload_path
            if read_now and scope["path"].startswith("/v1/"):
                try:
                    self._inference.refuse_if_busy(since + self._seconds)
                except Busy as error:
                    answer = response_to(error)
        await answer(scope, receive, send)
