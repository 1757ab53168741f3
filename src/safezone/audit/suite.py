"""The whole audit of one model."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from safezone.assessment import Assessor
from safezone.audit.attacks import measure_attacks
from safezone.audit.direction import measure_direction
from safezone.audit.faithfulness import measure_faithfulness
from safezone.audit.goals import (
    attack_goals,
    direction_goals,
    faithfulness_goals,
    invariance_goals,
    same_answer_goals,
)
from safezone.audit.invariance import measure_invariance
from safezone.audit.reader import Progress, Reader
from safezone.audit.same_answer import WithThreads, measure_same_answer
from safezone.audit.texts import Text, evenly
from safezone.corpus.records import Record


@dataclass(frozen=True, slots=True)
class Sampling:
    """How much is read; every number but `draws` may be 0 for all.

    `draws` are the variants of a text in a rewriting beside the first. Texts are taken evenly:
    so many a rewriting, a probe, an attack and axis, for the same answer, and confident cases an
    axis for faithfulness. With these numbers, 290 texts take at most about 15,000 readings.
    """

    draws: int = 4
    texts_per_rewriting: int = 120
    texts_per_probe: int = 60
    texts_per_attack: int = 100
    texts_per_batch: int = 256
    cases_per_axis: int = 150


DEFAULT_SAMPLING = Sampling()


def run_audit(
    assessor: Assessor,
    records: Sequence[Record],
    sampling: Sampling = DEFAULT_SAMPLING,
    seed: int = 0,
    with_threads: WithThreads | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Every part on the labelled ones of the records, as plain data that JSON can hold.

    The report holds no words of the records. The same model, records, sampling and seed give the
    same report. Raises InvalidProposal where a record's text is too long to be assessed.
    """
    labelled = [record for record in records if record.levels is not None]
    texts = [Text(record.title, record.abstract) for record in labelled]
    reader = Reader(assessor.model, assessor.taxonomy, progress)
    levels = [answer.levels for answer in reader.answers([text.prepared() for text in texts])]
    invariance = measure_invariance(
        reader, texts, sampling.draws, sampling.texts_per_rewriting, seed
    )
    direction = measure_direction(reader, texts, sampling.texts_per_probe)
    attacks = measure_attacks(reader, texts, sampling.texts_per_attack, seed)
    faithfulness = measure_faithfulness(reader, texts, sampling.cases_per_axis, seed)
    batch = evenly(texts, sampling.texts_per_batch)
    # Last: another number of threads may stay with a library for as long as the process lives.
    same_answer = measure_same_answer(assessor, batch, seed, with_threads, progress)
    goals = [
        *invariance_goals(invariance),
        *direction_goals(direction),
        *attack_goals(attacks),
        *same_answer_goals(same_answer),
        *faithfulness_goals(faithfulness),
    ]
    report = {
        "model": assessor.provenance.model,
        "provenance": asdict(assessor.provenance),
        "seed": seed,
        "sampling": asdict(sampling),
        "texts": len(texts),
        "answered": {
            axis.id: {
                level: sum(of_text[axis.id] == number for of_text in levels)
                for number, level in enumerate(axis.level_ids)
            }
            for axis in assessor.taxonomy.axes
        },
        "readings": reader.reads + len(batch) + sum(result.texts for result in same_answer),
        "met": all(goal.met is not False for goal in goals),
        "goals": [asdict(goal) for goal in goals],
        "invariance": [asdict(result) for result in invariance],
        "direction": asdict(direction),
        "attacks": [asdict(result) for result in attacks],
        "same_answer": [asdict(result) for result in same_answer],
        "faithfulness": asdict(faithfulness),
    }
    # Tuples become lists: what is returned is what will be read back.
    plain: dict[str, Any] = json.loads(json.dumps(report, allow_nan=False))
    return plain
