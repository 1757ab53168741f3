"""`safezone data …`"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from safezone.cli import options
from safezone.cli.console import output
from safezone.cli.exit_codes import ExitCode, exit_on_error
from safezone.cli.progress import progress_bar
from safezone.errors import InvalidSettings
from safezone.taxonomy import Taxonomy, load_taxonomy

data_app = typer.Typer(help="Labelled texts.", no_args_is_help=True)


@data_app.command("check")
def check(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files of this project's own records, or folders of them."),
    ],
    against: Annotated[
        list[Path] | None,
        typer.Option(
            help="Records, or pointers to records, that models are measured on: no text may be "
            "among them. Give it several times for several files."
        ),
    ] = None,
    vectors: Annotated[
        bool, typer.Option(help="Look for near-duplicates by embedding, too (takes minutes).")
    ] = False,
    cache: Annotated[
        Path | None, typer.Option(help="Folder in which embeddings are kept between runs.")
    ] = None,
    as_json: options.AsJson = False,
    encoder: options.Encoder = None,
) -> None:
    """Hold this project's own records against their rules; exits with 1 where one is broken."""
    with exit_on_error():
        from dataclasses import asdict, replace

        from safezone.corpus import check as rules
        from safezone.corpus.evaluations import read_evaluations
        from safezone.corpus.statistics import summary

        taxonomy = load_taxonomy()
        corpus = rules.read_corpus(paths, taxonomy)
        corpus = replace(corpus, evaluations=read_evaluations(against or []))
        if vectors:
            corpus = replace(corpus, vectors=_vectors(corpus.records, encoder, cache))
        findings = rules.check(corpus)
        report = summary(corpus.records, taxonomy)
    if as_json:
        plain = [asdict(finding) for finding in findings]
        typer.echo(json.dumps({"findings": plain, "summary": report}))
    else:
        _print_check(findings, report, taxonomy)
    if findings:
        raise typer.Exit(ExitCode.FAILED)


def _vectors(records: list[Any], encoder: str | None, cache: Path | None) -> dict[str, Any]:
    from safezone.bootstrap import load_encoder
    from safezone.config import read_settings
    from safezone.text.prepare import prepare
    from safezone.training.embed import embed

    with progress_bar("Embedding") as progress:
        found = embed(
            load_encoder(read_settings(encoder=encoder)),
            [prepare(record.title, record.abstract) for record in records],
            cache,
            progress,
        )
    return dict(zip((record.id for record in records), found, strict=True))


def _print_check(findings: list[Any], report: dict[str, Any], taxonomy: Taxonomy) -> None:
    console = output()
    for finding in findings:
        where = " and ".join(finding.records)
        console.print(f"{finding.rule}: {f'{where} ' if where else ''}{finding.message}")
    table = Table(title=f"{report['abstracts']:,} abstracts, {report['other_texts']:,} other texts")
    for heading in (
        "axis",
        "levels",
        "V of style / country",
        "readers' kappa",
        "equal",
        "pairs on it alone",
    ):
        table.add_column(heading)
    for axis in taxonomy.axes:
        levels = report["levels"][axis.id]
        readers = report["agreement"][axis.id]
        table.add_row(
            axis.name,
            ", ".join(f"{level} {count}" for level, count in levels.items()),
            " / ".join(
                f"{report['associations'][of][axis.id]:.2f}" for of in ("style", "any country")
            ),
            f"{readers['kappa']:.2f} ({readers['rows']} rows)",
            f"{readers['equal']:.0%}",
            str(report["pairs_that_differ_on_one_axis"].get(axis.id, 0)),
        )
    console.print(table)
    tactics = ", ".join(f"{name} {count}" for name, count in report["tactics"].items())
    smallest = min(report["areas"].values(), default=0)
    console.print("V: Cramer's V with the levels; kappa: of the writer and a second reader.")
    console.print(f"{report['pairs']} pairs. Adversarial: {tactics or 'none'}.")
    console.print(
        f"{len(report['areas'])} areas, the smallest of {smallest}. {len(findings)} findings."
    )


@data_app.command("schema")
def schema() -> None:
    """Print the JSON Schema of this project's own records."""
    from safezone.corpus.schema import record_schema

    typer.echo(json.dumps(record_schema(load_taxonomy()), indent=1))


@data_app.command("fingerprint")
def fingerprint(
    data: Annotated[Path, typer.Option(help="Labelled JSONL with texts.")],
    out: Annotated[Path, typer.Option(help="Pointer file to write; texts do not go into it.")],
) -> None:
    """Write labels and fingerprints of public records, without their texts."""
    with exit_on_error():
        from safezone.corpus.pointers import make_pointers, write_pointers

        pointers = make_pointers(data, load_taxonomy())
        write_pointers(out, pointers)
    output().print(f"Wrote {len(pointers):,} pointers to {out}.", markup=False)


@data_app.command("fetch")
def fetch(
    pointers: Annotated[Path, typer.Option(help="Pointer file.")],
    out: Annotated[
        Path, typer.Option(help="JSONL of records; a run that was cut short goes on from it.")
    ],
    source: Annotated[
        list[str] | None,
        typer.Option(help="Only this source (nsf, sbir, nih, arxiv, pubmed); may be repeated."),
    ] = None,
    endpoint: Annotated[
        list[str] | None,
        typer.Option(help="SOURCE=URL of a mirror to ask in place of the source's own API."),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Fetch the texts of public records from their sources and hold them against the pointers.

    Needs the internet. One request at a time, as slowly as each source asks for. Exits with 1 where
    a source could not be asked to the end.
    """
    with exit_on_error():
        from safezone.corpus.fetch import Verdict, fetch_records
        from safezone.corpus.pointers import read_pointers
        from safezone.corpus.sources import SOURCES

        known = read_pointers(pointers, load_taxonomy())
        endpoints = _endpoints(endpoint or [], list(SOURCES))
        if source:
            _known(source, list(SOURCES))
        with progress_bar("Fetching") as progress:
            result = fetch_records(
                known,
                {name: make() for name, make in SOURCES.items()},
                out,
                only=source,
                endpoints=endpoints,
                progress=progress,
            )
        by_verdict = {str(verdict): result.ids(verdict) for verdict in Verdict}
    if as_json:
        typer.echo(json.dumps({**by_verdict, "failed": result.failed}))
    else:
        console = output()
        for verdict in (Verdict.DIFFERENT, Verdict.GONE):
            for name in by_verdict[verdict]:
                console.print(f"{verdict}: {name}", markup=False)
        for reason in result.failed.values():
            console.print(f"failed: {reason}", markup=False, soft_wrap=True)
        counts = ", ".join(f"{len(ids):,} {verdict}" for verdict, ids in by_verdict.items())
        console.print(f"{counts}, of {len(known):,}. Records are in {out}.", markup=False)
    if result.failed:
        raise typer.Exit(ExitCode.FAILED)


def _known(names: list[str], known: list[str]) -> None:
    if any(name not in known for name in names):
        raise InvalidSettings(f"A source must be one of {', '.join(known)}.")


def _endpoints(given: list[str], known: list[str]) -> dict[str, str]:
    parts = [endpoint.partition("=") for endpoint in given]
    _known([name for name, _, _ in parts], known)
    if any(not url.startswith(("http://", "https://")) for _, _, url in parts):
        raise InvalidSettings("--endpoint must be SOURCE=URL, such as nsf=https://mirror.example.")
    return {name: url for name, _, url in parts}
