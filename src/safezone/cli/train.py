"""`safezone train`"""

from pathlib import Path
from typing import Annotated

import typer

from safezone.cli import options
from safezone.cli.console import output
from safezone.cli.exit_codes import exit_on_error
from safezone.cli.progress import progress_bar
from safezone.taxonomy import load_taxonomy


def train(
    data: Annotated[
        list[Path],
        typer.Option(help="Labelled JSONL, or a folder of it; may be given several times."),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the bundle; its last part is the name.")],
    supplement: Annotated[
        list[Path] | None,
        typer.Option(
            help="Records written to teach a boundary, or texts that are no abstracts (a file or a "
            "folder): they teach the heads, but calibration and metrics leave them out."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the cross-fitting folds.")] = 0,
    coverage: Annotated[
        float, typer.Option(min=0.5, max=0.99, help="Stated coverage of the prediction sets.")
    ] = 0.9,
    learning_curve: Annotated[
        bool, typer.Option(help="Picture in the card how quality grows with the records.")
    ] = False,
    cache: Annotated[
        Path | None, typer.Option(help="Folder in which embeddings are kept between runs.")
    ] = None,
    adapt: Annotated[
        bool,
        typer.Option(
            help="Train the encoder too, and put it into the bundle. Takes most of an hour on two "
            "cores; with --cache, a run that was stopped goes on where it was."
        ),
    ] = False,
    encoder: options.Encoder = None,
) -> None:
    """Fit a model on labelled records and write its bundle."""
    with exit_on_error():
        from safezone.bootstrap import encoder_folder, load_encoder
        from safezone.config import read_settings
        from safezone.corpus.records import read_records
        from safezone.model.bundle import save_bundle
        from safezone.training.adaptation.settings import AdaptationSettings
        from safezone.training.fit import train as fit
        from safezone.training.report import markdown_table
        from safezone.training.settings import TrainingSettings

        taxonomy = load_taxonomy()
        sample = read_records(data, taxonomy)
        extra = read_records(supplement or [], taxonomy)
        settings = read_settings(encoder=encoder)
        with progress_bar(
            "Adapting, then fitting" if adapt else "Embedding, then fitting"
        ) as progress:
            bundle = fit(
                sample,
                supplement=extra,
                name=out.resolve().name,
                encoder=load_encoder(settings),
                taxonomy=taxonomy,
                settings=TrainingSettings(
                    seed=seed,
                    coverage=coverage,
                    learning_curve=learning_curve,
                    adaptation=AdaptationSettings() if adapt else None,
                ),
                folder=encoder_folder(settings) if adapt else None,
                cache=cache,
                progress=progress,
            )
        save_bundle(bundle, out)
        console = output()
        console.print(f"Wrote {bundle.manifest.version} to {out}.\n", markup=False)
        console.print(markdown_table(bundle.metrics, taxonomy), markup=False, soft_wrap=True)
