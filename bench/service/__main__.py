"""How fast the service answers, beside the same model served otherwise, in one run.

    python -m bench.service --texts FILE.jsonl [--overload] [--soak N]

Prints Markdown. Times depend on the machine and on what else it does; quote the ratios. With
--overload or --soak, these are run instead of the comparison: many more clients than can be
answered, and many requests of which some are bad. All servers are processes on this machine's
loopback address, and are stopped at the end.
"""

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

from bench.environments import ROOT
from bench.service.comparison import Candidate, compare, same_answer
from bench.service.overload import DEADLINE, QUEUE, SETTINGS, overload
from bench.service.running import NotRunning, running
from bench.service.slices import figures
from bench.service.soak import soak
from bench.service.systems import PLAIN, SAFEZONE, SYSTEMS, System, Text, read_texts
from bench.service.tables import level_table, overload_table, soak_tables, system_table

Report = dict[str, Any]


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.service",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    fixtures = ROOT / "tests" / "fixtures" / "abstracts.jsonl"
    parser.add_argument("--texts", type=Path, default=fixtures, help="titles and abstracts")
    parser.add_argument(
        "--seconds", type=float, default=30, help="of each load, all rounds together"
    )
    parser.add_argument("--rounds", type=int, default=3, help="in which the servers take turns")
    parser.add_argument("--clients", type=_numbers, default=[1, 16, 64], metavar="N,N,…")
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    parser.add_argument("--overload", action="store_true")
    parser.add_argument("--soak", type=int, metavar="N", help="so many requests")
    parser.add_argument("--work", type=Path, default=ROOT / ".cache" / "service")
    parser.add_argument("--report", type=Path, help="write all numbers to this file, as JSON")
    return parser.parse_args(arguments)


def main() -> int:
    """0 where all was measured and all requests of a soak were answered as they must be; else 1."""
    arguments = parse()
    # Told to end, it ends the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    texts = read_texts(arguments.texts)
    # In the files, texts of one source or kind stand together.
    Random(0).shuffle(texts)
    report: Report = {"cores": os.cpu_count(), "texts": len(texts)}
    complete = True
    if arguments.overload:
        report["overload"] = _overload(texts, arguments)
    if arguments.soak:
        report["soak"] = _soak(texts, arguments)
        complete = report["soak"]["exact"]
    if not (arguments.overload or arguments.soak):
        report["comparison"] = _compare(texts, arguments)
        complete = len(report["comparison"]["memory"]) == len(_chosen(arguments.systems))
    if arguments.report:
        text = json.dumps(report, indent=1, sort_keys=True) + "\n"
        arguments.report.write_text(text, encoding="utf-8")
    return 0 if complete else 1


def _compare(texts: Sequence[Text], arguments: argparse.Namespace) -> Report:
    """Every system that runs and, where it holds the model, answers as the plain endpoint does."""
    with ExitStack() as stack:
        candidates: list[Candidate] = []
        for system in _chosen(arguments.systems):
            requests = [system.asks(text) for text in texts]
            try:
                server = stack.enter_context(running(system, requests[0], arguments.work))
            except NotRunning as error:
                if system is PLAIN:
                    raise SystemExit(str(error)) from error
                print(f"left out: {error}", file=sys.stderr, flush=True)
                continue
            candidates.append(Candidate(server, requests))
            if system.whole and not same_answer(server, candidates[0].server):
                raise SystemExit(
                    f"{system.name} answers otherwise than {candidates[0].server.name}."
                )
        slices = compare(candidates, arguments.clients, arguments.seconds, arguments.rounds)

    names = [one.server.name for one in candidates]
    every = {name: [s for level in slices.values() for s in level[name]] for name in names}
    memory = {name: figures(of_system).memory for name, of_system in every.items()}
    print(system_table([SYSTEMS[name] for name in names], memory, PLAIN.name))
    for clients, of_systems in slices.items():
        print(f"\n## {clients} client{'s' * (clients > 1)}\n")
        print(level_table(of_systems, PLAIN.name), flush=True)
    levels = {
        clients: {name: asdict(figures(found)) for name, found in of_systems.items()}
        for clients, of_systems in slices.items()
    }
    return {"seconds": arguments.seconds, "levels": levels, "memory": memory}


def _chosen(names: Sequence[str]) -> list[System]:
    """The plain endpoint, to which the others are compared, and those that were named."""
    others = [system for name, system in SYSTEMS.items() if name in names and system is not PLAIN]
    return [PLAIN, *others]


def _overload(texts: Sequence[Text], arguments: argparse.Namespace) -> Report:
    requests = [SAFEZONE.asks(text) for text in texts]
    with running(SAFEZONE, requests[0], arguments.work, SETTINGS) as server:
        found = overload(server, requests, arguments.seconds)
    print(f"## Overload: a queue of {QUEUE}, a deadline of {DEADLINE} s\n")
    print(overload_table(found), flush=True)
    return {name: asdict(one) for name, one in found.items()}


def _soak(texts: Sequence[Text], arguments: argparse.Namespace) -> Report:
    with running(SAFEZONE, SAFEZONE.asks(texts[0]), arguments.work) as server:
        soaked = soak(server, texts, arguments.soak)
    print(f"## Soak: {arguments.soak:,} requests in {soaked.seconds / 60:.1f} minutes\n")
    verdict = "every one as it must be" if soaked.exact else "NOT all as they must be"
    print(f"Answered: {verdict}. Memory: {soaked.growth:+.0f} bytes a request.", flush=True)
    for table in soak_tables(soaked):
        print(f"\n{table}", flush=True)
    return {
        "exact": soaked.exact,
        "growth": soaked.growth,
        "samples": [{"requests": number, **asdict(used)} for number, used in soaked.samples],
        "answered": {f"{kind}: {status}": n for (kind, status), n in soaked.answered.items()},
    }


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
