"""Whether the texts grow unlike those that the model learnt from.

It is read from one number that every assessment has: how similar the text is to the nearest of the
model's labelled examples. `data/reference.toml` holds, by model version, the deciles of that number
on texts that the model had not seen; a tenth of the texts is expected between each two of them.
"""

import math
import threading
import tomllib
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

TENTHS = 10
# After this many further texts, an earlier one counts half.
HALF_LIFE = 1000
# With fewer, chance alone lifts the index above 0.1 more than once in twenty: see the decision.
FEWEST_TEXTS = 500


@dataclass(frozen=True, slots=True)
class Reference:
    """Where the similarities of a model's unseen texts lie: nine rising `deciles`, of `texts`."""

    texts: int
    deciles: tuple[float, ...]

    def tenth(self, similarity: float) -> int:
        """Which tenth a similarity falls into, 0 (least alike) to 9."""
        return bisect_right(self.deciles, similarity)


@cache
def load_references() -> dict[str, Reference]:
    """The measured references, by model version."""
    file = resources.files("safezone.telemetry") / "data" / "reference.toml"
    return {
        row["model"]: Reference(row["texts"], tuple(row["deciles"]))
        for row in tomllib.loads(file.read_text(encoding="utf-8"))["reference"]
    }


def stability_index(counts: Sequence[float]) -> float:
    """The population stability index of counts in bins of which each is expected to hold as much.

    PSI = Σ (a − e) · ln(a / e) over the shares found and expected (Siddiqi, Credit Risk Scorecards,
    2006); it is the symmetric divergence J of Kullback and Leibler (1951). At least 0, which means
    as expected; usually read as: below 0.1 no shift to speak of, up to 0.25 one to look into, above
    a shift. Half a text is added to each bin, so that an empty one does not make it infinite.
    """
    expected = 1 / len(counts)
    total = sum(counts) + len(counts) / 2
    found = [(count + 0.5) / total for count in counts]
    return sum((share - expected) * math.log(share / expected) for share in found)


class FadingCounts:
    """Texts by tenth, where earlier ones fade. May be called from several threads."""

    def __init__(self, reference: Reference, show: Callable[[int, float], None]) -> None:
        """`show` is called with each tenth and its count after every text."""
        self._reference = reference
        self._show = show
        self._counts = [0.0] * TENTHS
        self._lock = threading.Lock()

    def add(self, similarity: float) -> None:
        """Count a text by its similarity, -1 to 1."""
        with self._lock:
            self._counts = [count * 0.5 ** (1 / HALF_LIFE) for count in self._counts]
            self._counts[self._reference.tenth(similarity)] += 1
            for tenth, count in enumerate(self._counts):
                self._show(tenth, count)
