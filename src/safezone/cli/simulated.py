"""What `safezone policy simulate` reads, works out and shows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from safezone.assessment import Proposal
from safezone.assessment.simulation import (
    Findings,
    Share,
    Simulation,
    fitted_to_capacity,
    flags,
    scaled,
)
from safezone.cli.console import output
from safezone.cli.proposals import parse_proposals, read_source
from safezone.policy.profile import Policy
from safezone.taxonomy import Taxonomy

# Of the proposals that change from one policy to the next, so many are named.
_NAMED = 20


def read(
    source: str, labelled: bool, taxonomy: Taxonomy
) -> tuple[list[Proposal], list[dict[str, str]] | None]:
    """The proposals of a file, and with `labelled` the levels of each by axis."""
    if not labelled:
        return parse_proposals(read_source(source), source), None
    from safezone.corpus.records import read_records

    records = [record for record in read_records([Path(source)], taxonomy) if record.levels]
    proposals = [Proposal(record.abstract, record.title, record.id[:200]) for record in records]
    return proposals, [
        {axis.id: axis.level_ids[level] for axis, level in zip(taxonomy.axes, levels, strict=True)}
        for levels in (record.levels or () for record in records)
    ]


def fit(
    cases: Sequence[Findings], policy: Policy, taxonomy: Taxonomy, capacity: int
) -> dict[str, Any] | None:
    """What a policy would be with as many flagged as people can read; None where it cannot."""
    factor = fitted_to_capacity(cases, policy, taxonomy, capacity)
    if factor is None:
        return None
    fitted = scaled(policy, factor)
    return {
        "factor": round(factor, 4),
        "flagged": sum(flags(case, fitted, taxonomy) for case in cases),
        "thresholds": {axis: round(rule.threshold, 4) for axis, rule in fitted.flag.items()},
    }


def changes(
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


def said(guarantee: dict[str, Any]) -> str:
    """A guarantee in a sentence."""
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


def show(
    results: Sequence[Simulation],
    fits: Sequence[dict[str, Any] | None],
    changes: Sequence[dict[str, Any]],
    capacity: int | None,
) -> None:
    """Print what each policy does, and what changes from one to the next."""
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
