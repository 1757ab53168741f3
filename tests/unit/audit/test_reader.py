"""Reading with a model: each different text once, and what is kept of the answers."""

from collections.abc import Callable

import numpy as np
import pytest

from safezone.assessment import Assessor, Proposal
from safezone.audit.reader import Predictor, Reader
from safezone.audit.texts import Text
from safezone.corpus.records import Record
from safezone.taxonomy import Taxonomy

TEXTS = [
    Text("Radar", "We build a radar. It has a dish.").prepared(),
    Text("Frogs", "We count frogs in ponds.").prepared(),
]


def test_a_text_is_read_once_whatever_asks_for_it(
    taxonomy: Taxonomy, word_counter: Callable[..., Predictor]
) -> None:
    model = word_counter({"sensitivity": {"radar": 3.0}})
    reader = Reader(model, taxonomy)
    first = reader.answers([TEXTS[0], TEXTS[1], TEXTS[0]])
    again = reader.answers([TEXTS[1], TEXTS[0]])
    assert reader.reads == 2
    assert vars(model)["batches"] == [2]
    assert again[0] is first[1]
    assert again[1] is first[0] is first[2]
    assert first[0].levels["sensitivity"] == 2
    assert first[1].levels["sensitivity"] == 0


def test_nothing_is_read_for_no_texts(
    taxonomy: Taxonomy, word_counter: Callable[..., Predictor]
) -> None:
    model = word_counter({})
    assert Reader(model, taxonomy).answers([]) == []
    assert vars(model)["batches"] == []


def test_an_answer_is_what_the_service_says(
    debug_assessor: Assessor, fixture_records: list[Record]
) -> None:
    reader = Reader(debug_assessor.model, debug_assessor.taxonomy)
    records = fixture_records[::12]
    texts = [Text(record.title, record.abstract).prepared() for record in records]
    assessments = debug_assessor.assess(
        [Proposal(title=record.title, abstract=record.abstract) for record in records]
    )
    for answer, text, assessment in zip(reader.answers(texts), texts, assessments, strict=True):
        if assessment.abstained:
            continue
        for axis in debug_assessor.taxonomy.axes:
            result = getattr(assessment, axis.id)
            assert axis.level_ids[answer.levels[axis.id]] == result.level
            found = [answer.of_level(axis.id, level) for level in range(len(axis.levels))]
            assert found == pytest.approx(list(result.probabilities.values()), abs=1e-9)
            assert (np.diff(answer.log_odds[axis.id]) <= 0).all()
            evidence = reader.evidence(answer, axis.id, text)
            assert evidence.log_odds == pytest.approx(assessment.evidence[axis.id].log_odds)
            asked = max(answer.levels[axis.id], 1)
            assert answer.reaching(axis.id, asked) == pytest.approx(evidence.log_odds)
