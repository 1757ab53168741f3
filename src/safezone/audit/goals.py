"""The goals of the audit, and whether a model meets them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from safezone.audit.attacks import AttackResult
from safezone.audit.direction import DirectionResult
from safezone.audit.faithfulness import FaithfulnessResult
from safezone.audit.invariance import InvarianceResult
from safezone.audit.same_answer import SameAnswerResult

MOST_FLIPS = 0
LEAST_PROBES = 0.90
MOST_ATTACKS = 0.02
MOST_CHANGES = 0
MOST_DIFFERENCE = 1e-3
LEAST_FAITHFUL = 0.90
MOST_GAP = 1e-6


@dataclass(frozen=True, slots=True)
class Goal:
    """What a number must be: at most, or with `at_least` at least, `bound`.

    `value` and `met` are None where no text could show the number.
    """

    part: str
    name: str
    value: float | None
    bound: float
    at_least: bool
    met: bool | None


def _at_most(part: str, name: str, value: float | None, bound: float) -> Goal:
    return Goal(part, name, value, bound, False, None if value is None else value <= bound)


def _at_least(part: str, name: str, value: float | None, bound: float) -> Goal:
    return Goal(part, name, value, bound, True, None if value is None else value >= bound)


def invariance_goals(results: Iterable[InvarianceResult]) -> Iterator[Goal]:
    for result in results:
        flips = result.level_flips if result.texts else None
        yield _at_most("invariance", f"level flips, {result.rewriting}", flips, MOST_FLIPS)


def direction_goals(result: DirectionResult) -> Iterator[Goal]:
    for summary in result.by_axis:
        name = f"probes that hold, {summary.axis}"
        yield _at_least("direction", name, summary.rate, LEAST_PROBES)


def attack_goals(results: Iterable[AttackResult]) -> Iterator[Goal]:
    for result in results:
        name = f"texts that fell to the lowest level, {result.attack}, {result.axis}"
        yield _at_most("attacks", name, result.success, MOST_ATTACKS)


def same_answer_goals(results: Sequence[SameAnswerResult]) -> Iterator[Goal]:
    for result in results:
        changes = result.level_changes + result.route_changes if result.texts else None
        difference = result.largest_change if result.texts else None
        name = result.condition
        yield _at_most("same_answer", f"level and route changes, {name}", changes, MOST_CHANGES)
        yield _at_most(
            "same_answer", f"largest change of a probability, {name}", difference, MOST_DIFFERENCE
        )


def faithfulness_goals(result: FaithfulnessResult) -> Iterator[Goal]:
    name = "gap between log-odds and their parts"
    yield _at_most("faithfulness", name, result.largest_gap if result.texts else None, MOST_GAP)
    for axis in result.axes:
        name = f"telling sentence by {axis.by} hurts more, {axis.axis}"
        yield _at_least("faithfulness", name, axis.rate, LEAST_FAITHFUL)
