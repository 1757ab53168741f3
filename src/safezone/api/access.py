"""What a request must bring: a key that may do this, a body of the right type."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Header, Request
from starlette.exceptions import HTTPException

from safezone.api.auth import key_of
from safezone.store.scopes import Scope


# Dependencies are coroutines, though they wait for nothing: others go through the thread pool.
def _may(scope: Scope) -> Callable[[Request], Awaitable[None]]:
    async def check(request: Request) -> None:
        key = key_of(request)
        if key is not None and not key.may(scope):
            raise HTTPException(
                403, f"The key lacks the scope '{scope}'. Ask the operator for one that has it."
            )

    return check


may_assess = _may(Scope.ASSESS)
may_run_jobs = _may(Scope.JOBS)


async def require_json(content_type: Annotated[str, Header(include_in_schema=False)] = "") -> None:
    """Refuse a body that is not JSON by its content type."""
    _require("application/json", content_type)


async def require_form(content_type: Annotated[str, Header(include_in_schema=False)] = "") -> None:
    """Refuse a body that is no form with a file in it by its content type."""
    _require("multipart/form-data", content_type)


def _require(expected: str, content_type: str) -> None:
    if content_type.partition(";")[0].strip().lower() != expected:
        raise HTTPException(415, f"Send the header 'content-type: {expected}'.")
