"""When a call is made again."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from client_doubles import Clock, Service, problem
from safezone.client import (
    ApiError,
    Conflict,
    ConnectionFailed,
    InvalidRequest,
    TooManyRequests,
    Unavailable,
)

Connect = Callable[..., Any]
FINE = httpx.Response(200, json={"id": "42"})


def busy(retry_after: str | None = None) -> httpx.Response:
    return problem("busy", 503, headers={"retry-after": retry_after} if retry_after else None)


def test_a_busy_service_is_asked_again_after_the_seconds_it_says(
    connect: Connect, clock: Clock
) -> None:
    service = Service([busy("3"), problem("x", 429, headers={"retry-after": "7"}), FINE])
    assert connect(service).assess("text") == {"id": "42"}
    assert clock.slept == [3, 7]


@pytest.mark.parametrize(
    "trouble", [httpx.ConnectError("no"), httpx.ReadTimeout("slow"), busy(), httpx.Response(502)]
)
def test_where_it_says_nothing_the_pauses_grow(
    connect: Connect, clock: Clock, trouble: httpx.Response | Exception
) -> None:
    service = Service([trouble, trouble, trouble, FINE])
    assert connect(service).assess("text") == {"id": "42"}
    assert len(clock.slept) == 3
    for number, pause in enumerate(clock.slept):
        assert 0.25 * 2**number <= pause <= 0.25 * 2**number + 0.5


@pytest.mark.parametrize(
    ("trouble", "error"),
    [(httpx.ConnectError("no"), ConnectionFailed), (busy("1"), Unavailable)],
)
def test_after_so_many_retries_the_last_trouble_is_raised(
    connect: Connect, trouble: Any, error: type[Exception]
) -> None:
    service = Service([trouble])
    with pytest.raises(error):
        connect(service, retries=2).assess("text")
    assert len(service.requests) == 3


def test_a_pause_beyond_the_patience_is_not_waited_for(connect: Connect, clock: Clock) -> None:
    service = Service([problem("too-many-requests", 429, headers={"retry-after": "61"})])
    with pytest.raises(TooManyRequests) as caught:
        connect(service, patience=60).assess("text")
    assert clock.slept == []
    assert caught.value.retry_after == 61


def test_all_pauses_together_stay_within_the_patience(connect: Connect, clock: Clock) -> None:
    service = Service([busy("25")])
    with pytest.raises(Unavailable):
        connect(service, patience=60, retries=100).assess("text")
    assert clock.slept == [25, 25]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 500])
def test_what_would_go_wrong_again_is_not_repeated(connect: Connect, status: int) -> None:
    service = Service([problem("x", status), FINE])
    with pytest.raises(ApiError):
        connect(service).assess("text")
    assert len(service.requests) == 1


def test_a_conflict_is_repeated_only_where_the_service_says_so(
    connect: Connect, clock: Clock
) -> None:
    service = Service([problem("conflict", 409, headers={"retry-after": "1"}), FINE])
    assert connect(service).job("j1") == {"id": "42"}
    with pytest.raises(Conflict):
        connect(Service([problem("conflict", 409), FINE])).job("j1")


def test_an_answer_that_is_not_the_services_says_so(connect: Connect) -> None:
    with pytest.raises(ConnectionFailed, match="base URL"):
        connect(Service([httpx.Response(200, text="<html>Log in")])).policies()
    with pytest.raises(ConnectionFailed, match="base URL"):
        connect(Service([httpx.Response(200, json=[])])).policies()


def test_whether_it_is_ready_is_asked_once(connect: Connect, clock: Clock) -> None:
    assert connect(Service([httpx.Response(200, json={"status": "ready"})])).ready() is True
    for trouble in (problem("not-ready", 503), httpx.ConnectError("no")):
        service = Service([trouble])
        assert connect(service).ready() is False
        assert len(service.requests) == 1
    with pytest.raises(InvalidRequest):
        connect(Service([problem("x", 405)])).ready()
