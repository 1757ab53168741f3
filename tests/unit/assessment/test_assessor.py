"""The assessor, with a model trained on the debug encoder."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safezone.assessment import Assessment, Assessor, Proposal
from safezone.assessment.serialise import to_dict
from safezone.bootstrap import read_bundle
from safezone.config import read_settings
from safezone.corpus.records import Record
from safezone.model.encoders.debug import DebugEncoder
from safezone.model.predictor import Model
from safezone.policy.decide import AxisFinding, decide
from safezone.policy.library import find_policy
from safezone.taxonomy import Taxonomy
from safezone.taxonomy.crosswalk import load_crosswalk
from sample_texts import ENGLISH, ENGLISH_WORDS, OTHER_LANGUAGES


@pytest.fixture(scope="module")
def proposals(fixture_records: list[Record]) -> list[Proposal]:
    """Research abstracts, and between them texts of every kind that is not assessed."""
    research = [Proposal(record.abstract, record.title, record.id) for record in fixture_records]
    others = [Proposal("Too short.", id="short"), Proposal(OTHER_LANGUAGES["de"], id="german")]
    return [*research[:4], others[0], *research[4:8], others[1]]


def _axes(assessment: Assessment, taxonomy: Taxonomy) -> list[dict[str, object]]:
    return [asdict(getattr(assessment, axis.id)) for axis in taxonomy.axes]


def _check_abstained(assessment: Assessment, taxonomy: Taxonomy, code: str) -> None:
    assert assessment.abstained
    assert _axes(assessment, taxonomy) == [
        {"level": None, "probabilities": None, "set": axis.level_ids} for axis in taxonomy.axes
    ]
    assert assessment.areas == ()
    assert assessment.evidence == {}
    assert (assessment.route.signal, assessment.route.mode) == ("human_review", None)
    assert [reason.code for reason in assessment.route.reasons] == [code]


def test_a_research_abstract_is_assessed_on_every_axis(
    debug_assessor: Assessor, taxonomy: Taxonomy, fixture_records: list[Record]
) -> None:
    texts = [Proposal(record.abstract, record.title, record.id) for record in fixture_records]
    assessments = debug_assessor.assess(texts)
    assert [assessment.id for assessment in assessments] == [text.id for text in texts]
    assert [a.id for a in assessments if a.abstained] == []
    for assessment in assessments:
        for axis in taxonomy.axes:
            result = getattr(assessment, axis.id)
            assert tuple(result.probabilities) == axis.level_ids
            assert sum(result.probabilities.values()) == pytest.approx(1.0, abs=1e-9)
            assert result.level in result.set
            places = [axis.level_ids.index(level) for level in result.set]
            assert places == list(range(places[0], places[-1] + 1))
        chances = [area.probability for area in assessment.areas]
        assert len(chances) == 3
        assert chances == sorted(chances, reverse=True)
        names = {area.slug: area.name for area in taxonomy.areas}
        assert [names[area.slug] for area in assessment.areas] == [a.name for a in assessment.areas]


def test_the_route_is_the_policys_decision_on_the_numbers_returned(
    debug_assessor: Assessor, taxonomy: Taxonomy, proposals: list[Proposal]
) -> None:
    assessed, policy = [], find_policy("cn")
    for found, assessment in zip(
        debug_assessor.findings(proposals),
        debug_assessor.assess(proposals, policy=policy),
        strict=True,
    ):
        assert (found.axes == {}) == assessment.abstained
        if assessment.abstained:
            continue
        assessed.append(assessment)
        for axis in taxonomy.axes:
            result = getattr(assessment, axis.id)
            assert found.axes[axis.id] == AxisFinding(result.probabilities, result.set)
        for area in assessment.areas:
            assert found.areas[area.slug] == area.probability
        assert assessment.route == decide(found.axes, policy, taxonomy, found.areas)
    assert {a.route.signal for a in assessed} == {"no_flag", "human_review"}


@pytest.mark.parametrize(
    "abstract", ["Laser.", "Quantum radar. " * 14, "1234 5678 " * 200, "\u200b"]
)
def test_a_short_text_is_abstained_on(
    debug_assessor: Assessor, taxonomy: Taxonomy, abstract: str
) -> None:
    [assessment] = debug_assessor.assess([Proposal(abstract)])
    _check_abstained(assessment, taxonomy, "too_short")


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_another_language_is_abstained_on(
    debug_assessor: Assessor, taxonomy: Taxonomy, language: str
) -> None:
    [assessment] = debug_assessor.assess([Proposal(OTHER_LANGUAGES[language])])
    _check_abstained(assessment, taxonomy, "not_english")
    assert assessment.input.language == language


def test_other_texts_are_abstained_on(
    debug_assessor: Assessor, taxonomy: Taxonomy, out_of_scope_records: list[Record]
) -> None:
    texts = [Proposal(record.abstract, record.title) for record in out_of_scope_records]
    assessments = debug_assessor.assess(texts)
    turned_away = [
        assessment
        for assessment in assessments
        if assessment.abstained and assessment.route.reasons[0].code == "not_research_abstract"
    ]
    assert len(turned_away) > len(texts) / 2
    for assessment in turned_away:
        _check_abstained(assessment, taxonomy, "not_research_abstract")
        assert assessment.input.parts >= 1


@settings(max_examples=20)
@given(data=st.data())
def test_the_answer_depends_on_nothing_but_the_text(
    debug_assessor: Assessor, proposals: list[Proposal], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(proposals))
    chosen = order[: data.draw(st.integers(1, len(order)))]
    together = debug_assessor.assess(chosen)
    assert [assessment.id for assessment in together] == [proposal.id for proposal in chosen]
    for proposal, assessment in zip(chosen, together, strict=True):
        [alone] = debug_assessor.assess([proposal])
        assert _numbers(assessment) == pytest.approx(_numbers(alone), abs=1e-6)
        assert _without_numbers(assessment) == _without_numbers(alone)


def _flat(value: object) -> list[object]:
    if isinstance(value, dict):
        return [leaf for key in value for leaf in [key, *_flat(value[key])]]
    return [leaf for item in value for leaf in _flat(item)] if isinstance(value, list) else [value]


def _numbers(assessment: Assessment) -> list[float]:
    return [leaf for leaf in _flat(to_dict(assessment)) if isinstance(leaf, float)]


def _without_numbers(assessment: Assessment) -> list[object]:
    # Messages hold probabilities in two decimals, which may round either way.
    leaves = [leaf for leaf in _flat(to_dict(assessment)) if not isinstance(leaf, float)]
    return [leaf for leaf in leaves if not (isinstance(leaf, str) and " with probability " in leaf)]


def test_nothing_is_assessed_as_nothing(debug_assessor: Assessor) -> None:
    assert debug_assessor.assess([]) == []
    assert len(debug_assessor.assess([Proposal("Too short.")])) == 1


def test_the_input_report_counts_what_was_sent(debug_assessor: Assessor) -> None:
    title = "Carbon from thawing soil"
    [assessment] = debug_assessor.assess([Proposal(f"  {ENGLISH}", title)])
    report = assessment.input
    assert report.language == "en"
    assert report.characters == len(title) + 2 + len(ENGLISH)
    assert report.words == 4 + ENGLISH_WORDS
    assert (report.parts, report.truncated) == (1, False)


@pytest.mark.parametrize(("copies", "parts"), [(1, 1), (2, 2), (10, 7)])
def test_a_long_text_is_read_in_parts(debug_assessor: Assessor, copies: int, parts: int) -> None:
    """Its sentences have 8, 28, 8 and 27 pieces; parts of whole sentences hold up to 128."""
    [assessment] = debug_assessor.assess([Proposal(" ".join([ENGLISH] * copies))])
    assert assessment.input.parts == parts
    assert assessment.input.words == copies * ENGLISH_WORDS


def test_a_text_that_is_not_read_has_no_parts(debug_assessor: Assessor) -> None:
    [short] = debug_assessor.assess([Proposal("Far too short.")])
    assert (short.input.words, short.input.parts) == (3, 0)


def test_every_answer_names_what_made_it(
    debug_assessor: Assessor, debug_bundle_path: Path, taxonomy: Taxonomy
) -> None:
    manifest = json.loads((debug_bundle_path / "manifest.json").read_text())
    expected = {
        "model": manifest["version"],
        "taxonomy": taxonomy.version,
        "lists": load_crosswalk().version,
        "text": manifest["text_version"],
        "calibration": manifest["calibration_version"],
        "coverage": 0.9,
        "policy": "default@1",
        "encoder": "debug",
        "weights_sha256": DebugEncoder.info.digest,
        "arithmetic": "float32",
    }
    for assessment in debug_assessor.assess([Proposal(ENGLISH), Proposal("Too short.")]):
        assert asdict(assessment.provenance) == expected


def test_progress_counts_the_texts_that_are_read(
    debug_assessor: Assessor, proposals: list[Proposal]
) -> None:
    seen: list[tuple[int, int]] = []
    assessments = debug_assessor.assess(proposals, lambda done, total: seen.append((done, total)))
    texts = sum(assessment.input.parts > 0 for assessment in assessments)
    assert texts == len(proposals) - 2
    assert seen[-1] == (texts, texts)


def test_the_self_check_holds_for_the_bundle_as_it_was_made(debug_assessor: Assessor) -> None:
    assert debug_assessor.self_check() is True


def test_the_self_check_fails_when_an_answer_changes(
    debug_bundle_path: Path, taxonomy: Taxonomy
) -> None:
    bundle = read_bundle(read_settings(model=debug_bundle_path))
    known = bundle.manifest.self_check
    for axis in taxonomy.axes:
        other = next(level for level in axis.level_ids if level != known.levels[axis.id])
        altered = known.model_copy(update={"levels": {**known.levels, axis.id: other}})
        manifest = bundle.manifest.model_copy(update={"self_check": altered})
        model = Model(replace(bundle, manifest=manifest), DebugEncoder(), taxonomy)
        assert Assessor(model, find_policy("default"), taxonomy).self_check() is False


def test_several_threads_get_the_answers_that_one_gets(
    debug_assessor: Assessor, fixture_records: Sequence[Record]
) -> None:
    proposals = [Proposal(abstract=one.abstract, title=one.title) for one in fixture_records[:24]]
    alone = [debug_assessor.assess([proposal]) for proposal in proposals]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda one: debug_assessor.assess([one]), proposals * 4))
    assert together == alone * 4
