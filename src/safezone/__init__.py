"""safezone: how geopolitically sensitive a research abstract is, axis by axis.

from safezone import Proposal, load_assessor

assessor = load_assessor()
[assessment] = assessor.assess([Proposal(abstract="...", title="...", id="42")])
assessment.instrumentation.probabilities["high"]
"""

from safezone.assessment import Assessment, Assessor, Proposal
from safezone.bootstrap import load_assessor
from safezone.config import Settings
from safezone.errors import SafezoneError

__version__ = "0.1.0"
__all__ = ["Assessment", "Assessor", "Proposal", "SafezoneError", "Settings", "load_assessor"]
