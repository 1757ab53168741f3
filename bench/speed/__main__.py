"""How fast texts are read, beside other ways to run a model of the same size, in one run.

    python -m bench.speed --texts FILE.jsonl [--quick]

Prints Markdown. Times depend on the machine and on what else it does; quote the ratios. Systems
with packages of their own get an environment under --work, made once.
"""

import argparse
import json
import os
import signal
import sys
from collections.abc import Container, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

from bench.environments import ROOT
from bench.speed.fidelity import Fidelity, fidelity
from bench.speed.measure import Measured, cosines, finish, take_turns
from bench.speed.peers.protocol import Text
from bench.speed.running import NotRunning, Places, Running, running, started
from bench.speed.special import SPECIAL
from bench.speed.systems import SYSTEMS
from bench.speed.tables import CUT, UNREAD, note_table, special_table, speed_table, stage_table

from safezone.bootstrap import shipped_model
from safezone.corpus.records import Record, read_records
from safezone.model.encoders.sentence_transformers import minilm_folder
from safezone.taxonomy import Taxonomy, load_taxonomy

Readers = dict[tuple[str, int], Running]


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.speed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    fixtures = ROOT / "tests" / "fixtures" / "abstracts.jsonl"
    parser.add_argument("--texts", type=Path, default=fixtures, help="labelled abstracts")
    parser.add_argument("--number", type=int, default=64, help="of texts in each round")
    parser.add_argument("--alone", type=int, default=12, help="of texts read alone in each round")
    parser.add_argument("--rounds", type=int, default=5, help="in which the systems take turns")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--quick", action="store_true", help="fewer texts, two rounds, one thread")
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=list(SYSTEMS))
    parser.add_argument("--model", type=Path, help="safezone's bundle; default: the shipped one")
    parser.add_argument(
        "--reference", type=Path, help="sentence-transformers folder; default: all-MiniLM-L6-v2"
    )
    parser.add_argument("--work", type=Path, default=ROOT / ".cache" / "speed")
    parser.add_argument("--report", type=Path, help="write all numbers to this file, as JSON")
    found = parser.parse_args(arguments)
    if found.quick:
        found.number, found.alone, found.rounds, found.threads = 16, 8, 2, [1]
    return found


def main() -> int:
    """0 where all systems were measured, 1 where one was left out; it says on stderr why."""
    arguments = parse()
    # Told to end, it ends the readers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    taxonomy = load_taxonomy()
    records = read_records([arguments.texts], taxonomy)
    # In the files, texts of one source or kind stand together.
    Random(0).shuffle(records)
    places = Places(
        (arguments.model or shipped_model()).absolute(),
        (arguments.reference or minilm_folder()).absolute(),
        arguments.work.absolute(),
    )
    texts = [_text(record) for record in records[: arguments.number]]
    labelled = records[: arguments.number] if arguments.quick else records
    with ExitStack() as stack:
        readers, results = _start(stack, arguments, places)
        pairs = [(reader, results[name][of]) for (name, of), reader in readers.items()]
        peak = _peak(stack, places)
        peaks = take_turns(pairs, peak, texts, texts[: arguments.alone], arguments.rounds)
        for reader, measured in pairs:
            finish(reader, measured, texts, SPECIAL)
        alike = _cosines(readers, texts)
        moved = _fidelities(readers, labelled, taxonomy)
    stages = _stages(places, texts, rounds=arguments.rounds)

    print(f"{len(texts)} texts in each of {arguments.rounds} rounds, {os.cpu_count()} cores.\n")
    print(note_table(SYSTEMS[name] for name in results))
    print(f"\n{speed_table(results, peaks, alike, moved)}")
    print(f"\n{_peaks_line(peaks)}\n\n{special_table(results, list(SPECIAL))}")
    print(f"\n`{CUT}` reads the beginning only; `{UNREAD}` says that it is too short to be read.")
    print(f"\n## Where the time goes ({stages['arithmetic']}, one text at a time)\n")
    print(stage_table(stages["seconds"], len(texts)), flush=True)
    for name in stages["missing"]:
        print(f"not found, so counted elsewhere: {name}", file=sys.stderr)
    if arguments.report:
        report = {
            "cores": os.cpu_count(),
            "texts": len(texts),
            "peaks": peaks,
            "systems": {
                name: {number: _plain(one) for number, one in found.items()}
                for name, found in results.items()
            },
            "cosines": alike,
            "fidelity": {name: asdict(one) for name, one in moved.items()},
            "stages": stages,
        }
        text = json.dumps(report, indent=1, sort_keys=True) + "\n"
        arguments.report.write_text(text, encoding="utf-8")
    return 0 if len(results) == len(set(arguments.systems)) else 1


def _start(
    stack: ExitStack, arguments: argparse.Namespace, places: Places
) -> tuple[Readers, dict[str, dict[int, Measured]]]:
    """Every system that runs, with each number of threads."""
    readers: Readers = {}
    results: dict[str, dict[int, Measured]] = {}
    for name, system in SYSTEMS.items():
        if name not in arguments.systems:
            continue
        try:
            for threads in arguments.threads:
                reader, load = stack.enter_context(started(system, threads, places))
                readers[name, threads] = reader
                results.setdefault(name, {})[threads] = Measured(system, threads, load)
        except NotRunning as error:
            print(f"left out: {error}", file=sys.stderr, flush=True)
    return readers, results


def _peak(stack: ExitStack, places: Places) -> Running:
    python = Path(sys.executable)
    return stack.enter_context(running("peak", python, ["peak"], 1, places))


def _cosines(readers: Readers, texts: Sequence[Text]) -> dict[str, tuple[float, float]]:
    """Of each system's vectors with those of the one of the same weights."""
    one_each = _one_each(readers)
    found = {}
    for name, other in _alike(one_each):
        ours, theirs = (one_each[key].ask("vectors", texts=texts) for key in (name, other))
        found[name] = cosines(ours, theirs)
    return found


def _fidelities(
    readers: Readers, records: Sequence[Record], taxonomy: Taxonomy
) -> dict[str, Fidelity]:
    """Of each system that says levels, beside the one of the same weights."""
    one_each = _one_each(readers)
    texts = [_text(record) for record in records]
    truth = [record.levels for record in records]
    axes = [axis.id for axis in taxonomy.axes]
    answers: dict[Sequence[str], Any] = {}
    for name, reader in one_each.items():
        system = SYSTEMS[name]
        # How many texts are given at a time changes no answer.
        if system.labels and system.options not in answers:
            answers[system.options] = reader.ask("answers", texts=texts)
    return {
        name: fidelity(answers[SYSTEMS[name].options], answers[SYSTEMS[other].options], truth, axes)
        for name, other in _alike(one_each)
        if SYSTEMS[name].labels
    }


def _one_each(readers: Readers) -> dict[str, Running]:
    """The reader of each system that has the most threads."""
    return {name: reader for (name, _), reader in sorted(readers.items())}


def _alike(names: Container[str]) -> list[tuple[str, str]]:
    """Systems with those of the same weights that their answers are held against."""
    pairs = [(name, system.like or "") for name, system in SYSTEMS.items() if name in names]
    return [(name, other) for name, other in pairs if other in names]


def _stages(places: Places, texts: Sequence[Text], rounds: int) -> dict[str, Any]:
    arguments = ["product", "--bundle", str(places.bundle), "--runtime", "auto"]
    with running("stages", Path(sys.executable), arguments, 1, places) as reader:
        found: dict[str, Any] = reader.ask("stages", texts=texts, rounds=rounds)
        return found


def _peaks_line(peaks: Mapping[str, float]) -> str:
    rates = [
        f"{rate / 1e9:,.0f} billion operations a second in {name}" for name, rate in peaks.items()
    ]
    return "The peak of one core: " + "; ".join(rates or ["not measured"]) + "."


def _text(record: Record) -> Text:
    return (record.title, record.abstract)


def _plain(measured: Measured) -> dict[str, Any]:
    return {
        key: value for key, value in vars(measured).items() if key not in ("system", "lengths")
    } | {"pieces": measured.pieces}


if __name__ == "__main__":
    sys.exit(main())
