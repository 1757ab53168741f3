"""The paths of the API."""

from fastapi import APIRouter

from safezone.api.routes import assessments, comparisons, documentation, jobs, operations

router = APIRouter()
for part in (assessments, comparisons, jobs, documentation, operations):
    router.include_router(part.router)
