"""Rounds in which the systems take turns, and what comes out of them."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np
from bench.speed.peers.protocol import Text
from bench.speed.running import Running
from bench.speed.systems import ALL, System

# The encoder's sizes, for the operations that its matrix products take.
_LAYERS, _WIDTH, _FEED_FORWARD = 6, 384, 1536
_SPECIAL_PIECES = 2
_PEAK_SECONDS = 0.3
# How often each of the special texts is read after the first time; the fastest counts.
_SPECIAL_READINGS = 2


@dataclass
class Measured:
    """What one system did with a number of threads.

    `load` is in seconds, `lengths` are word pieces of the parts of the texts of a round, `rounds`
    the seconds that these took, `alone` the seconds of single texts, `cores` how many the process
    used in each round, `memory` is in bytes, `special` in seconds by name, with the word pieces
    read.
    """

    system: System
    threads: int
    load: float
    lengths: Sequence[Sequence[int]] = ()
    rounds: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    cores: list[float] = field(default_factory=list)
    memory: int = 0
    special: dict[str, tuple[float, int]] = field(default_factory=dict)

    @property
    def pieces(self) -> int:
        return sum(map(sum, self.lengths))

    @property
    def rates(self) -> list[float]:
        """Texts a second, in each round."""
        return [len(self.lengths) / seconds for seconds in self.rounds]

    @property
    def cpu(self) -> float:
        """CPU seconds a text in the best round: what other work on the machine moves least."""
        spent = (cores * seconds for cores, seconds in zip(self.cores, self.rounds, strict=True))
        return min(spent) / len(self.lengths)

    def ratio(self, to: "Measured") -> float:
        """How many times as fast as another, in the median round."""
        return float(np.median([self / other for self, other in self._beside(to)]))

    def range(self, to: "Measured") -> tuple[float, float]:
        """The least and the greatest ratio of any round."""
        ratios = [self / other for self, other in self._beside(to)]
        return min(ratios), max(ratios)

    def peak_share(self, peaks: Mapping[str, float]) -> float | None:
        """The best round's share of what its threads could do at the peak of one core in its
        arithmetic. None where there is none.
        """
        peak = peaks.get(self.system.arithmetic or "")
        if peak is None:
            return None
        done = sum(flops(part) for of_text in self.lengths for part in of_text)
        return done / (min(self.rounds) * peak * self.threads)

    def _beside(self, to: "Measured") -> Iterable[tuple[float, float]]:
        return zip(self.rates, to.rates, strict=True)


def flops(pieces: int) -> float:
    """Floating-point operations of a part's matrix products, special pieces counted in."""
    length = pieces + _SPECIAL_PIECES
    weights = 4 * _WIDTH**2 + 2 * _WIDTH * _FEED_FORWARD
    return _LAYERS * (2 * length * weights + 4 * length**2 * _WIDTH)


def take_turns(
    readers: Sequence[tuple[Running, Measured]],
    peak: Running | None,
    texts: Sequence[Text],
    alone: Sequence[Text],
    rounds: int,
) -> dict[str, float]:
    """Fill in what each reader does with all texts and with those that are read `alone`; returns
    the peaks, operations a second by arithmetic.

    Before the first round each reads those of `alone` both ways, untimed: what is made when it is
    first needed is no part of any round, or of the first alone.
    """
    peaks: dict[str, float] = {}
    order = Random(0)
    for number in range(rounds + 1):
        print(f"round {number} of {rounds}", file=sys.stderr, flush=True)
        given = texts if number else alone
        for reader, measured in order.sample(readers, len(readers)):
            at_once = measured.system.at_once
            size = len(given) if at_once == ALL else at_once
            found = reader.ask("timed", texts=given, at_once=size)
            single = found
            if at_once != 1:
                few = alone if measured.system.alone else []
                single = reader.ask("timed", texts=few, at_once=1)
            if number:
                seconds = sum(found["seconds"])
                measured.rounds.append(seconds)
                measured.cores.append(found["cpu"] / seconds)
                measured.alone += single["seconds"]
        for name, rate in (peak.ask("rates", seconds=_PEAK_SECONDS) if peak else {}).items():
            if rate:
                peaks[name] = max(peaks.get(name, 0), rate)
    return peaks


def finish(
    reader: Running, measured: Measured, texts: Sequence[Text], special: Mapping[str, Text]
) -> None:
    """Fill in what is not measured in turns."""
    measured.lengths = reader.ask("lengths", texts=texts)
    for name, text in special.items() if measured.threads == 1 and measured.system.alone else ():
        found = reader.ask("timed", texts=[text] * (_SPECIAL_READINGS + 1), at_once=1)
        [parts] = reader.ask("lengths", texts=[text])
        measured.special[name] = min(found["seconds"][1:]), sum(parts)
    measured.memory = reader.ask("memory")


def cosines(ours: Sequence[Any], theirs: Sequence[Any]) -> tuple[float, float]:
    """Mean and least cosine of vectors side by side, where both are there."""
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a and b]
    a, b = np.array([one for one, _ in pairs]), np.array([other for _, other in pairs])
    found = (a * b).sum(axis=1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))
    return float(found.mean()), float(found.min())
