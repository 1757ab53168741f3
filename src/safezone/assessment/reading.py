"""Proposals as they were read: what a text shows, and what the model says of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from safezone.assessment.scope import (
    NOT_RESEARCH,
    Finding,
    count_words,
    identify_language,
    unreadable,
)
from safezone.assessment.types import InputReport, Proposal
from safezone.model.ports import Floats
from safezone.model.precedents import Precedent
from safezone.model.predictor import Explanation, Model, Prediction
from safezone.policy.decide import AxisFinding
from safezone.taxonomy import Taxonomy
from safezone.text.prepare import PreparedText, prepare


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says of one text, before any policy.

    `findings` and `levels`, which are numbers of levels, are by axis, `areas` are probabilities by
    slug in the taxonomy's order. `vector`, of length 1, is what texts are compared by.
    """

    findings: Mapping[str, AxisFinding]
    levels: Mapping[str, int]
    areas: Mapping[str, float]
    explanation: Explanation
    precedents: tuple[tuple[Precedent, float], ...]
    vector: Floats


@dataclass(frozen=True, slots=True)
class Reading:
    """One proposal, the text that the model was to read, and its answer or why there is none."""

    proposal: Proposal
    text: PreparedText
    report: InputReport
    answer: Answer | Finding


def read_proposals(
    model: Model,
    taxonomy: Taxonomy,
    proposals: Sequence[Proposal],
    progress: Callable[[int, int], None] | None = None,
) -> list[Reading]:
    """One reading a proposal, in the same order; what cannot be read is not given to the model."""
    texts = [prepare(proposal.title, proposal.abstract) for proposal in proposals]
    words = [count_words(text.text) for text in texts]
    languages = [identify_language(text.text) for text in texts]
    obstacles = [
        unreadable(text.text, number, language)
        for text, number, language in zip(texts, words, languages, strict=True)
    ]
    readable = [i for i, obstacle in enumerate(obstacles) if obstacle is None]
    prediction = model.predict([texts[i] for i in readable], progress)
    row_of = {i: row for row, i in enumerate(readable)}
    readings = []
    for i, proposal in enumerate(proposals):
        characters = len(proposal.title) + len(proposal.abstract)
        parts = prediction.parts[row_of[i]] if i in row_of else 0
        report = InputReport(languages[i], characters, words[i], parts)
        answer = obstacles[i] or _answer(prediction, row_of[i], taxonomy)
        readings.append(Reading(proposal, texts[i], report, answer))
    return readings


def _answer(prediction: Prediction, row: int, taxonomy: Taxonomy) -> Answer | Finding:
    if not prediction.in_scope[row]:
        return NOT_RESEARCH
    findings = {}
    for axis in taxonomy.axes:
        of_axis = prediction.axes[axis.id]
        inside = zip(axis.level_ids, of_axis.sets[row], strict=True)
        findings[axis.id] = AxisFinding(
            dict(zip(axis.level_ids, of_axis.probabilities[row].tolist(), strict=True)),
            tuple(level for level, is_in in inside if is_in),
        )
    return Answer(
        findings=findings,
        levels={axis: int(of_axis.levels[row]) for axis, of_axis in prediction.axes.items()},
        areas=dict(zip(taxonomy.area_slugs, prediction.areas[row].tolist(), strict=True)),
        explanation=prediction.explanations[row],
        precedents=prediction.precedents[row],
        vector=prediction.vectors[row],
    )
