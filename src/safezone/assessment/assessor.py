"""The Assessor: joins text, model and policy into assessments."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from safezone.assessment.evidence import axis_evidence
from safezone.assessment.pointers import list_pointers
from safezone.assessment.reading import Answer, Reading, read_proposals
from safezone.assessment.scope import Finding
from safezone.assessment.simulation import Findings
from safezone.assessment.types import (
    AreaResult,
    Assessment,
    AxisResult,
    PrecedentResult,
    Proposal,
    Provenance,
)
from safezone.model.predictor import Model, axis_columns
from safezone.policy.decide import abstained_route, decide, likely_areas
from safezone.policy.profile import Policy
from safezone.taxonomy import Taxonomy
from safezone.taxonomy.crosswalk import load_crosswalk

_TOP_AREAS = 3


class Assessor:
    """Assesses proposals with one model under one policy.

    The same text gets the same answer whatever else is assessed with it, before it or at the same
    time: several threads may use it, as far as its encoder lets them.
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
            arithmetic=model.encoder.arithmetic,
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
        return [
            self.assessment(reading, policy, explain) for reading in self.read(proposals, progress)
        ]

    def read(
        self,
        proposals: Sequence[Proposal],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Reading]:
        """What the model says of each proposal, in the same order, before any policy."""
        return read_proposals(self.model, self.taxonomy, proposals, progress)

    def assessment(
        self, reading: Reading, policy: Policy | None = None, explain: bool = False
    ) -> Assessment:
        """The assessment of what was read, under a policy or else the assessor's own."""
        policy = policy or self.policy
        if not isinstance(reading.answer, Answer):
            return self._abstained(reading, reading.answer, policy)
        return self._assessed(reading, reading.answer, policy, explain)

    def findings(
        self,
        proposals: Sequence[Proposal],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Findings]:
        """What a policy is applied to, one for each proposal in the same order."""
        return [
            Findings(reading.answer.findings, reading.answer.areas)
            if isinstance(reading.answer, Answer)
            else Findings({}, {})
            for reading in self.read(proposals, progress)
        ]

    def self_check(self) -> bool:
        """Whether the model answers its bundle's known text as it did when it was made."""
        known = self.model.manifest.self_check
        [assessment] = self.assess([Proposal(abstract=known.abstract, title=known.title)])
        levels = {axis.id: getattr(assessment, axis.id).level for axis in self.taxonomy.axes}
        return levels == known.levels

    def _assessed(
        self, reading: Reading, answer: Answer, policy: Policy, explain: bool
    ) -> Assessment:
        sentences = reading.text.sentences
        readings = self.model.read_sentences(reading.text, answer.explanation) if explain else None
        evidence = {
            axis.id: axis_evidence(
                axis,
                answer.levels[axis.id],
                answer.explanation,
                thresholds,
                sentences,
                readings,
            )
            for axis, thresholds in zip(
                self.taxonomy.axes, axis_columns(self.taxonomy), strict=True
            )
        }
        # A stable sort: areas of equal probability stay in the taxonomy's order.
        areas = sorted(self.taxonomy.areas, key=lambda area: -answer.areas[area.slug])
        return Assessment(
            id=reading.proposal.id,
            abstained=False,
            **{
                axis.id: AxisResult(
                    level=axis.level_ids[answer.levels[axis.id]],
                    probabilities=answer.findings[axis.id].probabilities,
                    set=tuple(answer.findings[axis.id].set),
                )
                for axis in self.taxonomy.axes
            },
            areas=tuple(
                AreaResult(area.slug, area.name, answer.areas[area.slug])
                for area in areas[:_TOP_AREAS]
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
                for example, cosine in answer.precedents
            ),
            list_pointers=list_pointers(
                # Of the areas the first alone: a listing of every further one would bury it.
                self._crosswalk,
                likely_areas(answer.areas)[:1],
                sentences,
            ),
            route=decide(answer.findings, policy, self.taxonomy, answer.areas),
            input=reading.report,
            provenance=self._provenance(policy),
        )

    def _abstained(self, reading: Reading, finding: Finding, policy: Policy) -> Assessment:
        return Assessment(
            id=reading.proposal.id,
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
            input=reading.report,
            provenance=self._provenance(policy),
        )

    def _provenance(self, policy: Policy) -> Provenance:
        return replace(self.provenance, policy=policy.reference)
