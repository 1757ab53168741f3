"""Evidence: it adds up to the very probabilities answered, and points into the text as sent."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from safezone.assessment import Assessment, Assessor, AxisEvidence, Proposal
from safezone.assessment.evidence import axis_evidence
from safezone.corpus.records import Record
from safezone.model.predictor import Explanation, SentenceReadings
from safezone.taxonomy import Taxonomy
from safezone.text.cleaner import clean
from safezone.text.prepare import Sentence, prepare
from sample_texts import ENGLISH

SENTENCES = (
    "We will build a cold-atom gravimeter and fly it over a glacier.",
    "  All data will be published openly, with the code that made them.\n",
    "The <b>laser</b> is calibrated against an absolute reference in Norway &amp; Peru.",
    "A radar maps what lies below; we compare it with cores.",
    "The ﬁrst s\N{CYRILLIC SMALL LETTER IE}nsor was tested at sea by Dr. Ada Smith in 2019.",
    "Hospital records of patients are linked with genomes.",
)


@pytest.fixture(scope="module")
def abstracts(fixture_records: list[Record]) -> list[str]:
    return [record.abstract for record in fixture_records[::8]]


def _axes(assessment: Assessment, taxonomy: Taxonomy) -> list[tuple[str, AxisEvidence]]:
    assert list(assessment.evidence) == [axis.id for axis in taxonomy.axes]
    return list(assessment.evidence.items())


def _check_sums(assessment: Assessment, taxonomy: Taxonomy) -> None:
    for axis in taxonomy.axes:
        evidence, result = assessment.evidence[axis.id], getattr(assessment, axis.id)
        total = evidence.baseline + sum(of.contribution for of in evidence.sentences)
        assert total == pytest.approx(evidence.log_odds, abs=1e-9)
        reached = axis.level_ids[axis.level_ids.index(evidence.at_least) :]
        probability = sum(result.probabilities[level] for level in reached)
        assert expit(evidence.log_odds) == pytest.approx(probability, abs=1e-9)
        lowest, next_level = axis.level_ids[:2]
        assert evidence.at_least == (next_level if result.level == lowest else result.level)


@settings(max_examples=30)
@given(data=st.data())
def test_contributions_add_up_to_the_log_odds_of_the_probability_answered(
    debug_assessor: Assessor, taxonomy: Taxonomy, abstracts: list[str], data: st.DataObject
) -> None:
    """For every axis, of any text that is answered at all."""
    abstract = data.draw(st.sampled_from(abstracts))
    added = data.draw(st.lists(st.sampled_from([*SENTENCES, *abstracts]), max_size=6))
    title = data.draw(st.sampled_from(["", "Ice", "A radar. And a laser!"]))
    [assessment] = debug_assessor.assess([Proposal(" ".join([abstract, *added]), title)])
    if assessment.abstained:
        assert assessment.evidence == {}
    else:
        _check_sums(assessment, taxonomy)


def test_every_level_of_an_axis_is_explained(
    debug_assessor: Assessor, taxonomy: Taxonomy, fixture_records: list[Record]
) -> None:
    assessments = debug_assessor.assess(
        [Proposal(record.abstract, record.title) for record in fixture_records]
    )
    answered = set()
    for assessment in assessments:
        assert not assessment.abstained
        _check_sums(assessment, taxonomy)
        answered |= {(axis.id, getattr(assessment, axis.id).level) for axis in taxonomy.axes}
    assert {(axis.id, level) for axis in taxonomy.axes for level in axis.level_ids} == answered


@settings(max_examples=20)
@given(data=st.data())
def test_offsets_slice_the_text_as_sent_to_the_sentence_that_was_read(
    debug_assessor: Assessor, taxonomy: Taxonomy, data: st.DataObject
) -> None:
    sentences = data.draw(st.permutations(SENTENCES))
    texts = {"title": " A laser for ice\u200b?", "abstract": f"\n{ENGLISH} {' '.join(sentences)}"}
    [assessment] = debug_assessor.assess([Proposal(texts["abstract"], texts["title"])])
    read = prepare(texts["title"], texts["abstract"]).sentences
    for _, evidence in _axes(assessment, taxonomy):
        assert len(evidence.sentences) == len(read) >= 10
        for part, sentence in zip(evidence.sentences, read, strict=True):
            quoted = texts[part.field][part.start : part.end]
            assert (part.field, quoted) == (sentence.field, quoted.strip("\n "))
            # What was neutralised in it reads otherwise; the rest is the sentence itself.
            if not {"somewhere", "someone"} & set(sentence.text.split()):
                assert clean(quoted).text == sentence.text
    quotes = {texts[of.field][of.start : of.end] for of in assessment.evidence["benefit"].sentences}
    assert quotes >= {"A laser for ice\u200b?", *(text.strip() for text in SENTENCES)}


def test_evidence_does_not_depend_on_what_else_is_assessed(
    debug_assessor: Assessor, taxonomy: Taxonomy, abstracts: list[str]
) -> None:
    proposals = [Proposal(abstract) for abstract in abstracts]
    together = debug_assessor.assess(proposals)
    backwards = debug_assessor.assess(proposals[::-1])[::-1]
    for proposal, one, two in zip(proposals, together, backwards, strict=True):
        [alone] = debug_assessor.assess([proposal])
        for axis, evidence in _axes(alone, taxonomy):
            for other in (one.evidence[axis], two.evidence[axis]):
                assert other.at_least == evidence.at_least
                assert [(of.start, of.end) for of in other.sentences] == [
                    (of.start, of.end) for of in evidence.sentences
                ]
                assert [of.contribution for of in other.sentences] == pytest.approx(
                    [of.contribution for of in evidence.sentences], abs=1e-6
                )


def test_sentences_speak_for_and_against(
    debug_assessor: Assessor, taxonomy: Taxonomy, abstracts: list[str]
) -> None:
    for assessment in debug_assessor.assess([Proposal(abstract) for abstract in abstracts]):
        for _, evidence in _axes(assessment, taxonomy):
            assert any(of.contribution != 0 for of in evidence.sentences)
            assert len({of.contribution for of in evidence.sentences}) > 1


@pytest.mark.parametrize(
    "abstract",
    ["Too short.", "1234 5678 " * 200, "Wir messen das Eis und den Boden. " * 20],
)
def test_where_the_model_abstains_there_is_none(debug_assessor: Assessor, abstract: str) -> None:
    [assessment] = debug_assessor.assess([Proposal(abstract)])
    assert assessment.abstained
    assert assessment.evidence == {}


READ = (Sentence("title", "Ice", 0, 3), Sentence("abstract", "We drill.", 2, 11))
# Two axes of two thresholds; on the second the upper threshold is the more probable one.
EXPLANATION = Explanation(
    log_odds=np.array([1.0, -1.0, 0.5, 2.0]),
    baseline=np.array([0.5, -2.0, 0.25, 1.0]),
    contributions=np.array([[0.3, 0.6, 0.125, 0.75], [0.2, 0.4, 0.125, 0.25]]),
)


@pytest.mark.parametrize(
    ("thresholds", "level", "at_least", "log_odds", "baseline", "contributions"),
    [
        (slice(0, 2), 0, 1, 1.0, 0.5, [0.3, 0.2]),
        (slice(0, 2), 1, 1, 1.0, 0.5, [0.3, 0.2]),
        (slice(0, 2), 2, 2, -1.0, -2.0, [0.6, 0.4]),
        (slice(2, 4), 1, 1, 0.5, 0.25, [0.125, 0.125]),
        # Its probability is lowered to that of the threshold below, which is what is explained.
        (slice(2, 4), 2, 2, 0.5, 0.25, [0.125, 0.125]),
    ],
)
def test_the_threshold_that_decides_is_the_one_explained(
    taxonomy: Taxonomy,
    thresholds: slice,
    level: int,
    at_least: int,
    log_odds: float,
    baseline: float,
    contributions: list[float],
) -> None:
    axis = taxonomy.axes[0]
    found = axis_evidence(axis, level, EXPLANATION, thresholds, READ)
    assert found.at_least == axis.level_ids[at_least]
    assert (found.log_odds, found.baseline) == (log_odds, baseline)
    assert [of.contribution for of in found.sentences] == contributions
    assert [(of.field, of.start, of.end) for of in found.sentences] == [
        ("title", 0, 3),
        ("abstract", 2, 11),
    ]
    assert [(of.alone, of.occlusion) for of in found.sentences] == [(None, None)] * 2


def test_readings_are_those_of_the_threshold_explained(taxonomy: Taxonomy) -> None:
    """The second sentence is none of those left out."""
    falls = np.array([[0.1, 0.2, 0.3, 0.4], [np.nan] * 4])
    readings = SentenceReadings(np.arange(8.0).reshape(2, 4), falls)
    found = axis_evidence(taxonomy.axes[0], 2, EXPLANATION, slice(0, 2), READ, readings)
    assert [(of.alone, of.occlusion) for of in found.sentences] == [(1.0, 0.2), (5.0, None)]


def test_readings_are_there_where_they_are_asked_for(
    debug_assessor: Assessor, taxonomy: Taxonomy, abstracts: list[str]
) -> None:
    proposal = Proposal(abstracts[0])
    [silent], [asked] = (
        debug_assessor.assess([proposal], explain=explain) for explain in (False, True)
    )
    for (axis, without), (_, evidence) in zip(
        _axes(silent, taxonomy), _axes(asked, taxonomy), strict=True
    ):
        assert {(of.alone, of.occlusion) for of in without.sentences} == {(None, None)}
        assert [of.contribution for of in evidence.sentences] == [
            of.contribution for of in without.sentences
        ]
        first = evidence.sentences[0]
        [shorter] = debug_assessor.assess([Proposal(abstracts[0][first.end :])])
        if shorter.evidence[axis].at_least == evidence.at_least:
            assert first.occlusion == pytest.approx(
                evidence.log_odds - shorter.evidence[axis].log_odds, abs=1e-6
            )
