"""The receipt: whoever is named, it says what moved, and that nothing did where nothing did."""

import json
import re
from dataclasses import replace
from hashlib import sha256

import pytest

from safezone.assessment import Assessor, Proposal
from safezone.assessment.reading import Reading
from safezone.assessment.receipt import MOST_READINGS, SwapReceipt, identity_swap_receipt
from safezone.assessment.serialise import to_dict
from safezone.corpus.records import Record
from safezone.policy.decide import Signal
from safezone.policy.library import find_policy
from safezone.text.identities import Identity
from sample_texts import ENGLISH

NAMED = Proposal(
    f"Dr. Ada Smith of the University of Toronto leads a team in Peru. {ENGLISH}",
    "Soil in Peru and Kenya",
)
# A name that the neutraliser does not know.
UNKNOWN = "the Naval Postgraduate School"

# A name that the neutraliser does not know.
UNKNOWN = "the Naval Postgraduate School"

SERIOUS = " ".join(
    [
        "We will design, fabricate and test a scramjet combustor and a missile seeker with an",
        "infrared detector chip for a hypersonic weapon, and deliver the prototype to the sponsor",
        "under export control. Classified flight data of the vehicle and of its radar are used.",
        "The warhead and the guidance are developed and demonstrated on a military test range.",
    ]
)


def _checks(receipt: SwapReceipt) -> dict[tuple[str, str], tuple[int, int]]:
    return {(check.kind, check.where): (check.swaps, check.differing) for check in receipt.checks}


@pytest.fixture
def blind_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes the neutraliser away."""

    def nothing(_: str) -> list[Identity]:
        return []

    monkeypatch.setattr("safezone.text.prepare.find_identities", nothing)


@pytest.fixture
def only_unknown_institutions(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = ("the University of Oxford", UNKNOWN)
    monkeypatch.setattr("safezone.swaps.institutions.institutions", lambda: listed)


def test_every_kind_named_in_the_text_is_exchanged_there_and_in_an_added_sentence(
    debug_assessor: Assessor,
) -> None:
    receipt = identity_swap_receipt(debug_assessor, NAMED, draws=6)
    kinds = ("countries", "institutions", "people")
    assert list(_checks(receipt)) == [
        (kind, where) for where in ("in_text", "added") for kind in kinds
    ]
    assert {swaps for swaps, _ in _checks(receipt).values()} == {6}
    assert receipt.swaps == 36


def test_a_text_that_names_nobody_is_tried_by_added_sentences_alone(
    debug_assessor: Assessor,
) -> None:
    receipt = identity_swap_receipt(debug_assessor, Proposal(ENGLISH))
    swaps = {place: number for place, (number, _) in _checks(receipt).items()}
    assert [swaps[kind, "in_text"] for kind in ("countries", "institutions", "people")] == [0] * 3
    assert receipt.swaps == sum(swaps.values()) >= 36


def test_versions_in_the_same_words_are_not_read(
    debug_assessor: Assessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    whole = Assessor.read

    def counted(self: Assessor, proposals: list[Proposal]) -> list[Reading]:
        read.append(len(proposals))
        return whole(self, proposals)

    monkeypatch.setattr(Assessor, "read", counted)
    listed = ("the University of Oxford", "the University of Tokyo", "Kyoto University")
    monkeypatch.setattr("safezone.swaps.institutions.institutions", lambda: listed)
    receipt = identity_swap_receipt(debug_assessor, NAMED)
    assert sum(read) == receipt.texts_read == receipt.differing == receipt.compared == 0
    assert (receipt.largest_shift, receipt.largest_area_shift) == (0.0, 0.0)
    assert (receipt.level_changes, receipt.signal_changes) == (0, 0)
    assert receipt.statement.startswith("Exchanging who is named did not change the answer. 72 ")
    assert "All of them reach the model in the same words" in receipt.statement


def test_an_institution_that_the_neutraliser_does_not_know_shows(
    debug_assessor: Assessor, only_unknown_institutions: None
) -> None:
    receipts = [
        identity_swap_receipt(debug_assessor, Proposal(f"{ENGLISH} Part {number}."))
        for number in range(6)
    ]
    for receipt in receipts:
        *_, institutions, _ = receipt.checks
        assert (institutions.kind, institutions.where) == ("institutions", "added")
        assert institutions.compared == institutions.differing > 0
        assert receipt.largest_shift >= institutions.largest_shift > 0
        assert receipt.largest_area_shift > 0
        assert receipt.texts_read >= 2
        assert "in a sentence that was added moved the probability" in receipt.statement
        assert f"up to {receipt.largest_shift:.4f} and of an area" in receipt.statement


def test_without_the_neutraliser_everything_shows_and_reading_is_bounded(
    debug_assessor: Assessor, blind_to_nothing: None
) -> None:
    receipt = identity_swap_receipt(debug_assessor, NAMED)
    assert receipt.differing > 60
    assert 0 < receipt.compared < receipt.differing
    assert receipt.texts_read == MOST_READINGS
    assert all(check.compared and check.largest_shift > 0 for check in receipt.checks)
    assert receipt.largest_shift == max(check.largest_shift for check in receipt.checks)
    assert receipt.statement.startswith("Exchanging who is named moved the probability of a level")
    assert f"of which {receipt.compared} were compared" in receipt.statement


def test_changed_levels_and_signals_are_counted_and_said(
    debug_assessor: Assessor,
    fixture_records: list[Record],
    blind_to_nothing: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The model here answers for whoever is called 'Smith' with another text."""
    texts = [Proposal(record.abstract, record.title) for record in fixture_records]
    answered = list(zip(debug_assessor.assess(texts), debug_assessor.read(texts), strict=True))
    one, harmless = next(pair for pair in answered if pair[0].route.signal == Signal.NO_FLAG)
    two, serious = next(pair for pair in answered if pair[0].sensitivity.level == "sensitive")

    def biased(_: Assessor, proposals: list[Proposal]) -> list[Reading]:
        return [serious if "Ada Smith" in text.abstract else harmless for text in proposals]

    monkeypatch.setattr(Assessor, "read", biased)
    levels = sum(
        getattr(one, axis.id).level != getattr(two, axis.id).level
        for axis in debug_assessor.taxonomy.axes
    )
    assert levels > 0
    assert one.route.signal != two.route.signal
    receipt = identity_swap_receipt(debug_assessor, NAMED, draws=2)
    [people] = [c for c in receipt.checks if (c.kind, c.where) == ("people", "in_text")]
    assert people.compared == people.signal_changes > 0
    assert people.level_changes == people.compared * levels
    assert receipt.signal_changes == people.signal_changes
    assert f"it changed {receipt.level_changes} level" in receipt.statement


def test_the_same_text_gives_the_same_receipt_and_another_text_other_draws(
    debug_assessor: Assessor, blind_to_nothing: None
) -> None:
    receipt = identity_swap_receipt(debug_assessor, NAMED, draws=3)
    assert receipt == identity_swap_receipt(debug_assessor, NAMED, draws=3)
    other = identity_swap_receipt(debug_assessor, replace(NAMED, title="Soil in Peru"), draws=3)
    assert other.text_sha256 != receipt.text_sha256
    assert other.largest_shift != receipt.largest_shift


def test_it_names_the_text_the_model_and_the_policy_in_use(debug_assessor: Assessor) -> None:
    policy = find_policy("precautionary")
    receipt = identity_swap_receipt(debug_assessor, NAMED, policy, draws=1)
    assert receipt.provenance == replace(debug_assessor.provenance, policy=policy.reference)
    for named in (receipt.provenance.model, policy.reference, "cities, acronyms, pronouns"):
        assert named in receipt.statement
    text = f"{NAMED.title}\n{NAMED.abstract}"
    assert receipt.text_sha256 == sha256(text.encode()).hexdigest()


def test_it_repeats_nothing_of_the_text(
    debug_assessor: Assessor, fixture_records: list[Record]
) -> None:
    for record in fixture_records[:6]:
        receipt = identity_swap_receipt(debug_assessor, Proposal(record.abstract, record.title))
        shown = json.dumps(to_dict(receipt))
        words = re.findall(r"\w+", record.abstract)
        assert not [
            words[i : i + 4] for i in range(len(words) - 3) if " ".join(words[i : i + 4]) in shown
        ]


@pytest.mark.parametrize("abstract", ["Too short.", "Wir messen das Eis und den Boden. " * 20])
def test_a_text_on_which_the_model_abstains_has_a_receipt_too(
    debug_assessor: Assessor, abstract: str
) -> None:
    receipt = identity_swap_receipt(debug_assessor, Proposal(abstract))
    assert receipt.largest_shift == 0
    assert (receipt.level_changes, receipt.signal_changes) == (0, 0)


def test_a_text_as_long_as_can_be_has_no_room_for_a_sentence(debug_assessor: Assessor) -> None:
    longest = (ENGLISH * 200)[:20_000]
    receipt = identity_swap_receipt(debug_assessor, Proposal(longest), draws=2)
    assert receipt.swaps == receipt.differing == 0


def test_it_is_plain_data(debug_assessor: Assessor) -> None:
    plain = to_dict(identity_swap_receipt(debug_assessor, NAMED, draws=2))
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["checks"][0]["kind"] == "countries"
