"""What must move an answer, and which way: building raises one risk, holding data the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from safezone.audit.probes import Expectation, Probe, load_probes
from safezone.audit.reader import Answer, Reader
from safezone.audit.texts import Text, evenly
from safezone.taxonomy import Taxonomy

# Log-odds that count as a rise or a fall: about one hundredth in probability around one half.
EPSILON = 0.05


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """One expectation of one probe: it `held` in so many of `texts`, the share `rate`.

    Texts that cannot show it are left out: one at the top cannot rise, one at the bottom cannot
    fall. `rate` is None where none is left.
    """

    probe: str
    axis: str
    expected: str
    texts: int
    held: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class DirectionSummary:
    """Expectations of several probes on one axis together; `effect` None: of every effect."""

    axis: str
    effect: str | None
    probes: int
    texts: int
    held: int
    rate: float | None


@dataclass(frozen=True, slots=True)
class DirectionResult:
    """`by_axis` is over all probes, `by_effect` apart for each effect on an axis."""

    epsilon: float
    by_axis: tuple[DirectionSummary, ...]
    by_effect: tuple[DirectionSummary, ...]
    probes: tuple[ProbeResult, ...]


def measure_direction(
    reader: Reader, texts: Sequence[Text], most_texts: int, probes: Sequence[Probe] | None = None
) -> DirectionResult:
    """Edit at most `most_texts` texts a probe (0: all), and see whether its expectations hold."""
    probes = load_probes() if probes is None else probes
    cases = [
        evenly([pair for text in texts if (pair := probe.edit(text))], most_texts)
        for probe in probes
    ]
    answers = iter(
        reader.answers([text.prepared() for pairs in cases for pair in pairs for text in pair])
    )
    results: list[ProbeResult] = []
    for probe, pairs in zip(probes, cases, strict=True):
        read = [(next(answers), next(answers)) for _ in pairs]
        results += [
            _result(probe, expectation, read, reader.taxonomy) for expectation in probe.expectations
        ]
    return DirectionResult(
        EPSILON,
        tuple(_summed(results, lambda result: (result.axis, None))),
        tuple(_summed(results, lambda result: (result.axis, result.expected.split()[0]))),
        tuple(results),
    )


def _result(
    probe: Probe,
    expectation: Expectation,
    answers: Sequence[tuple[Answer, Answer]],
    taxonomy: Taxonomy,
) -> ProbeResult:
    axis = taxonomy.axis(expectation.axis)
    shown = [
        held(expectation, before, after)
        for before, after in answers
        if can_show(expectation, before.levels[axis.id], top=len(axis.levels) - 1)
    ]
    level = "" if expectation.level is None else f" {axis.level_ids[expectation.level]}"
    expected = f"{expectation.effect}{level}"
    return ProbeResult(probe.id, axis.id, expected, len(shown), sum(shown), _rate(shown))


def can_show(expectation: Expectation, level: int, top: int) -> bool:
    """Whether a text that is answered with `level` before the edit has room for the effect."""
    return {"raise": level < top, "lower": level > 0}.get(expectation.effect, True)


def held(expectation: Expectation, before: Answer, after: Answer) -> bool:
    """Whether the edit did what is expected."""
    axis, level = expectation.axis, expectation.level
    if level is None:
        rise = after.levels[axis] - before.levels[axis]
        return rise <= 0 if expectation.effect == "not_raised" else rise == 0
    change = after.reaching(axis, level) - before.reaching(axis, level)
    return change > EPSILON if expectation.effect == "raise" else change < -EPSILON


def _rate(shown: Sequence[bool]) -> float | None:
    return sum(shown) / len(shown) if shown else None


def _summed(
    results: Sequence[ProbeResult], key: Callable[[ProbeResult], tuple[str, str | None]]
) -> Iterator[DirectionSummary]:
    for group in sorted(set(map(key, results)), key=lambda group: (group[0], group[1] or "")):
        of_group = [result for result in results if key(result) == group]
        texts, held = (sum(getattr(r, name) for r in of_group) for name in ("texts", "held"))
        yield DirectionSummary(*group, len(of_group), texts, held, held / texts if texts else None)
