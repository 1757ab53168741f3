"""The Assessor: joins text, model and policy into assessments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from safezone.assessment.evidence import axis_evidence
from safezone.assessment.scope import (
    NOT_RESEARCH,
    Finding,
    count_words,
    identify_language,
    unreadable,
)
from safezone.assessment.types import (
    AreaResult,
    Assessment,
    AxisResult,
    InputReport,
    PrecedentResult,
    Proposal,
    Provenance,
)
from safezone.model.predictor import Model, Prediction, axis_columns
from safezone.policy.decide import AxisFinding, abstained_route, decide
from safezone.policy.profile import Policy
from safezone.taxonomy import Taxonomy
from safezone.text.prepare import PreparedText, prepare

_TOP_AREAS = 3


@dataclass(frozen=True, slots=True)
class _Look:
    """What a text shows before the model reads it."""

    language: str
    characters: int
    words: int
    finding: Finding | None

    @classmethod
    def of(cls, proposal: Proposal, text: PreparedText) -> "_Look":
        words, language = count_words(text.text), identify_language(text.text)
        return cls(
            language,
            len(proposal.title) + len(proposal.abstract),
            words,
            unreadable(text.text, words, language),
        )

    def report(self, parts: int) -> InputReport:
        return InputReport(self.language, self.characters, self.words, parts)


class Assessor:
    """Assesses proposals with one model under one policy.

    The same text gets the same answer whatever else is assessed with it. Not thread-safe beyond
    what its encoder is; the service calls it from one thread at a time.
    """

    def __init__(self, model: Model, policy: Policy, taxonomy: Taxonomy) -> None:
        self.model = model
        self.policy = policy
        self.taxonomy = taxonomy
        manifest = model.manifest
        self.provenance = Provenance(
            model=manifest.version,
            taxonomy=taxonomy.version,
            text=manifest.text_version,
            calibration=manifest.calibration_version,
            coverage=manifest.coverage,
            policy=f"{policy.id}@{policy.version}",
            encoder=manifest.encoder,
            weights_sha256=manifest.encoder_digest,
        )

    def assess(
        self,
        proposals: Sequence[Proposal],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Assessment]:
        """One assessment a proposal, in the same order.

        `progress`, if given, is called with the number of texts read and of all texts.
        """
        prepared = [prepare(proposal.title, proposal.abstract) for proposal in proposals]
        looks = [
            _Look.of(proposal, text) for proposal, text in zip(proposals, prepared, strict=True)
        ]
        readable = [i for i, look in enumerate(looks) if look.finding is None]
        prediction = self.model.predict([prepared[i] for i in readable], progress)
        row_of = {i: row for row, i in enumerate(readable)}
        return [
            self._assessed(proposal, prepared[i], look, prediction, row_of[i])
            if look.finding is None
            else self._abstained(proposal, look.report(parts=0), look.finding)
            for i, (proposal, look) in enumerate(zip(proposals, looks, strict=True))
        ]

    def self_check(self) -> bool:
        """Whether the model answers its bundle's known text as it did when it was made."""
        known = self.model.manifest.self_check
        [assessment] = self.assess([Proposal(abstract=known.abstract, title=known.title)])
        levels = {axis.id: getattr(assessment, axis.id).level for axis in self.taxonomy.axes}
        return levels == known.levels

    def _assessed(
        self,
        proposal: Proposal,
        text: PreparedText,
        look: _Look,
        prediction: Prediction,
        row: int,
    ) -> Assessment:
        report = look.report(prediction.parts[row])
        if not prediction.in_scope[row]:
            return self._abstained(proposal, report, NOT_RESEARCH)
        results = {}
        for axis in self.taxonomy.axes:
            of_axis = prediction.axes[axis.id]
            results[axis.id] = AxisResult(
                level=axis.level_ids[of_axis.levels[row]],
                probabilities=dict(
                    zip(axis.level_ids, of_axis.probabilities[row].tolist(), strict=True)
                ),
                set=tuple(
                    level
                    for level, inside in zip(axis.level_ids, of_axis.sets[row], strict=True)
                    if inside
                ),
            )
        route = decide(
            {
                axis_id: AxisFinding(result.probabilities or {}, result.set)
                for axis_id, result in results.items()
            },
            self.policy,
            self.taxonomy,
        )
        evidence = {
            axis.id: axis_evidence(
                axis,
                int(prediction.axes[axis.id].levels[row]),
                prediction.explanations[row],
                thresholds,
                text.sentences,
            )
            for axis, thresholds in zip(
                self.taxonomy.axes, axis_columns(self.taxonomy), strict=True
            )
        }
        # A stable sort: areas of equal probability stay in the taxonomy's order.
        order = np.argsort(-prediction.areas[row], kind="stable")[:_TOP_AREAS]
        return Assessment(
            id=proposal.id,
            abstained=False,
            **results,
            areas=tuple(
                AreaResult(
                    self.taxonomy.areas[i].slug,
                    self.taxonomy.areas[i].name,
                    float(prediction.areas[row, i]),
                )
                for i in order
            ),
            evidence=evidence,
            precedents=tuple(
                PrecedentResult(
                    example.id,
                    example.title,
                    cosine,
                    {axis.id: example.levels[axis.id] for axis in self.taxonomy.axes},
                    example.areas,
                    example.why,
                )
                for example, cosine in prediction.precedents[row]
            ),
            route=route,
            input=report,
            provenance=self.provenance,
        )

    def _abstained(self, proposal: Proposal, report: InputReport, finding: Finding) -> Assessment:
        return Assessment(
            id=proposal.id,
            abstained=True,
            **{
                axis.id: AxisResult(level=None, probabilities=None, set=axis.level_ids)
                for axis in self.taxonomy.axes
            },
            areas=(),
            evidence={},
            precedents=(),
            route=abstained_route(*finding),
            input=report,
            provenance=self.provenance,
        )
