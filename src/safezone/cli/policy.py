"""`safezone policy …`"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from safezone.cli import options
from safezone.cli.console import output
from safezone.cli.exit_codes import exit_on_error
from safezone.cli.simulate import simulate_policies
from safezone.errors import InvalidPolicy
from safezone.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from safezone.policy.profile import FlagRule, Policy

policy_app = typer.Typer(
    help="Policies: where a funder draws the line, as data.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="Id of a policy, or the path of a .toml file.")]


def _find(name: str) -> "Policy":
    from safezone.bootstrap import read_policies
    from safezone.config import read_settings
    from safezone.policy.library import find_policy

    return find_policy(name, read_policies(read_settings()))


@policy_app.command("list")
def list_policies(as_json: options.AsJson = False) -> None:
    """The policies there are: shipped ones, and those in SAFEZONE_POLICY_FOLDER."""
    with exit_on_error():
        from safezone.bootstrap import read_policies
        from safezone.config import read_settings

        policies = read_policies(read_settings())
        if as_json:
            typer.echo(json.dumps([policy.reference for policy in policies.values()]))
            return
        table = Table(box=None, pad_edge=False)
        for heading in ("Policy", "As of", "Owner", "Name"):
            table.add_column(heading)
        for policy in policies.values():
            table.add_row(policy.reference, str(policy.as_of), policy.owner, policy.name)
        output().print(table)


@policy_app.command()
def show(name: Name, as_json: options.AsJson = False) -> None:
    """What a policy says, with the thresholds that follow from its costs."""
    with exit_on_error():
        policy = _find(name)
        if as_json:
            typer.echo(policy.model_dump_json())
            return
        console = output()
        console.print(
            f"{policy.reference}: {policy.name}, as of {policy.as_of}\nOwner: {policy.owner}",
            markup=False,
        )
        table = Table(box=None, pad_edge=False)
        for heading in ("Axis", "Where", "A person reads it from"):
            table.add_column(heading)
        for axis, where, rule in _rules(policy):
            table.add_row(axis, where, f"P({rule.level} or more) = {rule.threshold:.2f}")
        console.print(table)
        undecided = "a person reads it" if policy.abstention.review_undecided else "nothing happens"
        console.print(f"Where no level of a flagged axis can be excluded: {undecided}.")
        for care in policy.care:
            console.print(f"Care: {care.reason} ({', '.join(care.areas)})", markup=False)
        for reference in policy.references:
            console.print(f"Rests on: {reference}", markup=False)
        for reader, said in (
            ("researchers", policy.texts.researcher),
            ("officers", policy.texts.officer),
        ):
            if said:
                console.print(f"To {reader}: {said}", markup=False)


def _rules(policy: "Policy") -> "list[tuple[str, str, FlagRule]]":
    taxonomy = load_taxonomy()
    rules = [(axis, "everywhere", rule) for axis, rule in policy.flag.items()]
    for number, care in enumerate(policy.care, 1):
        areas = "1 area" if len(care.areas) == 1 else f"{len(care.areas)} areas"
        where = f"{areas} (care {number}), from P(area) = {care.from_probability}"
        rules += [(axis, where, rule) for axis, rule in care.flag.items()]
    return [(taxonomy.axis(axis).name, where, rule) for axis, where, rule in rules]


@policy_app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Policies as .toml files.")],
) -> None:
    """Whether files are valid policies; everything that is wrong is listed."""
    with exit_on_error():
        from safezone.policy.library import read_policy

        problems = []
        for file in files:
            try:
                typer.echo(f"{file}: {read_policy(file).reference} is valid.")
            except InvalidPolicy as error:
                problems.append(str(error))
        if problems:
            raise InvalidPolicy("\n".join(problems))


@policy_app.command()
def diff(before: Name, after: Name, as_json: options.AsJson = False) -> None:
    """What changes from one policy to another, and whether the new one ever flags less."""
    with exit_on_error():
        from safezone.policy.compare import differences, never_flags_less

        old, new = _find(before), _find(after)
        changes = differences(old, new)
        never_less, never_more = never_flags_less(new, old), never_flags_less(old, new)
        if as_json:
            plain = {
                "changes": [
                    {"key": change.key, "before": change.before, "after": change.after}
                    for change in changes
                ],
                "never_flags_less": never_less,
                "never_flags_more": never_more,
            }
            typer.echo(json.dumps(plain, ensure_ascii=False))
            return
        console = output()
        table = Table(box=None, pad_edge=False)
        for heading in ("Key", old.reference, new.reference):
            table.add_column(heading)
        for change in changes:
            table.add_row(change.key, change.before or "-", change.after or "-")
        console.print(table if changes else "No difference.")
        console.print(_COMPARED[never_less, never_more].format(old.reference, new.reference))


_COMPARED = {
    (True, True): "{1} flags what {0} flags, no more and no less.",
    (True, False): "{1} never flags less than {0}.",
    (False, True): "{1} never flags more than {0}.",
    (False, False): "{1} may flag less than {0} in some cases and more in others.",
}


policy_app.command("simulate")(simulate_policies)


@policy_app.command()
def schema() -> None:
    """The JSON Schema of a policy, for editors and checks."""
    from safezone.policy.profile import Policy

    typer.echo(json.dumps(Policy.model_json_schema(), indent=2, ensure_ascii=False))
