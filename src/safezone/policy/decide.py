"""The decision: a pure function of probabilities, prediction sets and a policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from safezone.policy.profile import FlagRule, Policy
from safezone.policy.safeguards import suggest
from safezone.taxonomy import Axis, Taxonomy


class Signal(StrEnum):
    """What a person should do with the proposal; never a verdict on it."""

    NO_FLAG = "no_flag"
    HUMAN_REVIEW = "human_review"


class CollaborationMode(StrEnum):
    """How partners may work together, from the two risk axes."""

    OPEN = "open"
    HOSTED_DATA = "hosted_data"
    SHARED_DATA = "shared_data"
    MANAGED = "managed"


MODE_MEANINGS = {
    CollaborationMode.OPEN: "Ordinary open collaboration.",
    CollaborationMode.HOSTED_DATA: (
        "Partners work in a hosted environment on results; raw data stay, access is tiered."
    ),
    CollaborationMode.SHARED_DATA: (
        "Share the data, not the instrument: joint use of data products, no design, firmware or "
        "process details."
    ),
    CollaborationMode.MANAGED: (
        "Both: hosted data and no instrument details, with a written risk-management plan before "
        "work starts."
    ),
}


class ReasonCode(StrEnum):
    """Why a person is asked."""

    LEVEL_PROBABLE = "level_probable"
    AXIS_UNDECIDED = "axis_undecided"
    TOO_SHORT = "too_short"
    NOT_ENGLISH = "not_english"
    NOT_RESEARCH_ABSTRACT = "not_research_abstract"


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that fired. `axis` is None where the whole text is the reason.

    `probability` and `threshold` are given, between 0 and 1, where numbers decided, and `area`
    where the rule holds for an area of special care.
    """

    code: ReasonCode
    message: str
    axis: str | None = None
    probability: float | None = None
    threshold: float | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class SuggestedSafeguard:
    """A practice that lowers a risk found, `why` it fits, and the publication it is drawn from.

    `certain` is False where that publication was not seen when the catalogue was made.
    """

    id: str
    name: str
    text: str
    why: str
    source: str
    certain: bool


@dataclass(frozen=True, slots=True)
class Route:
    """The triage signal. `mode` is None, and nothing is suggested, when the model abstained."""

    signal: Signal
    reasons: tuple[Reason, ...]
    mode: CollaborationMode | None
    safeguards: tuple[SuggestedSafeguard, ...] = ()


@dataclass(frozen=True, slots=True)
class AxisFinding:
    """What the policy needs to know of an axis: probability by level, and the prediction set."""

    probabilities: Mapping[str, float]
    set: Sequence[str]


def abstained_route(code: ReasonCode, message: str) -> Route:
    """The route of a text on which the model has nothing to say."""
    return Route(Signal.HUMAN_REVIEW, (Reason(code, message),), None)


def decide(
    findings: Mapping[str, AxisFinding],
    policy: Policy,
    taxonomy: Taxonomy,
    areas: Mapping[str, float] | None = None,
) -> Route:
    """Apply a policy to the findings of every axis of the taxonomy.

    `areas` are the probabilities of research areas by slug; none are taken as 0.
    """
    reasons = reasons_for(findings, policy, taxonomy, areas or {})
    signal = Signal.HUMAN_REVIEW if reasons else Signal.NO_FLAG
    mode = _mode(findings, policy, taxonomy)
    safeguards = _safeguards(findings, policy, taxonomy, mode, areas or {})
    return Route(signal, reasons, mode, safeguards)


def reasons_for(
    findings: Mapping[str, AxisFinding],
    policy: Policy,
    taxonomy: Taxonomy,
    areas: Mapping[str, float],
) -> tuple[Reason, ...]:
    """Every rule of a policy that fires, in the order of the axes; none: no person is asked."""
    reasons: list[Reason] = []
    for axis in taxonomy.axes:
        rules = rules_for(axis, policy, areas)
        fired = [
            reason
            for rule, area in rules
            if (reason := _fired(axis, findings[axis.id], rule, area)) is not None
        ]
        undecided = len(findings[axis.id].set) == len(axis.levels)
        if rules and not fired and undecided and policy.abstention.review_undecided:
            fired = [
                Reason(
                    ReasonCode.AXIS_UNDECIDED,
                    f"{axis.name} cannot be told from this text: no level can be excluded.",
                    axis.id,
                )
            ]
        reasons += fired
    return tuple(reasons)


def likely_areas(areas: Mapping[str, float]) -> list[str]:
    """The most probable area and all others that are more probable than not, by probability."""
    order = sorted(areas, key=lambda slug: -areas[slug])
    return [slug for place, slug in enumerate(order) if place == 0 or areas[slug] > 0.5]


def _safeguards(
    findings: Mapping[str, AxisFinding],
    policy: Policy,
    taxonomy: Taxonomy,
    mode: CollaborationMode,
    areas: Mapping[str, float],
) -> tuple[SuggestedSafeguard, ...]:
    levels = {
        axis.id: max(
            (level for level in axis.level_ids if _reached(findings[axis.id], axis, level)),
            key=axis.level_ids.index,
        )
        for axis in taxonomy.axes
    }
    return tuple(
        SuggestedSafeguard(one.id, one.name, one.text, suggestion.why, one.source, one.certain)
        for suggestion in suggest(mode, levels, likely_areas(areas), policy.safeguards.most)
        for one in [suggestion.safeguard]
    )


def rules_for(
    axis: Axis, policy: Policy, areas: Mapping[str, float]
) -> list[tuple[FlagRule, str | None]]:
    """The policy's rules for an axis, each with the area of special care that it holds for."""
    rules: list[tuple[FlagRule, str | None]] = []
    if axis.id in policy.flag:
        rules.append((policy.flag[axis.id], None))
    for care in policy.care:
        area = max(care.areas, key=lambda slug: areas.get(slug, 0.0))
        if axis.id in care.flag and areas.get(area, 0.0) >= care.from_probability:
            rules.append((care.flag[axis.id], area))
    return rules


def _fired(axis: Axis, finding: AxisFinding, rule: FlagRule, area: str | None) -> Reason | None:
    probability = at_least(finding, axis.level_ids, rule.level)
    if probability < rule.threshold:
        return None
    where = f" in the area '{area}'" if area else ""
    return Reason(
        ReasonCode.LEVEL_PROBABLE,
        f"{axis.name} is '{rule.level}' with probability {probability:.2f}, and the policy asks "
        f"for a person from {rule.threshold:.2f}{where}.",
        axis.id,
        probability,
        rule.threshold,
        area,
    )


def at_least(finding: AxisFinding, levels: Sequence[str], level: str) -> float:
    """The probability of a level or a higher one, `levels` in their order."""
    reached = levels[levels.index(level) :]
    return min(1.0, sum(finding.probabilities[name] for name in reached))


def _reached(finding: AxisFinding, axis: Axis, level: str) -> bool:
    """Whether the level or a higher one is at least as probable as not."""
    # Sums of floats: one half must not be missed by a rounding error.
    return at_least(finding, axis.level_ids, level) >= 0.5 - 1e-12


def _mode(
    findings: Mapping[str, AxisFinding], policy: Policy, taxonomy: Taxonomy
) -> CollaborationMode:
    def elevated(axis_id: str, level: str) -> bool:
        return _reached(findings[axis_id], taxonomy.axis(axis_id), level)

    return {
        (False, False): CollaborationMode.OPEN,
        (False, True): CollaborationMode.HOSTED_DATA,
        (True, False): CollaborationMode.SHARED_DATA,
        (True, True): CollaborationMode.MANAGED,
    }[
        elevated("instrumentation", policy.mode.instrumentation_elevated_from),
        elevated("data_use", policy.mode.data_use_elevated_from),
    ]
