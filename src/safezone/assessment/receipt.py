"""A receipt of what it does to a project's answer who proposes it, measured on its own text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from random import Random

from safezone.assessment.assessor import Assessor
from safezone.assessment.reading import Answer, Reading
from safezone.assessment.swap_trials import Trial, Where, Words, choose, make_trials
from safezone.assessment.types import Proposal, Provenance
from safezone.policy.decide import Signal
from safezone.policy.profile import Policy

# How many versions of a text there are of each kind and place.
DRAWS = 12
# So many texts are read at most, those that others are compared with included.
MOST_READINGS = 12


@dataclass(frozen=True, slots=True)
class SwapCheck:
    """`countries`, `institutions` or `people`, exchanged where they stand in the text, or in a
    sentence that was added at its end to name some.

    `swaps` counts the versions that were made. `differing` of these reach the model in other words
    than the version that they are compared with, and `compared` of those were read; all others
    are the same text to the model. `largest_shift` is of any level's probability on any axis,
    `largest_area_shift` of any area's, both 0 to 1. `level_changes` counts levels that became
    others, over all axes, and `signal_changes` versions whose route has another signal.
    """

    kind: str
    where: Where
    swaps: int
    differing: int
    compared: int
    largest_shift: float
    largest_area_shift: float
    level_changes: int
    signal_changes: int


@dataclass(frozen=True, slots=True)
class SwapReceipt:
    """What exchanging countries, institutions and people did to the answer of one text.

    The numbers are those of the `checks` together; `texts_read` were read for it. `statement` says
    it in words. `text_sha256`, of title, line feed and abstract in UTF-8, ties it to the text.
    """

    swaps: int
    differing: int
    compared: int
    texts_read: int
    largest_shift: float
    largest_area_shift: float
    level_changes: int
    signal_changes: int
    checks: tuple[SwapCheck, ...]
    statement: str
    text_sha256: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What is compared of two versions; no answer where the model abstained."""

    answer: Answer | None
    levels: tuple[str | None, ...]
    signal: Signal


def identity_swap_receipt(
    assessor: Assessor, proposal: Proposal, policy: Policy | None = None, draws: int = DRAWS
) -> SwapReceipt:
    """Exchange who is named in a proposal, `draws` times a kind, under a policy or the assessor's.

    Versions that reach the model in the same words have the same answer, and are not read. Of the
    others, the first of each kind are, up to `MOST_READINGS` texts. The same text, model and policy
    give the same receipt.
    """
    digest = sha256(f"{proposal.title}\n{proposal.abstract}".encode()).hexdigest()
    trials = make_trials(proposal, Random(digest), draws)  # noqa: S311 - no secret
    chosen = choose(trials, MOST_READINGS)
    readings = assessor.read([version.proposal for version in chosen])
    read = {
        version.words: _outcome(assessor, reading, policy)
        for version, reading in zip(chosen, readings, strict=True)
    }
    checks = tuple(_check(trial, read) for trial in trials)
    policy = policy or assessor.policy
    receipt = SwapReceipt(
        swaps=sum(check.swaps for check in checks),
        differing=sum(check.differing for check in checks),
        compared=sum(check.compared for check in checks),
        texts_read=len(read),
        largest_shift=max(check.largest_shift for check in checks),
        largest_area_shift=max(check.largest_area_shift for check in checks),
        level_changes=sum(check.level_changes for check in checks),
        signal_changes=sum(check.signal_changes for check in checks),
        checks=checks,
        statement="",
        text_sha256=digest,
        provenance=replace(assessor.provenance, policy=policy.reference),
    )
    return replace(receipt, statement=_statement(receipt))


def _outcome(assessor: Assessor, reading: Reading, policy: Policy | None) -> _Outcome:
    assessment = assessor.assessment(reading, policy)
    return _Outcome(
        reading.answer if isinstance(reading.answer, Answer) else None,
        tuple(getattr(assessment, axis.id).level for axis in assessor.taxonomy.axes),
        assessment.route.signal,
    )


def _check(trial: Trial, read: Mapping[Words, _Outcome]) -> SwapCheck:
    reference = read.get(trial.reference.words)
    outcomes = [read[one.words] for one in trial.differing if one.words in read]
    pairs = [(reference, outcome) for outcome in outcomes] if reference else []
    return SwapCheck(
        kind=trial.kind,
        where=trial.where,
        swaps=len(trial.variants),
        differing=len(trial.differing),
        compared=len(pairs),
        largest_shift=_largest(pairs, _level_probabilities),
        largest_area_shift=_largest(pairs, _area_probabilities),
        level_changes=sum(
            old != new
            for one, two in pairs
            for old, new in zip(one.levels, two.levels, strict=True)
        ),
        signal_changes=sum(one.signal != two.signal for one, two in pairs),
    )


def _largest(
    pairs: Sequence[tuple[_Outcome, _Outcome]], numbers_of: Callable[[Answer], list[float]]
) -> float:
    """The largest change of a probability; where the model abstains there is none to change."""
    answers = [(one.answer, two.answer) for one, two in pairs]
    return max(
        (
            abs(before - after)
            for one, two in answers
            if one and two
            for before, after in zip(numbers_of(one), numbers_of(two), strict=True)
        ),
        default=0.0,
    )


def _level_probabilities(answer: Answer) -> list[float]:
    return [
        number for of_axis in answer.findings.values() for number in of_axis.probabilities.values()
    ]


def _area_probabilities(answer: Answer) -> list[float]:
    return list(answer.areas.values())


def _statement(receipt: SwapReceipt) -> str:
    same = receipt.swaps - receipt.differing
    made = (
        f"{receipt.swaps} versions of the text were made: with other countries and nationalities, "
        "institutions and people in the place of those found in it, and with a sentence at its end "
        f"that names some. {same if receipt.differing else 'All'} of them reach the model in the "
        "same words as the version that they are compared with, so that their answer is the same."
    )
    if receipt.differing:
        made += (
            f" {receipt.differing} reach it in other words, of which {receipt.compared} were "
            "compared."
        )
    return (
        f"{_finding(receipt)} {made} This holds for this text, the model "
        f"{receipt.provenance.model}, version {receipt.provenance.text} of the text cleaner and "
        f"the policy {receipt.provenance.policy}. It says nothing of people without a title or a "
        "role, cities, acronyms, pronouns, and whatever else may tell who proposes the project."
    )


def _finding(receipt: SwapReceipt) -> str:
    if not receipt.differing:
        return "Exchanging who is named did not change the answer."
    as_sent = any(check.differing for check in receipt.checks if check.where == "in_text")
    levels, signals = receipt.level_changes, receipt.signal_changes
    return (
        f"Exchanging who is named {'' if as_sent else 'in a sentence that was added '}moved the "
        f"probability of a level by up to {receipt.largest_shift:.4f} and of an area by up to "
        f"{receipt.largest_area_shift:.4f}; it changed {levels or 'no'} "
        f"level{'' if levels == 1 else 's'} and {signals or 'no'} signal"
        f"{'' if signals == 1 else 's'}."
    )
