"""Assessments as tables for a person."""

from operator import itemgetter

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from safezone.assessment import Assessment, AxisResult, Proposal
from safezone.policy.decide import MODE_MEANINGS, Signal
from safezone.taxonomy import Axis, Taxonomy

_COLOURS = ("green", "yellow", "red")
_BENEFIT_COLOURS = ("default", "cyan", "blue")
# Characters of a sentence, and entries of public lists, that are shown.
_QUOTED = 110
_POINTERS = 6


def render(assessment: Assessment, taxonomy: Taxonomy, proposal: Proposal) -> RenderableType:
    """One assessment as a panel, with the sentences of the proposal that it rests on."""
    parts: list[RenderableType] = []
    if not assessment.abstained:
        parts.append(_axes_table(assessment, taxonomy))
        areas = ", ".join(f"{area.name} {area.probability:.0%}" for area in assessment.areas)
        parts.append(Text(f"\nAreas: {areas}"))
        further = (
            _evidence(assessment, taxonomy, proposal),
            _precedents(assessment, taxonomy),
            _pointers(assessment),
        )
        parts += [text for text in further if text]
    parts.append(_route(assessment))
    read = assessment.input
    parts.append(
        Text(
            f"Read: {read.words} words in {read.parts} part{'s' if read.parts != 1 else ''}, "
            f"language '{read.language}'. Model {assessment.provenance.model}, policy "
            f"{assessment.provenance.policy}.",
            style="dim",
        )
    )
    name = " ".join(part for part in (assessment.id, proposal.title) if part)
    return Panel(Group(*parts), title=Text(name) if name else None, title_align="left")


def _axes_table(assessment: Assessment, taxonomy: Taxonomy) -> Table:
    coverage = assessment.provenance.coverage
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("Axis", "Level", "Probabilities", f"Not excluded at {coverage:.0%}"):
        table.add_column(heading, no_wrap=heading != "Probabilities")
    for axis in taxonomy.axes:
        result: AxisResult = getattr(assessment, axis.id)
        table.add_row(
            axis.name, _level(axis, result), _probabilities(result), ", ".join(result.set)
        )
    return table


def _level(axis: Axis, result: AxisResult) -> Text:
    colours = _BENEFIT_COLOURS if axis.id == "benefit" else _COLOURS
    level = result.level or ""
    return Text(level, style=f"bold {colours[axis.level_ids.index(level)]}")


def _probabilities(result: AxisResult) -> str:
    return "  ".join(f"{level} {p:.2f}" for level, p in (result.probabilities or {}).items())


def _evidence(assessment: Assessment, taxonomy: Taxonomy, proposal: Proposal) -> Text:
    """For each axis, the sentence that by itself says most for the answered level, or at the lowest
    level most against the one above it.
    """
    text = Text()
    for axis in taxonomy.axes:
        evidence = assessment.evidence[axis.id]
        result: AxisResult = getattr(assessment, axis.id)
        sign = -1 if result.level == axis.level_ids[0] else 1
        read = [
            (sign * sentence.alone, sentence)
            for sentence in evidence.sentences
            if sentence.alone is not None
        ]
        if not read:
            continue
        if not text:
            text.append(
                "\nThe most telling sentence (log-odds by itself; the text's fall without):"
            )
        alone, most = max(read, key=itemgetter(0))
        quoted = " ".join(getattr(proposal, most.field)[most.start : most.end].split())
        if len(quoted) > _QUOTED:
            quoted = quoted[: _QUOTED - 1] + "…"
        fall = "" if most.occlusion is None else f"; {most.occlusion:+.1f}"
        text.append(f"\n  {axis.name}, '{evidence.at_least}' {sign * alone:+.1f}{fall}: ")
        text.append(quoted, style="italic")
    return text


def _precedents(assessment: Assessment, taxonomy: Taxonomy) -> Text:
    if not assessment.precedents:
        return Text("")
    text = Text("\nExamples that read like it, as people labelled them:")
    for example in assessment.precedents:
        levels = ", ".join(example.levels[axis.id] for axis in taxonomy.axes)
        text.append(f"\n  {example.title} ({levels})")
    return text


def _pointers(assessment: Assessment) -> Text:
    """Entries of public lists, those that a phrase of the text suggests before those of an area."""
    if not assessment.list_pointers:
        return Text("")
    found = sorted(assessment.list_pointers, key=lambda pointer: pointer.by != "phrase")
    shown = [f"{one.entry} ({one.because})" for one in found[:_POINTERS]]
    if more := len(found) - len(shown):
        shown.append(f"{more} more with --json")
    return Text(f"\nPublic lists to look at, no finding: {', '.join(shown)}")


def _route(assessment: Assessment) -> Text:
    route = assessment.route
    text = Text("\nSignal: ")
    if route.signal is Signal.HUMAN_REVIEW:
        text.append("human_review", style="bold yellow")
        text.append(" (a person should read this)")
    else:
        text.append("no_flag", style="bold green")
    for reason in route.reasons:
        text.append(f"\n  - {reason.message}")
    if route.mode is not None:
        text.append(f"\nCollaboration mode: {route.mode} - {MODE_MEANINGS[route.mode]}")
    if route.safeguards:
        names = "; ".join(safeguard.name for safeguard in route.safeguards)
        text.append(f"\nSafeguards to think of: {names}.")
    text.append("\n")
    return text
