"""`safezone assess`"""

import json
from typing import Annotated

import typer

from safezone.cli import options
from safezone.cli.console import output
from safezone.cli.exit_codes import exit_on_error
from safezone.cli.progress import progress_bar

# So many at most are explained where nobody asked: it takes many times as long.
_EXPLAINED = 20


def assess(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE|-]",
            help="Plain text (a first line before an empty line is the title), JSON or JSON Lines "
            "with id, title and abstract; - is standard input.",
        ),
    ] = None,
    text: Annotated[str | None, typer.Option("--text", help="The abstract itself.")] = None,
    title: Annotated[str, typer.Option("--title", help="The title, with --text.")] = "",
    as_json: options.AsJson = False,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Also read each sentence by itself, and the text without it. Takes about one more "
            f"reading of the text a sentence; tables of up to {_EXPLAINED} proposals always do.",
        ),
    ] = False,
    model: options.Model = None,
    encoder: options.Encoder = None,
    policy: options.Policy = None,
) -> None:
    """Assess one proposal or several.

    With --json, one JSON object a line comes out for each proposal, in the order of the input.
    """
    if (source is None) == (text is None):
        raise typer.BadParameter("Give either FILE (or -) or --text.")
    if title and text is None:
        raise typer.BadParameter("--title goes with --text; a file has its own titles.")
    with exit_on_error():
        from safezone.assessment.serialise import to_dict
        from safezone.assessment.types import Proposal
        from safezone.bootstrap import load_assessor
        from safezone.cli.proposals import parse_proposals, read_source
        from safezone.cli.render import render
        from safezone.config import read_settings

        proposals = (
            parse_proposals(read_source(source), source)
            if source is not None
            else [Proposal(abstract=text or "", title=title)]
        )
        assessor = load_assessor(read_settings(model=model, encoder=encoder, policy=policy))
        explain = explain or (not as_json and len(proposals) <= _EXPLAINED)
        with progress_bar("Reading") as progress:
            assessments = assessor.assess(proposals, progress, explain)
        if as_json:
            for assessment in assessments:
                typer.echo(json.dumps(to_dict(assessment), ensure_ascii=False))
            return
        console = output()
        for proposal, assessment in zip(proposals, assessments, strict=True):
            console.print(render(assessment, assessor.taxonomy, proposal))
