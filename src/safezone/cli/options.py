"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Model = Annotated[
    Path | None,
    typer.Option(
        "--model", help="Folder of a model bundle. Default: SAFEZONE_MODEL or the shipped one."
    ),
]
Encoder = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        help="minilm, debug, or the path of a local sentence-transformers folder. Default: "
        "SAFEZONE_ENCODER, the one in the bundle, or minilm.",
    ),
]
Policy = Annotated[
    str | None,
    typer.Option(
        "--policy",
        help="Id of the policy, or the path of a .toml file. Default: SAFEZONE_POLICY or default.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON for machines instead of tables.")]
