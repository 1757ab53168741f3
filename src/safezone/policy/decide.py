"""The decision: a pure function of probabilities, prediction sets and a policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from safezone.policy.profile import Policy
from safezone.taxonomy import Taxonomy


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

    `probability` and `threshold` are given, between 0 and 1, where numbers decided.
    """

    code: ReasonCode
    message: str
    axis: str | None = None
    probability: float | None = None
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """The triage signal. `mode` is None when the model abstained on the whole text."""

    signal: Signal
    reasons: tuple[Reason, ...]
    mode: CollaborationMode | None


@dataclass(frozen=True, slots=True)
class AxisFinding:
    """What the policy needs to know of an axis: probability by level, and the prediction set."""

    probabilities: Mapping[str, float]
    set: Sequence[str]


def abstained_route(code: ReasonCode, message: str) -> Route:
    """The route of a text on which the model has nothing to say."""
    return Route(Signal.HUMAN_REVIEW, (Reason(code, message),), None)


def decide(findings: Mapping[str, AxisFinding], policy: Policy, taxonomy: Taxonomy) -> Route:
    """Apply a policy to the findings of every axis of the taxonomy."""
    reasons = []
    for axis in taxonomy.axes:
        finding, rule = findings[axis.id], policy.flag.get(axis.id)
        if rule is None:
            continue
        probability = _at_least(finding, axis.level_ids, rule.level)
        if probability >= rule.threshold:
            reasons.append(
                Reason(
                    ReasonCode.LEVEL_PROBABLE,
                    f"{axis.name} is '{rule.level}' with probability {probability:.2f}, and "
                    f"the policy asks for a person from {rule.threshold:.2f}.",
                    axis.id,
                    probability,
                    rule.threshold,
                )
            )
        elif policy.abstention.review_undecided and len(finding.set) == len(axis.levels):
            reasons.append(
                Reason(
                    ReasonCode.AXIS_UNDECIDED,
                    f"{axis.name} cannot be told from this text: no level can be excluded.",
                    axis.id,
                )
            )
    signal = Signal.HUMAN_REVIEW if reasons else Signal.NO_FLAG
    return Route(signal, tuple(reasons), _mode(findings, policy, taxonomy))


def _at_least(finding: AxisFinding, levels: Sequence[str], level: str) -> float:
    reached = levels[levels.index(level) :]
    return min(1.0, sum(finding.probabilities[name] for name in reached))


def _mode(
    findings: Mapping[str, AxisFinding], policy: Policy, taxonomy: Taxonomy
) -> CollaborationMode:
    def elevated(axis_id: str, level: str) -> bool:
        levels = taxonomy.axis(axis_id).level_ids
        # Sums of floats: one half must not be missed by a rounding error.
        return _at_least(findings[axis_id], levels, level) >= 0.5 - 1e-12

    return {
        (False, False): CollaborationMode.OPEN,
        (False, True): CollaborationMode.HOSTED_DATA,
        (True, False): CollaborationMode.SHARED_DATA,
        (True, True): CollaborationMode.MANAGED,
    }[
        elevated("instrumentation", policy.mode.instrumentation_elevated_from),
        elevated("data_use", policy.mode.data_use_elevated_from),
    ]
