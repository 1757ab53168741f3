"""Two framings of a project: what changed in the answer, which sentences did it, and a warning
where the wording changed and the project hardly did.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from safezone.assessment.assessor import Assessor
from safezone.assessment.axis_comparison import AxisComparison, compare_axis, match_sentences
from safezone.assessment.reading import Answer
from safezone.assessment.types import Assessment, Proposal
from safezone.model.predictor import axis_columns
from safezone.policy.decide import Signal
from safezone.policy.profile import Policy
from safezone.taxonomy import Taxonomy

# Chosen on rewritten abstracts, contrast pairs and pairs of one area: docs/decisions/0011.
SAME_SIMILARITY = 0.8
SAME_SENTENCES = 0.5
# The top level's probability seldom moves so far when sentences are only put in another order.
FALL_OF_TOP_LEVEL = 0.2

RISK_AXES = ("sensitivity", "instrumentation", "data_use")
ROUTE = "route"

NOTICE = (
    "Framing changes are visible to funders, who may keep earlier versions of a text and compare "
    "them. Make a text clearer about what the project does, not quieter about it."
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts held against each other under one policy.

    `before` and `after` are their assessments without evidence, precedents and pointers.
    `similarity` is the cosine of their vectors, -1 to 1, and `sentences_kept`, 0 to 1, the share of
    the sentences of the shorter one that stand in the other word for word (but for what is
    neutralised). `same_meaning` says that the two read as versions of one project; it is no proof
    that the work is the same, for one exchanged sentence may change that. `falls` names the risk
    axes on which the score falls, and `route` where a person is no longer asked. `warning` is given
    where something falls and the texts read as one project.

    Where the model abstains on a text, only the assessments are given: the numbers and the axes are
    None, `falls` is empty, and `not_compared` says why.
    """

    before: Assessment
    after: Assessment
    not_compared: str | None
    similarity: float | None
    sentences_kept: float | None
    same_meaning: bool | None
    falls: tuple[str, ...]
    sensitivity: AxisComparison | None
    instrumentation: AxisComparison | None
    data_use: AxisComparison | None
    benefit: AxisComparison | None
    warning: str | None
    notice: str


def compare(
    assessor: Assessor, before: Proposal, after: Proposal, policy: Policy | None = None
) -> Comparison:
    """Compare two framings of a project under a policy, or else the assessor's own.

    No text is repeated: offsets point into each text as it was sent.
    """
    first, second = assessor.read([before, after])
    short = [
        replace(assessor.assessment(text, policy), evidence={}, precedents=(), list_pointers=())
        for text in (first, second)
    ]
    if not isinstance(first.answer, Answer) or not isinstance(second.answer, Answer):
        return _not_compared(*short)
    taxonomy = assessor.taxonomy
    answers = (first.answer, second.answer)
    sentences = (first.text.sentences, second.text.sentences)
    matches = match_sentences(*sentences)
    axes = {
        axis.id: compare_axis(axis, thresholds, sentences, answers, matches)
        for axis, thresholds in zip(taxonomy.axes, axis_columns(taxonomy), strict=True)
    }
    similarity = float(first.answer.vector @ second.answer.vector)
    kept = sum(None not in match for match in matches) / min(map(len, sentences))
    same = similarity >= SAME_SIMILARITY or kept >= SAME_SENTENCES
    falls = _falls(taxonomy, axes, *short)
    return Comparison(
        before=short[0],
        after=short[1],
        not_compared=None,
        similarity=similarity,
        sentences_kept=kept,
        same_meaning=same,
        falls=falls,
        **axes,
        warning=_warning(taxonomy, falls, similarity, kept) if same and falls else None,
        notice=NOTICE,
    )


def _not_compared(before: Assessment, after: Assessment) -> Comparison:
    why = [
        f"The model says nothing of the text {name}: {assessment.route.reasons[0].message}"
        for name, assessment in (("before", before), ("after", after))
        if assessment.abstained
    ]
    return Comparison(
        before=before,
        after=after,
        not_compared=" ".join(why),
        similarity=None,
        sentences_kept=None,
        same_meaning=None,
        falls=(),
        sensitivity=None,
        instrumentation=None,
        data_use=None,
        benefit=None,
        warning=None,
        notice=NOTICE,
    )


def _falls(
    taxonomy: Taxonomy, axes: Mapping[str, AxisComparison], before: Assessment, after: Assessment
) -> tuple[str, ...]:
    falls = []
    for axis_id in RISK_AXES:
        levels, found = taxonomy.axis(axis_id).level_ids, axes[axis_id]
        lower = levels.index(found.level_after) < levels.index(found.level_before)
        if lower or found.probabilities[levels[-1]].change < -FALL_OF_TOP_LEVEL:
            falls.append(axis_id)
    if (before.route.signal, after.route.signal) == (Signal.HUMAN_REVIEW, Signal.NO_FLAG):
        falls.append(ROUTE)
    return tuple(falls)


def _warning(taxonomy: Taxonomy, falls: tuple[str, ...], similarity: float, kept: float) -> str:
    lower = [taxonomy.axis(one).name for one in falls if one != ROUTE]
    found = [f"these read lower: {', '.join(lower)}"] if lower else []
    found += ["a person is no longer asked"] if ROUTE in falls else []
    return (
        f"The wording changed, and the two texts still read as one project (similarity "
        f"{similarity:.2f}, {kept:.0%} of the sentences kept), but {' and '.join(found)}. Funders "
        "can see that the framing changed, and may compare the versions. If the work is the same, "
        "keep the words that describe it best; if it is not, say plainly what is no longer done."
    )
