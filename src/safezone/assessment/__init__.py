"""Proposals in, assessments out."""

from safezone.assessment.assessor import Assessor
from safezone.assessment.types import (
    AreaResult,
    Assessment,
    AxisEvidence,
    AxisResult,
    InputReport,
    PrecedentResult,
    Proposal,
    Provenance,
    SentenceEvidence,
)

__all__ = [
    "AreaResult",
    "Assessment",
    "Assessor",
    "AxisEvidence",
    "AxisResult",
    "InputReport",
    "PrecedentResult",
    "Proposal",
    "Provenance",
    "SentenceEvidence",
]
