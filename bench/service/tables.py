"""The measurements as Markdown."""

import math
from collections.abc import Iterable, Mapping, Sequence

from bench.service.overload import CALM, DEADLINE
from bench.service.slices import Figures, Percentiles, Slice, figures
from bench.service.soak import Soaked
from bench.service.systems import System

_CORES = ("cores: server", "clients", "others")
_NONE = "–"


def system_table(systems: Sequence[System], memory: Mapping[str, int], reference: str) -> str:
    """What each system does, and the most memory it took under any load."""
    rows = [
        (system.name, system.note, _times(memory[system.name], memory[reference], 1e-6))
        for system in systems
    ]
    return _table(("system", "what it does", "most memory, MB"), rows)


def level_table(slices: Mapping[str, Sequence[Slice]], reference: str) -> str:
    """One number of clients, a line for each system. In brackets: how many times the reference's
    figure of the same run.
    """
    base = figures(slices[reference])
    rows = []
    for name, of_system in slices.items():
        found = figures(of_system)
        times = zip(_known(found.times), _known(base.times), strict=True)
        rows.append(
            (
                name,
                _times(found.rate, base.rate, digits=1),
                _rounds(of_system, slices[reference]),
                *(_times(time, other, 1e3) for time, other in times),
                f"{found.refused:.1%}",
                _statuses(found.statuses.items()),
                *_cores(found),
            )
        )
    heads = ("system", "requests/s", "in each round", "p50, ms", "p95, ms", "p99, ms", "refused")
    return _table((*heads, "answered", *_CORES), rows)


def overload_table(found: Mapping[str, Figures]) -> str:
    """Answers and refusals. In brackets: how many times the rate within capacity, and how far from
    the deadline.
    """
    rows = [
        (
            name,
            _times(one.rate, found[CALM].rate, digits=1),
            *(_number(time, 1e3) for time in _known(one.times)),
            *(_number(time, 1e3, 1) for time in _known(one.refusals)),
            f"{one.longest:.2f} ({one.longest - DEADLINE:+.2f})",
            _statuses(one.statuses.items()),
            *_cores(one),
        )
        for name, one in found.items()
    ]
    percentiles = [f"{kind} {p}, ms" for kind in ("200", "503") for p in ("p50", "p95", "p99")]
    return _table(("clients", "answers/s", *percentiles, "longest, s", "answered", *_CORES), rows)


def soak_tables(soaked: Soaked) -> list[str]:
    """What the server used as requests went by, and the kinds of request with their statuses."""
    used = [
        (f"{number:,}", _number(one.memory, 1e-6, 1), str(one.threads), str(one.files))
        for number, one in soaked.samples
    ]
    kinds = dict.fromkeys(kind for kind, _ in soaked.asked)
    statuses = [
        (kind, *(_statuses(_of(kind, counts)) for counts in (soaked.asked, soaked.answered)))
        for kind in kinds
    ]
    return [
        _table(("requests", "memory, MB", "threads", "open files"), used),
        _table(("kind", "must be answered", "was answered"), statuses),
    ]


def _known(times: Percentiles | None) -> Percentiles:
    return times or (math.nan, math.nan, math.nan)


def _of(kind: str, counts: Mapping[tuple[str, int], int]) -> Iterable[tuple[int, int]]:
    return ((status, count) for (one, status), count in counts.items() if one == kind)


def _statuses(counts: Iterable[tuple[int, int]]) -> str:
    return ", ".join(f"{status}: {count:,}" for status, count in sorted(counts))


def _rounds(slices: Sequence[Slice], reference: Sequence[Slice]) -> str:
    """The least and the greatest ratio of the rates that one round shows."""
    ratios = [
        figures([one]).rate / figures([other]).rate
        for one, other in zip(slices, reference, strict=True)
        if figures([other]).rate
    ]
    return f"{min(ratios):.2f} to {max(ratios):.2f}" if ratios else _NONE


def _cores(found: Figures) -> list[str]:
    return [f"{cores:.2f}" for cores in (found.server, found.client, found.other)]


def _times(value: float, reference: float, scale: float = 1, digits: int = 0) -> str:
    """The value and, where there is one, its ratio to the reference."""
    ratio = value / reference if reference else math.nan
    number = _number(value, scale, digits)
    return number if math.isnan(ratio) else f"{number} ({_number(ratio, digits=2)})"


def _number(value: float, scale: float = 1, digits: int = 0) -> str:
    return _NONE if math.isnan(value) else f"{value * scale:,.{digits}f}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
