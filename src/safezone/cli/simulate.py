"""`safezone policy simulate`"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from safezone.assessment import Proposal
from safezone.assessment.simulation import (
    Findings,
    Share,
    Simulation,
    fitted_to_capacity,
    flags,
    scaled,
    simulate,
)
from safezone.bootstrap import load_assessor, read_policies
from safezone.cli import options
from safezone.cli.exit_codes import exit_on_error
from safezone.cli.progress import progress_bar
from safezone.cli.proposals import parse_proposals, read_source
from safezone.cli.render import output
from safezone.config import read_settings
from safezone.policy.library import find_policy
from safezone.policy.profile import Policy
from safezone.taxonomy import Taxonomy

# Of the proposals that change from one policy to the next, so many are named.
_NAMED = 20


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
        settings = read_settings(model=model, encoder=encoder)
        known = read_policies(settings)
        policies = [find_policy(name, known) for name in policy or known]
        assessor = load_assessor(settings)
        proposals, labels = _read(data, labelled, assessor.taxonomy)
        with progress_bar("Reading") as progress:
            cases = assessor.findings(proposals, progress)
        results = [simulate(cases, one, assessor.taxonomy, labels) for one in policies]
        fits = [
            _fit(cases, one, assessor.taxonomy, capacity) if capacity is not None else None
            for one in policies
        ]
        changes = [
            _changes(proposals, cases, before, after, assessor.taxonomy)
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
                "changes": changes,
                "guarantees": guarantees,
            }
            typer.echo(json.dumps(plain, ensure_ascii=False))
            return
        _print(results, fits, changes, capacity)
        for guarantee in guarantees:
            output().print(_said(guarantee), markup=False)


def _read(
    source: str, labelled: bool, taxonomy: Taxonomy
) -> tuple[list[Proposal], list[dict[str, str]] | None]:
    if not labelled:
        return parse_proposals(read_source(source), source), None
    from safezone.corpus.records import read_records

    records = [record for record in read_records([Path(source)], taxonomy) if record.levels]
    proposals = [Proposal(record.abstract, record.title, record.id[:200]) for record in records]
    return proposals, [
        {axis.id: axis.level_ids[level] for axis, level in zip(taxonomy.axes, levels, strict=True)}
        for levels in (record.levels or () for record in records)
    ]


def _fit(
    cases: Sequence[Findings], policy: Policy, taxonomy: Taxonomy, capacity: int
) -> dict[str, Any] | None:
    factor = fitted_to_capacity(cases, policy, taxonomy, capacity)
    if factor is None:
        return None
    fitted = scaled(policy, factor)
    return {
        "factor": round(factor, 4),
        "flagged": sum(flags(case, fitted, taxonomy) for case in cases),
        "thresholds": {axis: round(rule.threshold, 4) for axis, rule in fitted.flag.items()},
    }


def _changes(
    proposals: Sequence[Proposal],
    cases: Sequence[Findings],
    before: Policy,
    after: Policy,
    taxonomy: Taxonomy,
) -> dict[str, Any]:
    """Which proposals are flagged by only one of two policies; without an id, by their number."""
    only: dict[str, list[str]] = {"now_flagged": [], "no_longer_flagged": []}
    for number, (proposal, case) in enumerate(zip(proposals, cases, strict=True), 1):
        one, two = flags(case, before, taxonomy), flags(case, after, taxonomy)
        if one != two:
            only["now_flagged" if two else "no_longer_flagged"].append(
                proposal.id or f"number {number}"
            )
    return {"from": before.reference, "to": after.reference, **only}


def _said(guarantee: dict[str, Any]) -> str:
    what = (
        f"'{guarantee['level']}' on {guarantee['axis']}: at most {guarantee['miss_rate']:.1%} "
        f"missed with {guarantee['confidence']:.0%} confidence"
    )
    if guarantee["threshold"] is not None:
        return f"{what} from a probability of {guarantee['threshold']:.2f} on."
    if guarantee["reaching"] < guarantee["needed"]:
        return (
            f"{what} cannot be shown: {guarantee['reaching']} cases reach it, at least "
            f"{guarantee['needed']} are needed."
        )
    return f"{what} cannot be shown at any threshold: too many cases have a probability near 0."


def _print(
    results: Sequence[Simulation],
    fits: Sequence[dict[str, Any] | None],
    changes: Sequence[dict[str, Any]],
    capacity: int | None,
) -> None:
    console = output()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("Policy", "A person reads", "Expected misses by axis", "Missed", "Needless"):
        table.add_column(heading)
    for result in results:
        expected = ", ".join(f"{axis} {n:.1f}" for axis, n in result.expected_misses.items() if n)
        table.add_row(
            result.policy,
            _share(result.flagged),
            expected or "-",
            _share(result.misses),
            _share(result.false_alarms),
        )
    console.print(table)
    for result, fit in zip(results, fits, strict=True):
        if capacity is None:
            break
        if fit is None:
            said = "cannot: too many cannot be told, and go to a person at any cost"
        else:
            levels = ", ".join(f"{axis} {value:.2f}" for axis, value in fit["thresholds"].items())
            said = (
                f"a miss counted {fit['factor']:.2f} times as dear: {fit['flagged']} are read; "
                f"thresholds {levels}"
            )
        console.print(f"To read at most {capacity}, {result.policy} {said}.", markup=False)
    for change in changes:
        now, no_longer = change["now_flagged"], change["no_longer_flagged"]
        console.print(
            f"From {change['from']} to {change['to']}: {len(now)} more are read{_named(now)}, "
            f"{len(no_longer)} are not any more{_named(no_longer)}.",
            markup=False,
        )


def _share(share: Share | None) -> str:
    if share is None or share.low is None:
        return "-"
    return f"{share.count} of {share.of} ({share.low:.0%} to {share.high:.0%})"


def _named(ids: Sequence[str]) -> str:
    if not ids:
        return ""
    more = f" and {len(ids) - _NAMED} others" if len(ids) > _NAMED else ""
    return f" ({', '.join(ids[:_NAMED])}{more})"
