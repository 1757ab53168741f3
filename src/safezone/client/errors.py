"""What can go wrong in a call. No message holds any text of a proposal."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from safezone.client.bodies import Problem
from safezone.errors import SafezoneError

URN = "urn:safezone:problem:"


class ClientError(SafezoneError):
    """Base of everything that a call raises."""


class ConnectionFailed(ClientError):
    """The service cannot be reached, the connection broke, or something else answered."""


class WaitedTooLong(ClientError):
    """The job has not ended in the time given. It goes on."""


class InvalidWebhook(ClientError):
    """A webhook that is not from this service, was altered, or is older than five minutes."""


class ApiError(ClientError):
    """The service answered with a problem.

    `problem` is the RFC 9457 document. `request_id` is what the operator can find the request by,
    `retry_after` the seconds that the service asks to wait; None where it said neither.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.problem = problem
        self.request_id = request_id
        self.retry_after = retry_after
        items = [f"{item['pointer']} {item['detail']}" for item in problem.get("errors") or ()]
        said = " ".join([f"{self.status} {self.kind}: {problem['detail']}", *items])
        super().__init__(said if request_id is None else f"{said} (request {request_id})")

    @property
    def status(self) -> int:
        return self.problem["status"]

    @property
    def kind(self) -> str:
        """The stable id at the end of the problem's `type`, such as `invalid-proposal`."""
        return self.problem["type"].removeprefix(URN)


class InvalidRequest(ApiError):
    """400, 405, 413, 415, 422: what was sent cannot be read; sending it again will not help."""


class Unauthenticated(ApiError):
    """401: no API key, or one that is unknown, revoked or expired."""


class Forbidden(ApiError):
    """403: the API key lacks the scope that the call needs."""


class NotFound(ApiError):
    """404: no such job or policy. Jobs are gone once their time has run out."""


class Conflict(ApiError):
    """409: the call does not fit the job's state, or the idempotency key is taken."""


class TooManyRequests(ApiError):
    """429: the key's rate is used up, and `retries` with it."""


class Unavailable(ApiError):
    """408, 502, 503, 504: the service is busy or not ready, and `retries` are used up."""


_BY_STATUS: dict[int, type[ApiError]] = {
    **dict.fromkeys((400, 405, 413, 415, 422), InvalidRequest),
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    429: TooManyRequests,
    **dict.fromkeys((408, 502, 503, 504), Unavailable),
}


def api_error(response: httpx.Response) -> ApiError:
    """The exception for an answer that is no success; its body must have been read."""
    return _BY_STATUS.get(response.status_code, ApiError)(
        _problem(response),
        request_id=response.headers.get("x-request-id"),
        retry_after=seconds(response.headers.get("retry-after")),
    )


def _problem(response: httpx.Response) -> Problem:
    try:
        found: Problem = response.json()
        if found["type"].startswith(URN):
            return found
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    # A proxy's own page may repeat what was sent, so that nothing of it is passed on.
    status = response.status_code
    title = httpx.codes.get_reason_phrase(status) or "Unknown status"
    return Problem(
        type="about:blank",
        title=title,
        status=status,
        detail=f"{title}. The answer is not one of safezone's; see that the base URL is right.",
    )


def seconds(retry_after: str | None) -> float | None:
    """What a `Retry-After` header asks for, in seconds from now; None without a valid one."""
    if retry_after is None:
        return None
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (at.astimezone(UTC) - datetime.now(UTC)).total_seconds())


@contextmanager
def connection() -> Iterator[None]:
    """Raises ConnectionFailed in the place of what httpx raises."""
    try:
        yield
    except httpx.RequestError as error:
        raise ConnectionFailed(
            f"The service did not answer ({type(error).__name__}). See that it runs, and that the "
            "base URL is right."
        ) from error
