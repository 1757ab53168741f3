"""Two framings of a project: the change adds up, points into both texts, and is warned of."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safezone.assessment import Assessor, Proposal
from safezone.assessment.axis_comparison import AxisComparison
from safezone.assessment.comparison import NOTICE, Comparison, compare
from safezone.assessment.reading import Answer, Reading
from safezone.assessment.serialise import to_dict
from safezone.corpus.records import Record
from safezone.policy.decide import Signal
from safezone.policy.library import find_policy
from safezone.taxonomy import Taxonomy
from sample_texts import ENGLISH

SENTENCES = (
    "We will develop an infrared detector and its readout chip for a telescope.",
    "We use spectra that stand in the observatory's public archive.",
    "Dr. Ada Smith of the University of Toronto leads the work in Peru.",
    "All data will be published openly, with the code that made them.",
    "Hospital records of patients are linked with genomes.",
    "A radar maps what lies below; we compare it with cores.",
)
AXES = ("sensitivity", "instrumentation", "data_use", "benefit")


@pytest.fixture(scope="module")
def proposals(fixture_records: list[Record]) -> list[Proposal]:
    return [Proposal(record.abstract, record.title) for record in fixture_records]


@pytest.fixture(scope="module")
def harmless(debug_assessor: Assessor, proposals: list[Proposal]) -> Proposal:
    return _first(debug_assessor, proposals, "safe", "low", Signal.NO_FLAG)


@pytest.fixture(scope="module")
def serious(debug_assessor: Assessor, proposals: list[Proposal]) -> Proposal:
    return _first(debug_assessor, proposals, "sensitive", "high", Signal.HUMAN_REVIEW)


def _first(
    assessor: Assessor, proposals: list[Proposal], topic: str, tools: str, signal: Signal
) -> Proposal:
    return next(
        proposal
        for proposal, found in zip(proposals, assessor.assess(proposals), strict=True)
        if (found.sensitivity.level, found.instrumentation.level, found.route.signal)
        == (topic, tools, signal)
    )


def _axes(comparison: Comparison) -> list[AxisComparison]:
    axes = [getattr(comparison, axis) for axis in AXES]
    assert None not in axes
    return axes


@settings(max_examples=30)
@given(data=st.data())
def test_the_parts_of_the_sentences_sum_to_the_change_of_the_log_odds(
    debug_assessor: Assessor, proposals: list[Proposal], data: st.DataObject
) -> None:
    texts = []
    for _ in range(2):
        parts = data.draw(st.lists(st.sampled_from(SENTENCES), max_size=8))
        base = data.draw(st.sampled_from(proposals[::9]))
        abstract = " ".join([*parts, base.abstract])
        texts.append(Proposal(abstract, data.draw(st.sampled_from(["", *SENTENCES[:2]]))))
    before, after = texts
    comparison = compare(debug_assessor, before, after)
    if comparison.not_compared:
        return
    for axis in _axes(comparison):
        total = sum(one.change for one in axis.sentences)
        assert total == pytest.approx(axis.log_odds.change, abs=1e-9)
        by_status = axis.removed + axis.added + axis.kept
        assert by_status == pytest.approx(axis.log_odds.change, abs=1e-9)
        for change in (axis.log_odds, *axis.probabilities.values()):
            assert change.change == change.after - change.before
        for side in ("before", "after"):
            numbers = [getattr(one, side) for one in axis.sentences]
            shown = {(one.field, one.start, one.end) for one in numbers if one}
            assert len(shown) == sum(one is not None for one in numbers)


def test_both_sides_are_the_assessments_without_their_long_parts(
    debug_assessor: Assessor, harmless: Proposal, serious: Proposal
) -> None:
    policy = find_policy("precautionary")
    comparison = compare(debug_assessor, harmless, serious, policy)
    whole = debug_assessor.assess([harmless, serious], policy=policy)
    for short, one in zip((comparison.before, comparison.after), whole, strict=True):
        assert replace(one, evidence={}, precedents=(), list_pointers=()) == short
        assert short.provenance.policy == policy.reference
    for axis_id in AXES:
        axis = getattr(comparison, axis_id)
        one, two = (getattr(assessment, axis_id) for assessment in whole)
        assert (axis.level_before, axis.level_after) == (one.level, two.level)
        for level, change in axis.probabilities.items():
            assert change.before == one.probabilities[level]
            assert change.after == two.probabilities[level]


def test_what_is_explained_is_that_of_the_text_with_the_higher_level(
    debug_assessor: Assessor, taxonomy: Taxonomy, harmless: Proposal, serious: Proposal
) -> None:
    [whole] = debug_assessor.assess([serious])
    for comparison, side in (
        (compare(debug_assessor, serious, harmless), "before"),
        (compare(debug_assessor, harmless, serious), "after"),
    ):
        for axis_id in ("sensitivity", "instrumentation"):
            axis, evidence = getattr(comparison, axis_id), whole.evidence[axis_id]
            assert axis.at_least == evidence.at_least == taxonomy.axis(axis_id).level_ids[2]
            assert getattr(axis.log_odds, side) == pytest.approx(evidence.log_odds, abs=1e-6)
            found = {
                (one.field, one.start, one.end): one.contribution
                for change in axis.sentences
                if (one := getattr(change, side))
            }
            for sentence in evidence.sentences:
                place = (sentence.field, sentence.start, sentence.end)
                assert found[place] == pytest.approx(sentence.contribution, abs=1e-6)


def test_where_both_are_at_the_lowest_level_the_one_above_is_explained(
    debug_assessor: Assessor, harmless: Proposal
) -> None:
    comparison = compare(debug_assessor, harmless, harmless)
    assert comparison.sensitivity
    assert comparison.sensitivity.at_least == "boundary"
    assert comparison.sensitivity.summary == (
        "Topic sensitivity stays 'safe'; the log-odds of 'boundary' or higher move by +0.00."
    )


def test_sentences_are_removed_added_or_in_both_wherever_they_stand(
    debug_assessor: Assessor,
) -> None:
    tools, archive, _, data, *_ = SENTENCES
    before = Proposal(f"{tools} {ENGLISH} {data}", "Old ice")
    after = Proposal(f"{data}\n {archive} {ENGLISH}", "Old ice")
    comparison = compare(debug_assessor, before, after)
    for axis in _axes(comparison):
        removed, added, kept = (
            [one for one in axis.sentences if one.status == status]
            for status in ("removed", "added", "kept")
        )
        assert len(kept) == len(axis.sentences) - 2 >= 5
        [old], [new] = removed, added
        assert old.before
        assert old.after is None
        assert before.abstract[old.before.start : old.before.end] == tools
        assert new.after
        assert new.before is None
        assert after.abstract[new.after.start : new.after.end] == archive
        for one in kept:
            assert one.before
            assert one.after
            first = getattr(before, one.before.field)[one.before.start : one.before.end]
            assert first == getattr(after, one.after.field)[one.after.start : one.after.end]
        sizes = [abs(one.change) for one in axis.sentences]
        assert sizes == sorted(sizes, reverse=True)


def test_a_sentence_that_stands_twice_is_matched_twice(debug_assessor: Assessor) -> None:
    data = SENTENCES[3]
    before = Proposal(f"{data} {ENGLISH} {data}")
    for number, abstract in ((1, f"{data} {ENGLISH}"), (0, f"{data} {data} {ENGLISH}")):
        for axis in _axes(compare(debug_assessor, before, Proposal(abstract))):
            statuses = [one.status for one in axis.sentences]
            assert statuses.count("removed") == number
            assert "added" not in statuses


def test_other_names_in_a_sentence_leave_it_the_same(debug_assessor: Assessor) -> None:
    lead = "Dr. {} of the University of {} leads the work in {}."
    before, after = (
        Proposal(f"{ENGLISH} {lead.format(*names)}")
        for names in (("Ada Smith", "Toronto", "Peru"), ("Wei Zhang", "Tokyo", "the Netherlands"))
    )
    comparison = compare(debug_assessor, before, after)
    assert comparison.sentences_kept == 1
    for axis in _axes(comparison):
        assert axis.log_odds.change == 0
        assert {one.status for one in axis.sentences} == {"kept"}


def test_the_same_text_twice_changes_nothing(debug_assessor: Assessor, serious: Proposal) -> None:
    comparison = compare(debug_assessor, serious, serious)
    assert comparison.similarity == pytest.approx(1, abs=1e-6)
    assert (comparison.sentences_kept, comparison.same_meaning) == (1, True)
    assert (comparison.falls, comparison.warning) == ((), None)
    assert comparison.notice == NOTICE
    assert NOTICE.startswith("Framing changes are visible to funders")
    for axis in _axes(comparison):
        assert axis.log_odds.change == 0
        assert {one.change for one in axis.sentences} == {0.0}


def test_another_project_may_score_lower_without_a_warning(
    debug_assessor: Assessor, harmless: Proposal, serious: Proposal
) -> None:
    comparison = compare(debug_assessor, serious, harmless)
    assert comparison.falls[:2] == ("sensitivity", "instrumentation")
    assert comparison.falls[-1] == "route"
    assert comparison.same_meaning is False
    assert comparison.similarity is not None
    assert comparison.similarity < 0.8
    assert comparison.warning is None


def _answered(
    monkeypatch: pytest.MonkeyPatch, assessor: Assessor, first: Proposal, second: Proposal
) -> None:
    """Lets every two texts be answered as these, though they are read as one project."""
    one, two = assessor.read([first, second])
    assert isinstance(one.answer, Answer)
    assert isinstance(two.answer, Answer)
    two = replace(two, answer=replace(two.answer, vector=one.answer.vector))

    def read(_: Assessor, proposals: list[Proposal]) -> list[Reading]:
        return [one, two]

    monkeypatch.setattr(Assessor, "read", read)


def test_a_lower_score_of_what_reads_as_one_project_is_warned_of(
    debug_assessor: Assessor,
    harmless: Proposal,
    serious: Proposal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _answered(monkeypatch, debug_assessor, serious, harmless)
    comparison = compare(debug_assessor, serious, harmless)
    assert comparison.same_meaning is True
    assert comparison.warning
    for words in (
        "these read lower: Topic sensitivity, Instrumentation risk",
        "a person is no longer asked",
        "similarity 1.00, 0% of the sentences kept",
        "Funders can see",
        "say plainly what is no longer done",
    ):
        assert words in comparison.warning


def test_a_higher_score_is_not_warned_of(
    debug_assessor: Assessor,
    harmless: Proposal,
    serious: Proposal,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _answered(monkeypatch, debug_assessor, harmless, serious)
    comparison = compare(debug_assessor, harmless, serious)
    assert comparison.same_meaning is True
    assert (comparison.falls, comparison.warning) == ((), None)


@pytest.mark.parametrize(("fall", "falls"), [(0.25, ("sensitivity",)), (0.15, ())])
def test_a_large_fall_of_the_top_level_counts_where_the_level_stays(
    debug_assessor: Assessor,
    serious: Proposal,
    monkeypatch: pytest.MonkeyPatch,
    fall: float,
    falls: tuple[str, ...],
) -> None:
    [reading] = debug_assessor.read([serious])
    assert isinstance(reading.answer, Answer)
    found = reading.answer.findings["sensitivity"]
    sides = []
    for top in (0.9, 0.9 - fall):
        numbers = dict(zip(found.probabilities, (0.0, 1 - top, top), strict=True))
        findings = {**reading.answer.findings, "sensitivity": replace(found, probabilities=numbers)}
        sides.append(replace(reading, answer=replace(reading.answer, findings=findings)))
    monkeypatch.setattr(Assessor, "read", lambda self, proposals: sides)
    comparison = compare(debug_assessor, serious, serious)
    assert comparison.falls == falls
    assert bool(comparison.warning) == bool(falls)


def test_half_of_the_sentences_make_it_one_project_however_far_the_vectors(
    debug_assessor: Assessor, serious: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = debug_assessor.read([serious, serious])
    assert isinstance(two.answer, Answer)
    far = replace(two, answer=replace(two.answer, vector=np.zeros_like(two.answer.vector)))
    monkeypatch.setattr(Assessor, "read", lambda self, proposals: [one, far])
    comparison = compare(debug_assessor, serious, serious)
    assert (comparison.similarity, comparison.same_meaning) == (0, True)


def test_the_summary_names_the_sentence_that_did_most(
    debug_assessor: Assessor, harmless: Proposal, serious: Proposal
) -> None:
    comparison = compare(debug_assessor, serious, harmless)
    assert comparison.instrumentation
    axis = comparison.instrumentation
    most = next(one for one in axis.sentences if one.change < 0)
    place = most.after or most.before
    assert place
    assert axis.summary.startswith("Instrumentation risk goes from 'high' to 'low'. The largest")
    assert f"{place.field} of the text" in axis.summary
    assert f"characters {place.start} to {place.end}" in axis.summary


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ("Too short.", "has 2 words"),
        ("Wir messen das Eis und den Boden. " * 20, "another language"),
    ],
)
def test_where_the_model_abstains_on_a_side_the_axes_are_null_and_it_says_why(
    debug_assessor: Assessor, other: str, why: str
) -> None:
    for texts, side in (
        ((Proposal(other), Proposal(ENGLISH)), "before"),
        ((Proposal(ENGLISH), Proposal(other)), "after"),
    ):
        comparison = compare(debug_assessor, *texts)
        assert getattr(comparison, side).abstained
        assert comparison.not_compared
        assert comparison.not_compared.startswith(f"The model says nothing of the text {side}: ")
        assert why in comparison.not_compared
        assert [getattr(comparison, axis) for axis in AXES] == [None] * 4
        assert (comparison.similarity, comparison.same_meaning) == (None, None)
        assert (comparison.falls, comparison.warning) == ((), None)
        assert comparison.notice == NOTICE
    both = compare(debug_assessor, Proposal("Too short."), Proposal(other))
    assert both.not_compared
    assert both.not_compared.count("The model says nothing") == 2


def test_it_is_plain_data_and_repeats_nothing_of_the_texts(
    debug_assessor: Assessor, harmless: Proposal, serious: Proposal
) -> None:
    plain = to_dict(compare(debug_assessor, serious, harmless))
    shown = json.dumps(plain, allow_nan=False)
    assert json.loads(shown) == plain
    for proposal in (serious, harmless):
        words = proposal.abstract.split()
        assert not [i for i in range(len(words) - 4) if " ".join(words[i : i + 5]) in shown]
