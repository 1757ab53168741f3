"""`safezone policy simulate`"""

import json
from dataclasses import asdict
from itertools import pairwise
from typing import Annotated, Any

import typer

from safezone.cli import options
from safezone.cli.console import output
from safezone.cli.exit_codes import exit_on_error
from safezone.cli.progress import progress_bar


def simulate_policies(
    data: Annotated[
        str,
        typer.Option(
            help="Proposals as JSON or JSON Lines with id, title and abstract; - is standard "
            "input. With --labelled, records that also have labels."
        ),
    ],
    policy: Annotated[
        list[str] | None,
        typer.Option(help="Id or .toml file; may be given several times. Default: all there are."),
    ] = None,
    labelled: Annotated[
        bool, typer.Option("--labelled", help="Count misses and false alarms by the labels.")
    ] = False,
    capacity: Annotated[
        int | None,
        typer.Option(min=0, help="How many a person can read: says which costs would fit that."),
    ] = None,
    miss_rate: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            max=0.5,
            help="With --labelled: the threshold at which, with --confidence, no more than this "
            "share of the cases that reach a flagged level is missed.",
        ),
    ] = None,
    confidence: Annotated[
        float, typer.Option(min=0.5, max=0.999, help="How sure --miss-rate must be.")
    ] = 0.95,
    as_json: options.AsJson = False,
    model: options.Model = None,
    encoder: options.Encoder = None,
) -> None:
    """What policies would do with these proposals: how many are flagged, and what is missed."""
    if miss_rate is not None and not labelled:
        raise typer.BadParameter("--miss-rate needs --labelled.")
    with exit_on_error():
        from safezone.assessment.simulation import simulate
        from safezone.bootstrap import load_assessor, read_policies
        from safezone.cli import simulated
        from safezone.config import read_settings
        from safezone.policy.library import find_policy

        settings = read_settings(model=model, encoder=encoder)
        known = read_policies(settings)
        policies = [find_policy(name, known) for name in policy or known]
        assessor = load_assessor(settings)
        proposals, labels = simulated.read(data, labelled, assessor.taxonomy)
        with progress_bar("Reading") as progress:
            cases = assessor.findings(proposals, progress)
        results = [simulate(cases, one, assessor.taxonomy, labels) for one in policies]
        fits = [
            simulated.fit(cases, one, assessor.taxonomy, capacity) if capacity is not None else None
            for one in policies
        ]
        changed = [
            simulated.changes(proposals, cases, before, after, assessor.taxonomy)
            # Between those that were asked for, in their order; all there are have none.
            for before, after in (pairwise(policies) if policy else ())
        ]
        guarantees: list[dict[str, Any]] = []
        if miss_rate is not None and labels is not None:
            # Here, because MAPIE takes seconds to import.
            from safezone.training.guarantee import guarantees_of

            asked = (miss_rate, confidence)
            guarantees = [
                {"miss_rate": miss_rate, "confidence": confidence, **asdict(found)}
                for found in guarantees_of(policies, cases, labels, assessor.taxonomy, *asked)
            ]
        if as_json:
            plain = {
                "texts": len(cases),
                "policies": [
                    {**asdict(result), "capacity": fit}
                    for result, fit in zip(results, fits, strict=True)
                ],
                "changes": changed,
                "guarantees": guarantees,
            }
            typer.echo(json.dumps(plain, ensure_ascii=False))
            return
        simulated.show(results, fits, changed, capacity)
        for guarantee in guarantees:
            output().print(simulated.said(guarantee), markup=False)
