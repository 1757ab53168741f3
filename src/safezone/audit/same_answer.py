"""The same text, the same answer: alone, among others, in another order, on other threads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from safezone.assessment import Assessment, Assessor, Proposal
from safezone.audit.reader import Progress
from safezone.audit.texts import Text, seeded

# Loads the same model with an encoder of so many threads.
WithThreads = Callable[[int], Assessor]


@dataclass(frozen=True, slots=True)
class SameAnswerResult:
    """Whole assessments of the same texts under one condition, against one batch of them.

    `largest_change` is of any level's or shown area's probability, 0 to 1; the others count texts:
    `level_changes` has a level, or abstention, and `route_changes` a signal, rule or mode that
    became another.
    """

    condition: str
    texts: int
    largest_change: float
    level_changes: int
    route_changes: int


def measure_same_answer(
    assessor: Assessor,
    texts: Sequence[Text],
    seed: int,
    with_threads: WithThreads | None = None,
    progress: Progress | None = None,
) -> list[SameAnswerResult]:
    """Assess the texts alone, in one batch and shuffled, and with 1 and 2 threads where it can be.

    Raises InvalidProposal where a text is none.
    """
    proposals = [Proposal(abstract=text.abstract, title=text.title) for text in texts]
    batch = assessor.assess(proposals, progress)
    alone = []
    for number, proposal in enumerate(proposals, 1):
        alone += assessor.assess([proposal])
        if progress:
            progress(number, len(proposals))
    order = list(range(len(proposals)))
    seeded(seed, "order").shuffle(order)
    shuffled = assessor.assess([proposals[i] for i in order], progress)
    back = sorted(range(len(order)), key=order.__getitem__)
    conditions = {"alone": alone, "shuffled": [shuffled[i] for i in back]}
    if with_threads:
        for threads in (1, 2):
            conditions[f"threads_{threads}"] = with_threads(threads).assess(proposals, progress)
    return [compared(condition, batch, other) for condition, other in conditions.items()]


def compared(
    condition: str, batch: Sequence[Assessment], other: Sequence[Assessment]
) -> SameAnswerResult:
    """Two runs over the same texts in the same order, held against each other."""
    pairs = list(zip(batch, other, strict=True))
    return SameAnswerResult(
        condition=condition,
        texts=len(pairs),
        largest_change=max((_change(*pair) for pair in pairs), default=0.0),
        level_changes=sum(_levels(one) != _levels(two) for one, two in pairs),
        route_changes=sum(_route(one) != _route(two) for one, two in pairs),
    )


def _probabilities(assessment: Assessment) -> dict[tuple[str, str], float]:
    found = {
        (axis, level): probability
        for axis in ("sensitivity", "instrumentation", "data_use", "benefit")
        for level, probability in (getattr(assessment, axis).probabilities or {}).items()
    }
    return found | {("area", area.slug): area.probability for area in assessment.areas}


def _change(one: Assessment, two: Assessment) -> float:
    first, second = _probabilities(one), _probabilities(two)
    # An area that is among the best three in one answer only changes by no number that is known.
    return max((abs(first[key] - second[key]) for key in first.keys() & second.keys()), default=0.0)


def _levels(assessment: Assessment) -> tuple[str | None, ...]:
    axes = (assessment.sensitivity, assessment.instrumentation, assessment.data_use)
    return tuple(axis.level for axis in (*axes, assessment.benefit))


def _route(assessment: Assessment) -> tuple[object, ...]:
    route = assessment.route
    return (route.signal, route.mode, tuple((reason.code, reason.axis) for reason in route.reasons))
