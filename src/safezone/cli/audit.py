"""`safezone audit`"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from safezone.cli import options
from safezone.cli.console import output
from safezone.cli.exit_codes import ExitCode, exit_on_error
from safezone.cli.progress import progress_bar

if TYPE_CHECKING:
    from safezone.assessment import Assessor
    from safezone.config import Settings


def audit(
    data: Annotated[
        list[Path] | None,
        typer.Option(
            help="Labelled JSONL that the model never saw, or a folder of it. Default: the "
            "audit's own abstracts."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for report.json and report.md.")] = None,
    limit: Annotated[
        int, typer.Option(min=0, help="Texts used, taken evenly from the data; 0: all.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="Another seed makes other random choices.")] = 0,
    record: Annotated[
        bool, typer.Option("--record", help="Write the result into the bundle's metrics and card.")
    ] = False,
    gate: Annotated[
        bool, typer.Option("--gate", help="Exit with 5 if a goal of the audit is missed.")
    ] = False,
    as_json: options.AsJson = False,
    model: options.Model = None,
    encoder: options.Encoder = None,
) -> None:
    """Test how a model behaves: invariance, direction, attacks, repeatability and evidence."""
    with exit_on_error():
        from safezone.audit.report import markdown
        from safezone.audit.suite import run_audit
        from safezone.audit.texts import evenly, own_records
        from safezone.bootstrap import load_assessor
        from safezone.config import read_settings
        from safezone.corpus.records import read_records
        from safezone.errors import InvalidInputFile

        def with_threads(threads: int) -> "Assessor":
            return load_assessor(read_settings(model=model, encoder=encoder, threads=threads))

        assessor = load_assessor(read_settings(model=model, encoder=encoder))
        taxonomy = assessor.taxonomy
        records = read_records(data, taxonomy) if data else own_records(taxonomy)
        labelled = [record for record in records if record.levels is not None]
        if not labelled:
            raise InvalidInputFile("The files hold no labelled record.")
        with progress_bar("Auditing") as progress:
            report = run_audit(
                assessor,
                evenly(labelled, limit),
                seed=seed,
                with_threads=with_threads,
                progress=progress,
            )
        report["data"] = [path.name for path in data] if data else ["the audit's own abstracts"]
        if out:
            out.mkdir(parents=True, exist_ok=True)
            text = json.dumps(report, indent=1, sort_keys=True) + "\n"
            (out / "report.json").write_text(text, encoding="utf-8")
            (out / "report.md").write_text(markdown(report), encoding="utf-8")
        if record:
            _record(report, read_settings(model=model))
        if as_json:
            typer.echo(json.dumps(report))
        else:
            _print(report, output())
        if gate and not report["met"]:
            raise typer.Exit(ExitCode.GOAL_MISSED)


def _record(report: dict[str, Any], settings: "Settings") -> None:
    """Put the goals into the bundle; what the model computes, and its version, stay as they are."""
    from safezone.bootstrap import read_bundle, shipped_model
    from safezone.model.bundle import save_bundle
    from safezone.taxonomy import load_taxonomy
    from safezone.training.card import render_card

    bundle = read_bundle(settings)
    audit = {name: report[name] for name in ("texts", "readings", "seed", "goals", "data")}
    metrics = {**bundle.metrics, "audit": audit}
    card = render_card(bundle.manifest, metrics, load_taxonomy())
    save_bundle(replace(bundle, metrics=metrics, card=card), settings.model or shipped_model())


def _print(report: dict[str, Any], console: Console) -> None:
    from safezone.audit.report import goal_rows, missed_rows, verdict

    summary = f"{report['model']}, {report['texts']:,} texts: {verdict(report)}"
    console.print(summary, markup=False)
    console.print(_table(("part", "goals", "met", "missed", "not measured"), goal_rows(report)))
    if missed := list(missed_rows(report)):
        console.print("Missed:")
        console.print(_table(("part", "number", "value", "goal"), missed))


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(*header)
    for row in rows:
        table.add_row(*row)
    return table
