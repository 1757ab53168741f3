"""`safezone evaluate`"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from safezone.cli import options
from safezone.cli.console import output
from safezone.cli.exit_codes import exit_on_error
from safezone.cli.progress import progress_bar
from safezone.taxonomy import Taxonomy


def evaluate(
    data: Annotated[
        list[Path], typer.Option(help="Labelled JSONL that the model never saw, or a folder of it.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for report.json, reliability.png and risk_coverage.png."),
    ] = None,
    swaps: Annotated[
        int,
        typer.Option(min=0, help="Random country and nationality swaps of every text; 0: none."),
    ] = 20,
    resamples: Annotated[
        int, typer.Option(min=10, help="Bootstrap resamples for the intervals.")
    ] = 1000,
    as_json: options.AsJson = False,
    model: options.Model = None,
    encoder: options.Encoder = None,
) -> None:
    """Measure a model on labelled records, with bootstrap 95% intervals."""
    with exit_on_error():
        from safezone.audit.identity_swap import measure_swaps
        from safezone.bootstrap import load_assessor
        from safezone.config import read_settings
        from safezone.corpus.records import read_records
        from safezone.errors import InvalidInputFile
        from safezone.text.prepare import prepare
        from safezone.training.evaluate import evaluate as measure
        from safezone.training.report import draw_reliability, draw_risk_coverage

        assessor = load_assessor(read_settings(model=model, encoder=encoder))
        taxonomy = assessor.taxonomy
        records = [r for r in read_records(data, taxonomy) if r.levels is not None]
        if not records:
            raise InvalidInputFile("The files hold no labelled record.")
        with progress_bar("Reading") as progress:
            prediction = assessor.model.predict(
                [prepare(record.title, record.abstract) for record in records], progress
            )
        report: dict[str, Any] = {
            "model": assessor.provenance.model,
            "data": [path.name for path in data],
            **measure(records, prediction.axes, prediction.areas, taxonomy, resamples),
            "turned_away_as_no_research_abstract": int((~prediction.in_scope).sum()),
        }
        if swaps:
            with progress_bar("Swapping identities") as progress:
                texts = [(record.title, record.abstract) for record in records]
                report["identity_swap"] = asdict(
                    measure_swaps(assessor.model, texts, swaps, progress=progress)
                )
        if out:
            out.mkdir(parents=True, exist_ok=True)
            text = json.dumps(report, indent=1, sort_keys=True) + "\n"
            (out / "report.json").write_text(text, encoding="utf-8")
            draw_reliability(out / "reliability.png", records, prediction.axes, taxonomy)
            draw_risk_coverage(out / "risk_coverage.png", records, prediction.axes, taxonomy)
        if as_json:
            typer.echo(json.dumps(report))
        else:
            _print(report, taxonomy, output())


def _print(report: dict[str, Any], taxonomy: Taxonomy, console: Console) -> None:
    from safezone.training.report import area_lines, pair_lines, table_rows

    header, rows = table_rows(report, taxonomy)
    table = Table(title=f"{report['model']}, {report['rows']:,} rows, 95% bootstrap intervals")
    for heading in header:
        table.add_column(heading)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    for line in [*area_lines(report), *pair_lines(report, taxonomy)]:
        console.print(line, markup=False)
    console.print(
        f"turned away as no research abstract: {report['turned_away_as_no_research_abstract']}"
    )
    if swap := report.get("identity_swap"):
        console.print(
            f"identity swaps: {swap['mentions']:,} mentions in {swap['texts']} texts, "
            f"{swap['draws']} draws; largest change of any probability "
            f"{swap['largest_change']:.4f}, level flips {swap['level_flips']}"
        )
