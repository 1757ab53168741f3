"""Files that are assessed in the background."""

from functools import partial
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends, File, Form, Header, Query, Request, Response, UploadFile
from fastapi.responses import StreamingResponse

from safezone.api.access import may_run_jobs, require_form
from safezone.api.auth import caller_of, key_of
from safezone.api.problems import Kind, responses
from safezone.api.reading import INCLUDE_PATTERN
from safezone.api.schemas.jobs import JobBody, JobsBody
from safezone.api.service import ServiceOfApp
from safezone.batch.columns import ColumnChoice
from safezone.batch.writers import ResultFormat
from safezone.jobs.files import Order, result_chunks

router = APIRouter(
    prefix="/v1/jobs",
    tags=["jobs"],
    dependencies=[Depends(may_run_jobs)],
    responses=responses(
        Kind.UNAUTHENTICATED, Kind.FORBIDDEN, Kind.TOO_MANY_REQUESTS, Kind.STORE_UNAVAILABLE
    ),
)

_MEDIA_TYPES = {
    ResultFormat.JSON_LINES: "application/jsonl",
    ResultFormat.CSV: "text/csv; charset=utf-8",
    ResultFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Name = Annotated[str | None, Form(max_length=200)]


@router.post(
    "",
    status_code=202,
    response_model=JobBody,
    responses=responses(
        Kind.MALFORMED_JSON,
        Kind.REQUEST_TIMEOUT,
        Kind.CONFLICT,
        Kind.BODY_TOO_LARGE,
        Kind.UNSUPPORTED_MEDIA_TYPE,
        Kind.INVALID_FILE,
    ),
    dependencies=[Depends(require_form)],
    summary="Have a file assessed",
)
async def create_job(
    request: Request,
    response: Response,
    service: ServiceOfApp,
    file: Annotated[
        UploadFile,
        File(description="CSV, TSV, XLSX, Parquet, JSON or JSON Lines; known by its content."),
    ],
    policy: Annotated[str | None, Form(max_length=64, description="As in a proposal.")] = None,
    include: Annotated[
        str, Form(pattern=INCLUDE_PATTERN, description="As in a request; by default nothing.")
    ] = "",
    id_column: Name = None,
    title_column: Name = None,
    abstract_column: Name = None,
    webhook_url: Annotated[
        str | None, Form(max_length=2_000, description="Told by POST when the job has ended.")
    ] = None,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=255,
            description="The same key with the same file gives the same job, for 24 hours.",
        ),
    ] = None,
) -> JobBody:
    """The rows of the file are read at once, so that what is wrong with it is told here; a row that
    is no proposal is answered by a problem and spoils no other. The columns of identifier, title
    and abstract are found by their names, or named here; all others are left unread.
    """
    service.policy(policy)
    await service.rates.take(caller_of(request))
    order = Order(
        owner=_owner(request),
        policy=policy,
        include=tuple(part for part in include.split(",") if part),
        columns=ColumnChoice(id=id_column, title=title_column, abstract=abstract_column),
        webhook_url=webhook_url,
        idempotency_key=idempotency_key,
    )
    take = partial(service.intake.take, file.file, order)
    job = await anyio.to_thread.run_sync(take, limiter=service.unpacking)
    response.headers["location"] = f"{router.prefix}/{job.id}"
    return JobBody.model_validate(job)


@router.get("", summary="The jobs of the caller")
async def list_jobs(request: Request, service: ServiceOfApp) -> JobsBody:
    found = await anyio.to_thread.run_sync(service.jobs.newest, _owner(request))
    return JobsBody(jobs=[JobBody.model_validate(job) for job in found])


@router.get("/{job_id}", responses=responses(Kind.NOT_FOUND), summary="How far a job is")
async def read_job(job_id: str, request: Request, service: ServiceOfApp) -> JobBody:
    job = await anyio.to_thread.run_sync(service.jobs.get, job_id, _owner(request))
    return JobBody.model_validate(job)


@router.delete(
    "/{job_id}",
    status_code=204,
    responses=responses(Kind.NOT_FOUND),
    summary="Stop a job and forget it",
)
async def delete_job(job_id: str, request: Request, service: ServiceOfApp) -> None:
    """Its rows and results are gone at once, whatever its state."""
    await anyio.to_thread.run_sync(service.jobs.cancel_and_forget, job_id, _owner(request))


@router.get(
    "/{job_id}/results",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {
                media_type: {"schema": {"type": "string"}} for media_type in _MEDIA_TYPES.values()
            }
        },
        **responses(Kind.NOT_FOUND, Kind.CONFLICT),
    },
    summary="What a job has found",
)
async def read_results(
    job_id: str,
    request: Request,
    service: ServiceOfApp,
    format: Annotated[  # noqa: A002 - the name of the parameter in the API
        ResultFormat,
        Query(description="JSON Lines have the whole answers, the others the flat view."),
    ] = ResultFormat.JSON_LINES,
) -> StreamingResponse:
    """One row for each row of the file, in the same order."""
    answers = await anyio.to_thread.run_sync(service.jobs.answers, job_id, _owner(request))
    return StreamingResponse(
        result_chunks(format, answers),
        media_type=_MEDIA_TYPES[format],
        headers={"content-disposition": f'attachment; filename="{job_id}.{format}"'},
    )


def _owner(request: Request) -> str | None:
    key = key_of(request)
    return key.owner if key else None
