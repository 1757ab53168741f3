"""What can be chosen about training."""

from dataclasses import dataclass, field

from safezone.training.adaptation.settings import AdaptationSettings
from safezone.training.linear import HeadSettings


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """`folds` for cross-fitting, `coverage` of the prediction sets, `seed` of the folds and of the
    adaptation, `resamples` for the intervals of the metrics; `learning_curve`: also fit heads on
    the encoder as it comes with parts of the records, and picture in the card how quality grows
    with them; `adaptation`: how the encoder is adapted, None where it is taken as it comes.
    """

    folds: int = 5
    coverage: float = 0.9
    seed: int = 0
    resamples: int = 200
    learning_curve: bool = False
    heads: HeadSettings = field(default_factory=HeadSettings)
    adaptation: AdaptationSettings | None = None
