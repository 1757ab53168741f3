"""What an answer that is no success becomes."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from client_doubles import problem
from safezone.client import errors
from safezone.client.errors import api_error, seconds
from safezone.errors import SafezoneError

SECRET = "the unpublished heart of the proposal"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.InvalidRequest),
        (401, errors.Unauthenticated),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (413, errors.InvalidRequest),
        (422, errors.InvalidRequest),
        (429, errors.TooManyRequests),
        (500, errors.ApiError),
        (503, errors.Unavailable),
    ],
)
def test_every_status_has_its_exception(status: int, kind: type[errors.ApiError]) -> None:
    error = api_error(problem("some-kind", status, headers={"x-request-id": "r1"}))
    assert type(error) is kind
    assert isinstance(error, SafezoneError)
    assert (error.status, error.kind, error.request_id) == (status, "some-kind", "r1")


def test_the_message_says_what_is_wrong_where_and_by_which_request() -> None:
    items = [{"pointer": "/abstract", "code": "missing", "detail": "'abstract' is required."}]
    answer = problem("invalid-proposal", 422, errors=items, headers={"x-request-id": "r1"})
    assert str(api_error(answer)) == (
        "422 invalid-proposal: What to do. /abstract 'abstract' is required. (request r1)"
    )


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(502, text=f"<html>{SECRET}"),
        httpx.Response(502, json={"type": f"https://proxy.example/{SECRET}", "detail": SECRET}),
        httpx.Response(502, json={"type": 1}),
        httpx.Response(502, json=[SECRET]),
        httpx.Response(502, json=None),
    ],
)
def test_what_others_answer_is_not_passed_on(answer: httpx.Response) -> None:
    error = api_error(answer)
    assert isinstance(error, errors.Unavailable)
    assert error.problem["type"] == "about:blank"
    assert SECRET not in f"{error}{error!r}{error.problem}"


def test_retry_after_is_read_in_both_its_forms() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    found = seconds(later)
    assert seconds("7") == 7
    assert found is not None
    assert 3500 < found <= 3600
    assert seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 0
    assert seconds("soon") is None
    assert seconds("-1") is None
    assert seconds(None) is None
