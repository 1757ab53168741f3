"""The same load on several servers, in turns, so that what the machine does befalls all alike."""

import asyncio
import itertools
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.service.load import Asked
from bench.service.running import Running
from bench.service.slices import Slice, measure

# What of an assessment must be the same wherever the model is served.
_ANSWER = ("sensitivity", "instrumentation", "data_use", "benefit", "route")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A running server and what it is asked, in order; the same texts for each."""

    server: Running
    requests: Sequence[Asked]


def compare(
    candidates: Sequence[Candidate], levels: Sequence[int], seconds: float, rounds: int
) -> Mapping[int, Mapping[str, list[Slice]]]:
    """For each number of clients and each server a slice of every round, `seconds` in all.

    One server has the machine at a time: the others are paused.
    """
    found: dict[int, dict[str, list[Slice]]] = {
        clients: {one.server.name: [] for one in candidates} for clients in levels
    }
    for one in candidates:
        one.server.pause()
    turn = 0
    for number, clients in itertools.product(range(rounds), levels):
        for one in (*candidates[turn:], *candidates[:turn]):
            server = one.server
            print(f"round {number + 1}, {clients}: {server.name}", file=sys.stderr, flush=True)
            server.resume()
            requests = itertools.cycle(one.requests)
            load = measure(server.session, server.port, requests, clients, seconds / rounds)
            found[clients][server.name].append(asyncio.run(load))
            server.pause()
        turn = (turn + 1) % len(candidates)
    for one in candidates:
        one.server.resume()
    return found


def same_answer(one: Running, reference: Running) -> bool:
    """Whether one answered the first text with the same assessment as the reference."""
    return all(one.answer.get(part) == reference.answer[part] for part in _ANSWER)
