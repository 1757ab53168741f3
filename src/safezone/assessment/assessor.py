"""The Assessor: joins text, model and policy into assessments."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from safezone.assessment.evidence import axis_evidence
from safezone.assessment.pointers import list_pointers
from safezone.assessment.scope import (
    NOT_RESEARCH,
    Finding,
    count_words,
    identify_language,
    unreadable,
)
from safezone.assessment.simulation import Findings
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
from safezone.policy.decide import AxisFinding, abstained_route, decide, likely_areas
from safezone.policy.profile import Policy
from safezone.taxonomy import Taxonomy
from safezone.taxonomy.crosswalk import load_crosswalk
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


def _looked_at(proposals: Sequence[Proposal]) -> tuple[list[PreparedText], list[_Look]]:
    prepared = [prepare(proposal.title, proposal.abstract) for proposal in proposals]
    return prepared, [
        _Look.of(proposal, text) for proposal, text in zip(proposals, prepared, strict=True)
    ]


class Assessor:
    """Assesses proposals with one model under one policy.

    The same text gets the same answer whatever else is assessed with it. Not thread-safe beyond
    what its encoder is; the service calls it from one thread at a time.
    """

    def __init__(self, model: Model, policy: Policy, taxonomy: Taxonomy) -> None:
        self.model = model
        self.policy = policy
        self.taxonomy = taxonomy
        self._crosswalk = load_crosswalk()
        manifest = model.manifest
        self.provenance = Provenance(
            model=manifest.version,
            taxonomy=taxonomy.version,
            lists=self._crosswalk.version,
            text=manifest.text_version,
            calibration=manifest.calibration_version,
            coverage=manifest.coverage,
            policy=policy.reference,
            encoder=manifest.encoder,
            weights_sha256=manifest.encoder_digest,
        )

    def assess(
        self,
        proposals: Sequence[Proposal],
        progress: Callable[[int, int], None] | None = None,
        explain: bool = False,
        policy: Policy | None = None,
    ) -> list[Assessment]:
        """One assessment a proposal, in the same order, under a policy or else the assessor's own.

        `progress`, if given, is called with the number of texts read and of all texts. With
        `explain`, the evidence also says what each sentence says by itself, and how far the answer
        would move without it; that takes about one more reading of the text a sentence.
        """
        prepared, looks = _looked_at(proposals)
        readable = [i for i, look in enumerate(looks) if look.finding is None]
        prediction = self.model.predict([prepared[i] for i in readable], progress)
        row_of = {i: row for row, i in enumerate(readable)}
        return [
            self._assessed(
                proposal, prepared[i], look, prediction, row_of[i], policy or self.policy, explain
            )
            if look.finding is None
            else self._abstained(
                proposal, look.report(parts=0), look.finding, policy or self.policy
            )
            for i, (proposal, look) in enumerate(zip(proposals, looks, strict=True))
        ]

    def findings(
        self,
        proposals: Sequence[Proposal],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Findings]:
        """What a policy is applied to, one for each proposal in the same order."""
        prepared, looks = _looked_at(proposals)
        prediction = self.model.predict(prepared, progress)
        return [
            Findings(self._findings(prediction, row), self._areas(prediction, row))
            if look.finding is None and prediction.in_scope[row]
            else Findings({}, {})
            for row, look in enumerate(looks)
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
        policy: Policy,
        explain: bool,
    ) -> Assessment:
        report = look.report(prediction.parts[row])
        if not prediction.in_scope[row]:
            return self._abstained(proposal, report, NOT_RESEARCH, policy)
        found = self._findings(prediction, row)
        results = {
            axis.id: AxisResult(
                level=axis.level_ids[prediction.axes[axis.id].levels[row]],
                probabilities=found[axis.id].probabilities,
                set=tuple(found[axis.id].set),
            )
            for axis in self.taxonomy.axes
        }
        areas = self._areas(prediction, row)
        route = decide(found, policy, self.taxonomy, areas)
        explanation = prediction.explanations[row]
        readings = self.model.read_sentences(text, explanation) if explain else None
        evidence = {
            axis.id: axis_evidence(
                axis,
                int(prediction.axes[axis.id].levels[row]),
                explanation,
                thresholds,
                text.sentences,
                readings,
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
            list_pointers=list_pointers(
                # Of the areas the first alone: a listing of every further one would bury it.
                self._crosswalk,
                likely_areas(areas)[:1],
                text.sentences,
            ),
            route=route,
            input=report,
            provenance=self._provenance(policy),
        )

    def _abstained(
        self, proposal: Proposal, report: InputReport, finding: Finding, policy: Policy
    ) -> Assessment:
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
            list_pointers=(),
            route=abstained_route(*finding),
            input=report,
            provenance=self._provenance(policy),
        )

    def _findings(self, prediction: Prediction, row: int) -> dict[str, AxisFinding]:
        found = {}
        for axis in self.taxonomy.axes:
            of_axis = prediction.axes[axis.id]
            inside = zip(axis.level_ids, of_axis.sets[row], strict=True)
            found[axis.id] = AxisFinding(
                dict(zip(axis.level_ids, of_axis.probabilities[row].tolist(), strict=True)),
                tuple(level for level, is_in in inside if is_in),
            )
        return found

    def _areas(self, prediction: Prediction, row: int) -> dict[str, float]:
        return dict(zip(self.taxonomy.area_slugs, prediction.areas[row].tolist(), strict=True))

    def _provenance(self, policy: Policy) -> Provenance:
        return replace(self.provenance, policy=policy.reference)
