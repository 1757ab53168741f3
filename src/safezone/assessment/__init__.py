"""Proposals in, assessments out."""

from safezone.assessment.assessor import Assessor
from safezone.assessment.types import (
    AreaResult,
    Assessment,
    AxisResult,
    InputReport,
    Proposal,
    Provenance,
)

__all__ = [
    "AreaResult",
    "Assessment",
    "Assessor",
    "AxisResult",
    "InputReport",
    "Proposal",
    "Provenance",
]
