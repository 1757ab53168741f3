"""How good safezone is beside its peers: trained on the same rows, asked of the same rows, one run.

    python -m bench.quality --train FILE … --supplement training_data --test FILE …

Prints Markdown. Every trainable peer is given the rows that safezone was trained on: the public
ones and our own. Peers with packages of their own get an environment under --work, made once, and
answers are kept there too, so that a run that was stopped goes on where it was.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.environments import ROOT
from bench.quality.measure import measure
from bench.quality.systems import PEERS, PeerFailed, System, peer, safezone
from bench.quality.tables import measure_tables, system_table

from safezone.corpus.records import Record, read_records
from safezone.errors import SafezoneError
from safezone.taxonomy import load_taxonomy

SAFEZONE = "safezone"


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.quality",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--train", type=Path, nargs="+", required=True)
    parser.add_argument("--supplement", type=Path, nargs="+", default=[])
    parser.add_argument("--test", type=Path, nargs="+", required=True, help="a table for each")
    parser.add_argument("--model", type=Path, help="safezone's bundle; default: the shipped one")
    parser.add_argument(
        "--peers",
        nargs="+",
        choices=["all", SAFEZONE, *PEERS],
        default=["all"],
        metavar="NAME",
        help=f"all (the default), or some of: {SAFEZONE} {' '.join(PEERS)}",
    )
    parser.add_argument("--work", type=Path, default=ROOT / ".cache" / "quality")
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--report", type=Path, help="write all numbers to this file, as JSON")
    return parser.parse_args(arguments)


def main() -> int:
    """0 where all systems were measured, 1 where one was left out; it says on stderr why."""
    arguments = parse()
    taxonomy = load_taxonomy()
    taught = read_records([*arguments.train, *arguments.supplement], taxonomy)
    files = {path.name: _labelled(read_records([path], taxonomy)) for path in arguments.test}
    tests = [record for records in files.values() for record in records]
    if shared := {record.id for record in taught} & {record.id for record in tests}:
        raise SystemExit(f"{len(shared)} test records are among the training records.")

    names = [SAFEZONE, *PEERS] if "all" in arguments.peers else list(arguments.peers)
    systems: list[System] = []
    for name in [*PEERS, SAFEZONE]:
        if name not in names:
            continue
        try:
            if name == SAFEZONE:
                systems.append(safezone(arguments.model, taught, tests))
            else:
                systems.append(peer(name, taught, tests, taxonomy, arguments.work))
        except PeerFailed as error:
            print(f"left out: {error}", file=sys.stderr, flush=True)
        except SafezoneError as error:
            print(f"left out: {SAFEZONE}: {error}", file=sys.stderr, flush=True)

    reference = next((s for s in systems if s.name.startswith(SAFEZONE)), None)
    rows = len(_labelled(taught))
    print(f"{rows:,} training rows for every system that is trained.\n\n{system_table(systems)}")
    report: dict[str, Any] = {"training_rows": rows, "tests": {}}
    start = 0
    for name, records in files.items():
        chosen = slice(start, start + len(records))
        start = chosen.stop
        measured = {
            s.name: measure(s, chosen, records, taxonomy, reference, arguments.resamples)
            for s in systems
        }
        report["tests"][name] = {"rows": len(records), "systems": measured}
        print(f"\n## {name}, {len(records)} rows")
        for table in measure_tables(measured, taxonomy):
            print(f"\n{table}", flush=True)
    if arguments.report:
        text = json.dumps(report, indent=1, sort_keys=True) + "\n"
        arguments.report.write_text(text, encoding="utf-8")
    return 0 if len(systems) == len(set(names)) else 1


def _labelled(records: Sequence[Record]) -> list[Record]:
    return [record for record in records if record.levels is not None]


if __name__ == "__main__":
    sys.exit(main())
