"""What API keys are for. It stands apart because asking for help needs no database's libraries."""

from enum import StrEnum


class Scope(StrEnum):
    """What a key may be used for."""

    ASSESS = "assess"
    JOBS = "jobs"
    # All of it.
    ADMIN = "admin"
