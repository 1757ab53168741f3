"""An assessment as one row of plain values, for portals that map fields, spreadsheets and REDCap.

Every assessment has the same columns in the same order, also where the model abstained, and so has
a row that could not be assessed. Names keep to REDCap's rule for variables: lower-case letters,
digits and single underscores, a letter first.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from safezone.assessment.serialise import to_dict
from safezone.assessment.types import Assessment
from safezone.policy.decide import CollaborationMode, ReasonCode, Signal
from safezone.taxonomy import load_taxonomy

FlatValue = str | float | int | bool | None

_AREAS = 3
_INPUT = {
    "language": "The language the text is taken for, as an ISO 639 code.",
    "characters": "Characters of title and abstract.",
    "words": "Words of title and abstract.",
    "parts": "Parts the text was read in; 0 where the model did not read it.",
}
_PROVENANCE = {
    "model": "Version of the model.",
    "taxonomy": "Version of the axes, levels and areas.",
    "lists": "Version of the ways from areas and phrases to public lists.",
    "text": "Version of the rules that clean a text before it is read.",
    "calibration": "Version of what makes the model's scores probabilities.",
    "coverage": "How often a set of levels holds the right one, 0 to 1.",
    "policy": "The policy that computed the signal, with its version.",
    "encoder": "The encoder of the model.",
    "weights_sha256": "SHA-256 of the encoder's weights.",
    "arithmetic": "What the encoder computed in.",
}


def _any(values: Iterator[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _meanings() -> Iterator[tuple[str, str]]:
    yield "id", "The caller's own id, as it was sent."
    yield "abstained", "Whether the model had nothing to say; a person is then asked."
    yield "signal", f"The triage signal for a person, never a verdict: {_any(iter(Signal))}."
    yield "mode", f"How partners may work together: {_any(iter(CollaborationMode))}."
    yield "reason_codes", f"Why a person is asked, joined by ';': {_any(iter(ReasonCode))}."
    yield "reasons", "The same in sentences."
    yield "safeguards", "Names of practices that lower the risks found, joined by '; '."
    for axis in load_taxonomy().axes:
        yield axis.id, f"{axis.name}, the median level: {_any(iter(axis.level_ids))}."
        for level in axis.level_ids:
            yield f"{axis.id}_p_{level}", f"{axis.name}: probability of '{level}', 0 to 1."
        yield f"{axis.id}_set", f"{axis.name}: the levels that cannot be excluded, joined by ';'."
    for place in range(1, _AREAS + 1):
        yield f"area_{place}", f"Research area number {place}, the most probable first."
        yield f"area_{place}_probability", f"Probability of area number {place}, 0 to 1."
    yield (
        "list_pointers",
        "Entries of public lists that may be worth looking at, as 'list: entry' joined by '; '; "
        "never a finding.",
    )
    yield from _INPUT.items()
    yield from _PROVENANCE.items()
    yield "problem", "Why the row could not be assessed, a stable code; empty where it was."
    yield "problem_detail", "The same in a sentence."


# What each column means, in the order of the columns.
FLAT_MEANINGS: Mapping[str, str] = dict(_meanings())
FLAT_COLUMNS = tuple(FLAT_MEANINGS)


def flat(assessment: Assessment | Mapping[str, Any]) -> dict[str, FlatValue]:
    """The values of FLAT_COLUMNS, in their order; None where there is nothing to say.

    Takes an assessment or what `to_dict` made of it, with or without `evidence` and `precedents`.
    """
    plain = to_dict(assessment) if isinstance(assessment, Assessment) else assessment
    route = plain["route"]
    return _row(
        {
            "id": plain["id"],
            "abstained": plain["abstained"],
            "signal": route["signal"],
            "mode": route["mode"],
            "reason_codes": ";".join(reason["code"] for reason in route["reasons"]),
            "reasons": " ".join(reason["message"] for reason in route["reasons"]),
            "safeguards": "; ".join(safeguard["name"] for safeguard in route["safeguards"]),
            **_axes(plain),
            **_areas(plain["areas"]),
            "list_pointers": "; ".join(
                f"{pointer['list']}: {pointer['name']}" for pointer in plain["list_pointers"]
            ),
            **{name: plain["input"][name] for name in _INPUT},
            **{name: plain["provenance"][name] for name in _PROVENANCE},
        }
    )


def flat_problem(row_id: str | None, code: str, detail: str) -> dict[str, FlatValue]:
    """The same columns for a row that is no proposal: all None but the id and the problem."""
    return _row({"id": row_id, "problem": code, "problem_detail": detail})


def _row(values: Mapping[str, FlatValue]) -> dict[str, FlatValue]:
    return {name: values.get(name) for name in FLAT_COLUMNS}


def _axes(plain: Mapping[str, Any]) -> dict[str, FlatValue]:
    found: dict[str, FlatValue] = {}
    for axis in load_taxonomy().axes:
        result = plain[axis.id]
        found[axis.id] = result["level"]
        for level, probability in (result["probabilities"] or {}).items():
            found[f"{axis.id}_p_{level}"] = probability
        found[f"{axis.id}_set"] = ";".join(result["set"])
    return found


def _areas(areas: Sequence[Mapping[str, Any]]) -> dict[str, FlatValue]:
    found: dict[str, FlatValue] = {}
    for place, area in enumerate(areas[:_AREAS], 1):
        found[f"area_{place}"] = area["slug"]
        found[f"area_{place}_probability"] = area["probability"]
    return found
