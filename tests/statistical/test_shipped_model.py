"""The shipped model with the real encoder, on texts written for this project."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from safezone import Assessment, Assessor, Proposal, load_assessor
from safezone.config import read_settings
from safezone.corpus.records import Record
from safezone.policy.decide import Signal
from safezone.taxonomy import Taxonomy
from safezone.training.evaluate import true_levels
from safezone.training.metrics import quadratic_weighted_kappa

FIXTURES = Path(__file__).parents[1] / "fixtures"
HELD_OUT = Path(__file__).parents[2] / "training_data" / "held_out"


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return load_assessor(read_settings())


@pytest.fixture(scope="module")
def answers(assessor: Assessor, fixture_records: Sequence[Record]) -> dict[str, Assessment]:
    proposals = [Proposal(r.abstract, r.title, r.id) for r in fixture_records]
    return {str(answer.id): answer for answer in assessor.assess(proposals)}


def high(assessment: Assessment, axis: str) -> float:
    probabilities = getattr(assessment, axis).probabilities
    assert probabilities is not None
    return float(list(probabilities.values())[-1])


def test_several_threads_get_the_answers_that_one_gets(
    assessor: Assessor, answers: dict[str, Assessment], fixture_records: Sequence[Record]
) -> None:
    """As the service has it: one thread a text, several texts at a time."""
    serving = load_assessor(read_settings(threads=1))
    proposals = [Proposal(r.abstract, r.title, r.id) for r in fixture_records[:12]]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda one: serving.assess([one])[0], proposals * 2))
    assert together == [answers[str(proposal.id)] for proposal in proposals] * 2


def test_products_of_eight_bits_give_the_answers_of_floats(
    fixture_records: Sequence[Record], taxonomy: Taxonomy
) -> None:
    pytest.importorskip("openvino", reason="OpenVINO is not installed on this kind of machine")
    proposals = [Proposal(r.abstract, r.title, r.id) for r in fixture_records]
    floats, rounded = (
        load_assessor(read_settings(runtime=runtime)).assess(proposals)
        for runtime in ("onnx", "openvino")
    )
    pairs = [
        (getattr(one, axis.id), getattr(other, axis.id))
        for one, other in zip(floats, rounded, strict=True)
        for axis in taxonomy.axes
    ]
    # Those that stand between two levels: an even chance may fall to either side.
    assert sum(one.level != other.level for one, other in pairs) <= 0.02 * len(pairs)
    differences = [
        abs(one.probabilities[level] - other.probabilities[level])
        for one, other in pairs
        for level in one.probabilities or ()
    ]
    assert len(differences) > 1_000
    assert max(differences) < 0.1
    assert sum(differences) / len(differences) < 0.005
    assert [one.abstained for one in floats] == [other.abstained for other in rounded]


def test_it_answers_its_known_text(assessor: Assessor) -> None:
    assert assessor.self_check()


def test_four_fields_differ_on_the_right_axes(answers: dict[str, Assessment]) -> None:
    """Ice cores, an infrared detector, hospital records, a foundation model."""
    ice, detector, records, foundation = (answers[f"own-t-000{n}"] for n in (1, 2, 3, 4))
    assert ice.route.signal is Signal.NO_FLAG
    assert ice.sensitivity.level == "safe"
    assert ice.instrumentation.level == "low"
    assert ice.data_use.level == "low"
    for flagged in (detector, records, foundation):
        assert flagged.route.signal is Signal.HUMAN_REVIEW
    assert high(detector, "instrumentation") > high(detector, "data_use")
    assert high(records, "data_use") > 0.5 > high(records, "instrumentation")
    assert high(foundation, "sensitivity") > 0.5
    assert records.route.mode == "hosted_data"
    assert detector.route.mode in ("shared_data", "managed")


def test_it_agrees_with_the_codebook_beyond_chance(
    assessor: Assessor, fixture_records: Sequence[Record], taxonomy: Taxonomy
) -> None:
    """Texts of other styles than the training records', with contrast pairs among them."""
    from safezone.text.prepare import prepare

    prediction = assessor.model.predict([prepare(r.title, r.abstract) for r in fixture_records])
    levels = true_levels(fixture_records)
    for number, axis in enumerate(taxonomy.axes[:3]):
        kappa = quadratic_weighted_kappa(levels[:, number], prediction.axes[axis.id])
        assert kappa > 0.75, axis.id


def test_it_tells_contrast_pairs_apart_that_it_never_saw(
    assessor: Assessor, taxonomy: Taxonomy
) -> None:
    """The same field and words, another label: the higher one must be given more risk."""
    from safezone.corpus.records import read_records
    from safezone.text.prepare import prepare
    from safezone.training.pairs import evaluate_pairs

    records = read_records([HELD_OUT], taxonomy)
    prediction = assessor.model.predict([prepare(r.title, r.abstract) for r in records])
    report = evaluate_pairs(records, prediction.axes, taxonomy, resamples=10)
    for axis in ("sensitivity", "instrumentation", "data_use"):
        assert report[axis]["pairs"] >= 20
        assert report[axis]["order_right"]["value"] >= 0.9, axis
        assert report[axis]["all_right"]["value"] >= 0.5, axis


def test_most_other_texts_are_turned_away(assessor: Assessor) -> None:
    lines = (FIXTURES / "out_of_scope.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    answers = assessor.assess([Proposal(row["abstract"], row["title"]) for row in rows])
    abstained = sum(answer.abstained for answer in answers)
    assert abstained >= 0.8 * len(rows)


def test_research_abstracts_of_other_styles_are_read(answers: dict[str, Assessment]) -> None:
    abstained = sum(answer.abstained for answer in answers.values())
    assert abstained <= 0.04 * len(answers)


def test_alone_and_in_a_batch_the_answer_is_the_same(
    assessor: Assessor, fixture_records: Sequence[Record], answers: dict[str, Assessment]
) -> None:
    for record in fixture_records[:6]:
        [alone] = assessor.assess([Proposal(record.abstract, record.title, record.id)])
        together = answers[record.id]
        assert alone.route.signal == together.route.signal
        for axis in ("sensitivity", "instrumentation", "data_use", "benefit"):
            assert getattr(alone, axis).level == getattr(together, axis).level
            assert getattr(alone, axis).probabilities == pytest.approx(
                getattr(together, axis).probabilities, abs=1e-6
            )


def test_the_measures_that_the_readme_states_hold_on_the_public_records(
    assessor: Assessor, shared_data: Path, taxonomy: Taxonomy
) -> None:
    from safezone.corpus.records import read_records
    from safezone.text.prepare import prepare
    from safezone.training.evaluate import evaluate

    records = read_records([shared_data / "dev.jsonl"], taxonomy)
    prediction = assessor.model.predict([prepare(r.title, r.abstract) for r in records])
    report = evaluate(records, prediction.axes, prediction.areas, taxonomy, resamples=10)
    for axis, least in {"sensitivity": 0.86, "instrumentation": 0.84, "data_use": 0.78}.items():
        measured = report["axes"][axis]
        assert measured["quadratic_weighted_kappa"]["value"] >= least
        assert round(measured["expected_calibration_error"]["value"], 2) <= 0.06
        assert 0.87 <= measured["coverage"]["value"] <= 0.95
