"""The measurements as Markdown."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from bench.speed.fidelity import Fidelity
from bench.speed.measure import Measured
from bench.speed.stages import ENCODING
from bench.speed.systems import DEFAULT, System

_NONE = "–"
# Read in part, and not read at all.
CUT, UNREAD = "*", "†"
Results = Mapping[str, Mapping[int, Measured]]


def note_table(systems: Iterable[System]) -> str:
    """What each system does."""
    return _table(("system", "what it does"), [(system.name, system.note) for system in systems])


def speed_table(
    results: Results,
    peaks: Mapping[str, float],
    cosines: Mapping[str, tuple[float, float]],
    fidelities: Mapping[str, Fidelity],
) -> str:
    """A line for each system. In brackets: how many times the default of the same run."""
    threads = sorted({number for found in results.values() for number in found})
    heads = (
        "system",
        *(f"abstracts/s, {_threads(number)}" for number in threads),
        "in each round",
        "CPU ms a text",
        "pieces/s",
        *(f"p50 / p95 alone, ms, {_threads(number)}" for number in threads),
        "load, s",
        "memory, MB",
        "of the peak",
        "cosine, mean / least",
        "flips",
        "calibration error",
    )
    rows = []
    for name, found in results.items():
        one = found[threads[0]]
        rows.append(
            (
                one.system.name,
                *(_rate(found.get(number), results, number) for number in threads),
                _rounds(one, results),
                _cpu(one, results),
                f"{one.pieces / np.median(one.rounds):,.0f}",
                *(_percentiles(found.get(number)) for number in threads),
                f"{min(each.load for each in found.values()):.1f}",
                f"{one.memory / 1e6:,.0f}",
                _share(one, peaks),
                "{:.5f} / {:.5f}".format(*cosines[name]) if name in cosines else _NONE,
                *_fidelity(fidelities.get(name)),
            )
        )
    return _table(heads, rows)


def special_table(results: Results, special: Sequence[str]) -> str:
    """Milliseconds for each of the special texts, with one thread."""
    measured = [one for found in results.values() for one in found.values() if one.special]
    if not measured:
        return "Texts of unusual lengths are measured with one thread, which was not asked for."
    longest = {name: max(one.special[name][1] for one in measured) for name in special}
    rows = [
        (one.system.name, *(_special(*one.special[name], longest[name]) for name in special))
        for one in measured
    ]
    heads = (f"{name} ({longest[name]:,})" for name in special)
    return _table(("ms for a text (of so many word pieces), 1 thread", *heads), rows)


def stage_table(seconds: Mapping[str, float], texts: int) -> str:
    """Milliseconds of CPU a text, and shares, by stage."""
    total = sum(seconds.values())
    rows = [
        (name, f"{1e3 * spent / texts:.2f}", f"{spent / total:.1%}")
        for name, spent in seconds.items()
    ]
    beside = total - seconds.get(ENCODING, 0)
    rows.append(("**all**", f"{1e3 * total / texts:.2f}", "100.0%"))
    rows.append((f"**all but {ENCODING}**", f"{1e3 * beside / texts:.2f}", f"{beside / total:.1%}"))
    return _table(("stage", "ms a text", "share"), rows)


def _threads(number: int) -> str:
    return f"{number} thread{'s' * (number > 1)}"


def _default(results: Results, threads: int) -> Measured | None:
    return results.get(DEFAULT, {}).get(threads)


def _rate(measured: Measured | None, results: Results, threads: int) -> str:
    if measured is None:
        return _NONE
    rate = f"{np.median(measured.rates):,.1f}"
    default = _default(results, threads)
    return f"{rate} ({measured.ratio(default):.2f})" if default else rate


def _rounds(measured: Measured, results: Results) -> str:
    default = _default(results, measured.threads)
    return "{:.2f} to {:.2f}".format(*measured.range(default)) if default else _NONE


def _cpu(measured: Measured, results: Results) -> str:
    default = _default(results, measured.threads)
    times = f" ({measured.cpu / default.cpu:.2f})" if default else ""
    return f"{1e3 * measured.cpu:.1f}{times}"


def _percentiles(measured: Measured | None) -> str:
    if measured is None or not measured.alone:
        return _NONE
    middle, high = 1e3 * np.percentile(measured.alone, [50, 95])
    return f"{middle:.1f} / {high:.1f}"


def _share(measured: Measured, peaks: Mapping[str, float]) -> str:
    if measured.system.arithmetic is None:
        return _NONE
    share = measured.peak_share(peaks)
    return "not measured" if share is None else f"{share:.0%} of {measured.system.arithmetic}"


def _fidelity(found: Fidelity | None) -> tuple[str, str]:
    if found is None:
        return _NONE, _NONE
    error = _NONE if found.ece is None else f"{found.ece:+.4f} (one axis {found.worst:+.4f})"
    return f"{found.flips:.2%}", error


def _special(seconds: float, pieces: int, longest: int) -> str:
    # Other words for names and other cuts move the number of pieces a little.
    mark = CUT if pieces < 0.9 * longest else ""
    return f"{1e3 * seconds:,.1f}{mark if pieces else UNREAD}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
