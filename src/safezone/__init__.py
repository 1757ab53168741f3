"""safezone: how geopolitically sensitive a research abstract is, axis by axis.

from safezone import Proposal, load_assessor

assessor = load_assessor()
[assessment] = assessor.assess([Proposal(abstract="...", title="...", id="42")])
assessment.instrumentation.probabilities["high"]
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from safezone.assessment import Assessment, Assessor, Proposal
    from safezone.bootstrap import load_assessor
    from safezone.config import Settings
    from safezone.errors import SafezoneError
else:
    # Loaded when first asked for, so that `safezone.client` does without the model's libraries.
    _HOMES = {
        "Assessment": "safezone.assessment",
        "Assessor": "safezone.assessment",
        "Proposal": "safezone.assessment",
        "SafezoneError": "safezone.errors",
        "Settings": "safezone.config",
        "load_assessor": "safezone.bootstrap",
    }

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *_HOMES})


__version__ = "0.1.0"
__all__ = ["Assessment", "Assessor", "Proposal", "SafezoneError", "Settings", "load_assessor"]
