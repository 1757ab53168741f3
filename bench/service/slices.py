"""One measured stretch of load on one server, and the figures of several such stretches."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from bench.service.load import Asked, Exchange, closed_loop
from bench.service.processes import busy, usage

# Before the stretch counts: until then the clients' first requests have not met the others'.
LEAD = 1.0
_SAMPLE = 0.5

Percentiles = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Slice:
    """`exchanges` from `began` to `began + seconds` of the monotonic clock, and those under way
    before and after. `memory` is the most that was seen, in bytes; CPU is in seconds.
    """

    began: float
    seconds: float
    exchanges: Sequence[Exchange]
    memory: int
    server_cpu: float
    client_cpu: float
    other_cpu: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What slices of one load show together.

    `rate` is answers of status 200 a second; `times` are seconds from a request to its 200,
    `refusals` to its 503, at the percentiles 50, 95 and 99; `longest` and `statuses` are of
    all requests. `memory` is in bytes. `server`, `client` and `other` are cores in use on average,
    the last by anything else.
    """

    rate: float
    times: Percentiles | None
    refusals: Percentiles | None
    longest: float
    statuses: Mapping[int, int]
    memory: int
    server: float
    client: float
    other: float

    @property
    def refused(self) -> float:
        """The share of all answers that were 503."""
        return self.statuses.get(503, 0) / max(sum(self.statuses.values()), 1)


async def measure(
    server: int,
    port: int,
    requests: Iterator[Asked],
    clients: int,
    seconds: float,
    *,
    patient: bool = True,
) -> Slice:
    """Load the server, whose processes are of the session `server`, for LEAD and `seconds` more."""
    memory: list[int] = []
    watch = asyncio.ensure_future(_watch(server, memory))
    load = asyncio.ensure_future(
        closed_loop(port, requests, clients, LEAD + seconds, patient=patient)
    )
    await asyncio.sleep(LEAD)
    began, at_first = time.monotonic(), _cpu(server)
    await asyncio.sleep(seconds)
    took, at_last = time.monotonic() - began, _cpu(server)
    exchanges = await load
    watch.cancel()
    with suppress(asyncio.CancelledError):
        await watch
    whole, served, asked = (last - first for first, last in zip(at_first, at_last, strict=True))
    return Slice(began, took, exchanges, max(memory), served, asked, whole - served - asked)


def figures(slices: Sequence[Slice]) -> Figures:
    """What the slices show together. The rate counts what was answered in them, times are of what
    was asked in them: what was asked before met less of a load.
    """
    seconds = sum(one.seconds for one in slices)
    exchanges = [exchange for one in slices for exchange in one.exchanges]
    asked = [
        exchange
        for one in slices
        for exchange in one.exchanges
        if one.began <= exchange.began < one.began + one.seconds
    ]
    answered = sum(
        exchange.status == 200 and one.began <= exchange.ended < one.began + one.seconds
        for one in slices
        for exchange in one.exchanges
    )
    return Figures(
        rate=answered / seconds,
        times=percentiles([exchange.took for exchange in asked if exchange.status == 200]),
        refusals=percentiles([exchange.took for exchange in asked if exchange.status == 503]),
        longest=max((exchange.took for exchange in exchanges), default=0.0),
        statuses=dict(Counter(exchange.status for exchange in exchanges)),
        memory=max(one.memory for one in slices),
        server=sum(one.server_cpu for one in slices) / seconds,
        client=sum(one.client_cpu for one in slices) / seconds,
        other=sum(one.other_cpu for one in slices) / seconds,
    )


def percentiles(times: Sequence[float]) -> Percentiles | None:
    """The 50th, 95th and 99th; None of nothing."""
    if not times:
        return None
    half, most, nearly_all = np.percentile(times, [50, 95, 99]).tolist()
    return half, most, nearly_all


async def _watch(server: int, memory: list[int]) -> None:
    while True:
        memory.append(usage(server).memory)
        await asyncio.sleep(_SAMPLE)


def _cpu(server: int) -> tuple[float, float, float]:
    return busy(), usage(server).cpu, time.process_time()
