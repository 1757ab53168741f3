"""The same text, the same answer: measured on a model that keeps to it, and on some that do not."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from safezone.assessment import Assessment, Assessor, Proposal
from safezone.audit.reader import Progress
from safezone.audit.same_answer import SameAnswerResult, compared, measure_same_answer
from safezone.audit.texts import Text
from safezone.corpus.records import Record
from safezone.policy.profile import Policy


class Moody(Assessor):
    """Answers the first proposal of a batch in the mood of its number of proposals."""

    def assess(
        self,
        proposals: Sequence[Proposal],
        progress: Progress | None = None,
        explain: bool = False,
        policy: Policy | None = None,
    ) -> list[Assessment]:
        first, *others = super().assess(proposals, progress, explain, policy)
        assert first.instrumentation.probabilities is not None
        level = {1: "low"}.get(len(proposals), "high")
        certain = dict.fromkeys(first.instrumentation.probabilities, 0.0) | {level: 1.0}
        result = replace(first.instrumentation, level=level, probabilities=certain)
        return [replace(first, instrumentation=result), *others]


@pytest.fixture
def texts(fixture_records: list[Record]) -> list[Text]:
    return [Text(record.title, record.abstract) for record in fixture_records[::8]]


def test_a_model_that_keeps_to_its_answer_passes(
    debug_assessor: Assessor, texts: list[Text]
) -> None:
    results = measure_same_answer(
        debug_assessor, texts, seed=0, with_threads=lambda threads: debug_assessor
    )
    assert [result.condition for result in results] == [
        "alone", "shuffled", "threads_1", "threads_2",
    ]  # fmt: skip
    for result in results:
        assert result.texts == 12
        assert result.largest_change < 1e-3
        assert (result.level_changes, result.route_changes) == (0, 0)


def test_a_model_that_minds_its_company_is_caught(
    debug_assessor: Assessor, texts: list[Text]
) -> None:
    model, policy, taxonomy = debug_assessor.model, debug_assessor.policy, debug_assessor.taxonomy
    moody = Moody(model, policy, taxonomy)
    alone, shuffled = measure_same_answer(moody, texts, seed=0)
    assert alone.level_changes >= 1
    assert alone.largest_change == 1.0
    assert shuffled.largest_change > 0  # another text was the first


def test_a_changed_route_is_counted_apart(debug_assessor: Assessor, texts: list[Text]) -> None:
    [one] = debug_assessor.assess([Proposal(texts[0].abstract)])
    other = replace(one, route=replace(one.route, mode=None))
    assert compared("x", [one, one], [one, other]) == SameAnswerResult("x", 2, 0.0, 0, 1)


def test_abstaining_once_is_a_changed_level(debug_assessor: Assessor, texts: list[Text]) -> None:
    one, abstained = debug_assessor.assess([Proposal(texts[0].abstract), Proposal("Too short.")])
    result = compared("x", [one], [abstained])
    assert (result.level_changes, result.route_changes) == (1, 1)


def test_no_texts_give_an_empty_result(debug_assessor: Assessor) -> None:
    alone, shuffled = measure_same_answer(debug_assessor, [], seed=0)
    assert alone == SameAnswerResult("alone", 0, 0.0, 0, 0)
    assert shuffled == SameAnswerResult("shuffled", 0, 0.0, 0, 0)
