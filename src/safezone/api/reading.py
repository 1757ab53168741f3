"""From a proposal to the answer of a request or of a job's row."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from fastapi import Depends, Query
from starlette.requests import Request

from safezone.api.service import Service
from safezone.assessment import Assessment, Proposal
from safezone.assessment.flat import flat
from safezone.assessment.receipt import identity_swap_receipt
from safezone.assessment.serialise import to_dict
from safezone.model.predictor import MOST_OCCLUDED
from safezone.policy.profile import Policy
from safezone.telemetry.metrics import observe_assessment
from safezone.telemetry.stages import stage


class Part(StrEnum):
    """What an assessment may have beside the answer itself."""

    EVIDENCE = "evidence"
    PRECEDENTS = "precedents"
    SENTENCES = "sentences"
    INVARIANCE = "invariance"


# Readings that a receipt takes beside the text's own: most versions need none.
_OF_A_RECEIPT = 4
_UNASKED = (Part.EVIDENCE, Part.PRECEDENTS)
_PARTS = "|".join(Part)
INCLUDE_PATTERN = rf"^(({_PARTS})(,({_PARTS}))*)?$"


def parts_of(text: str) -> frozenset[Part]:
    """The parts that a comma-separated list names."""
    return frozenset(Part(name) for name in text.split(",") if name)


@dataclass(frozen=True, slots=True)
class Form:
    """What an answer is to have, and whether it is to be flat."""

    parts: frozenset[Part]
    flat: bool


async def form_of_query(
    view: Annotated[
        Literal["full", "flat"],
        Query(description="'flat' gives an object of texts and numbers alone, for spreadsheets."),
    ] = "full",
    include: Annotated[
        str,
        Query(
            pattern=INCLUDE_PATTERN,
            description="What the answer has beside the levels, separated by commas. 'evidence' "
            "and 'precedents' come at no cost. 'sentences' also reads each sentence by itself, and "
            "the text without it: about one more reading a sentence. 'invariance' swaps identities "
            "in the text and says what moved.",
        ),
    ] = ",".join(_UNASKED),
) -> Form:
    return Form(parts_of(include), view == "flat")


FormOfQuery = Annotated[Form, Depends(form_of_query)]


def answer(
    service: Service, proposal: Proposal, policy: Policy | None, form: Form
) -> dict[str, Any]:
    """Read a proposal now, in the thread that may."""
    [assessment] = service.assessor.assess(
        [proposal], explain=Part.SENTENCES in form.parts, policy=policy
    )
    _tell(service, assessment)
    with stage("serialise"):
        plain = to_dict(assessment)
    if Part.EVIDENCE not in form.parts and Part.SENTENCES not in form.parts:
        del plain["evidence"]
    if Part.PRECEDENTS not in form.parts:
        del plain["precedents"]
    if Part.INVARIANCE in form.parts:
        plain["invariance"] = to_dict(identity_swap_receipt(service.assessor, proposal, policy))
    return flat(plain) if form.flat else plain


def _tell(service: Service, assessment: Assessment) -> None:
    """Count what was found, for the operator."""
    axes = service.assessor.taxonomy.axes
    levels = {axis.id: getattr(assessment, axis.id).level for axis in axes}
    nearest = assessment.precedents[0].similarity if assessment.precedents else None
    observe_assessment(
        levels={} if assessment.abstained else levels,
        policy=assessment.provenance.policy.partition("@")[0],
        signal=assessment.route.signal,
        abstention=assessment.route.reasons[0].code if assessment.abstained else None,
        similarity=nearest,
    )


def cost(proposal: Proposal, form: Form) -> int:
    """How many characters are read for an answer, at most."""
    length = len(proposal.title) + len(proposal.abstract)
    if Part.INVARIANCE in form.parts:
        length *= _OF_A_RECEIPT
    if Part.SENTENCES in form.parts:
        sentences = proposal.abstract.count(". ") + 1
        length *= min(sentences, MOST_OCCLUDED) + 2
    return length


async def answer_in_turn(
    request: Request,
    service: Service,
    proposal: Proposal,
    policy: Policy | None,
    form: Form,
    *,
    until: float,
    admitted: bool = False,
) -> dict[str, Any]:
    """The answer of a request, when its turn comes. Raises what `Inference.run` raises."""
    return await service.inference.run(
        lambda: answer(service, proposal, policy, form),
        characters=cost(proposal, form),
        until=until,
        gone=lambda: until_gone(request),
        admitted=admitted,
    )


def deadline(request: Request, service: Service) -> float:
    """Until when a request is answered, from its coming on (monotonic)."""
    since: float = request.state.since
    return since + service.settings.deadline


async def until_gone(request: Request) -> None:
    """Ends when the client does not wait any more. The body must have been read."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
