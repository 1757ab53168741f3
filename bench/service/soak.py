"""Many requests, some of them bad: each answered with its status, and nothing that grows."""

import asyncio
import itertools
import json
import random
import runpy
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from bench.environments import ROOT
from bench.service.load import Asked, closed_loop, post
from bench.service.processes import Usage, usage
from bench.service.running import Running
from bench.service.systems import Text

_PATH = "/v1/assessments"
_FORMS = ("", "?include=", "?view=flat&include=evidence")
# Words of a text: the first is read, and quickly; the others are too short and soon answered.
_LENGTHS = (45, 12, 12, 12)
_BAD_SHARE = 20
_CLIENTS = 16
_STAGES = 10
# Until closed connections are gone on the server's side too.
_SETTLE = 1.0


@dataclass(frozen=True, slots=True)
class Soaked:
    """`asked` and `answered` count requests by kind and status; `samples` are what the server used
    after so many requests.
    """

    asked: Mapping[tuple[str, int], int]
    answered: Mapping[tuple[str, int], int]
    samples: Sequence[tuple[int, Usage]]
    seconds: float

    @property
    def exact(self) -> bool:
        """Whether every kind of request was answered as it had to be, each time."""
        return self.asked == self.answered

    @property
    def growth(self) -> float:
        """Bytes of memory a request, by least squares, once the first stage has warmed it."""
        requests, memory = zip(
            *((number, used.memory) for number, used in self.samples[1:]), strict=True
        )
        return float(np.polyfit(requests, memory, 1)[0])


def soak_requests(texts: Sequence[Text], number: int, seed: int = 0) -> Iterator[Asked]:
    """`number` requests for beginnings of texts, one in every 20 of them a bad one."""
    short = [
        json.dumps({"abstract": " ".join(text.abstract.split()[:words])})
        for text, words in zip(texts, itertools.cycle(_LENGTHS), strict=False)
    ]
    good = (
        Asked(post(_PATH + form, body.encode()))
        for body, form in itertools.cycle(itertools.product(short, _FORMS))
    )
    bad = itertools.cycle(bad_requests())
    order = random.Random(seed)
    for first in range(0, number, _BAD_SHARE):
        place = first + order.randrange(_BAD_SHARE)
        for position in range(first, min(first + _BAD_SHARE, number)):
            yield next(bad) if position == place else next(good)


def bad_requests() -> list[Asked]:
    """The requests that must be refused, as the tests of the API list them."""
    listed = runpy.run_path(str(ROOT / "tests" / "bad_requests.py"))["BAD_REQUESTS"]
    return [
        Asked(post(_PATH, body, headers), kind, status)
        for kind, (status, _, body, headers) in listed.items()
    ]


def soak(server: Running, texts: Sequence[Text], number: int) -> Soaked:
    """Ask so many requests, and look at the server before, in between and after."""
    requests = soak_requests(texts, number)
    asked: Counter[tuple[str, int]] = Counter()
    answered: Counter[tuple[str, int]] = Counter()
    samples = [(0, usage(server.session))]
    began = time.monotonic()
    stage = -(-number // _STAGES)
    while batch := list(itertools.islice(requests, stage)):
        for exchange in asyncio.run(closed_loop(server.port, iter(batch), _CLIENTS)):
            asked[exchange.asked.kind, exchange.asked.expected] += 1
            answered[exchange.asked.kind, exchange.status] += 1
        time.sleep(_SETTLE)
        samples.append((asked.total(), usage(server.session)))
        print(f"soak: {asked.total()} of {number}", file=sys.stderr, flush=True)
    return Soaked(asked, answered, samples, time.monotonic() - began)
