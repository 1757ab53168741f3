"""The audit of country-blindness: what it measures."""

import pytest

from safezone.assessment import Assessor
from safezone.audit.identity_swap import SwapReport, measure_swaps
from safezone.text.identities import Identity

TEXTS = [
    (
        "Lakes of Peru",
        "We will measure how lakes warm in Peru and in Kenya. A Peruvian team and a German "
        "laboratory share all readings, and students from Kenya are trained in the analysis of "
        "sediments. The results help towns to plan their use of water over the coming decades.",
    ),
    (
        "Old ice",
        "We date the layers of an old ice core by the ash that eruptions left in it. All data and "
        "programs will be published, and two students will learn to work with an ice laboratory.",
    ),
]


def test_a_model_behind_the_neutraliser_is_not_moved(debug_assessor: Assessor) -> None:
    calls: list[tuple[int, int]] = []
    report = measure_swaps(
        debug_assessor.model, TEXTS, draws=5, progress=lambda done, of: calls.append((done, of))
    )
    # Peru and Peruvian three times, Kenya twice, German once; five draws.
    assert report == SwapReport(
        draws=5,
        texts=1,
        mentions=30,
        texts_read_otherwise=0,
        largest_change=0.0,
        level_flips=0,
    )
    assert calls == [(n, 5) for n in range(1, 6)]


def test_without_the_neutraliser_the_audit_sees_what_moves(
    debug_assessor: Assessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(_: str) -> list[Identity]:
        return []

    monkeypatch.setattr("safezone.text.prepare.find_identities", nothing)
    report = measure_swaps(debug_assessor.model, TEXTS, draws=5)
    assert report.texts_read_otherwise == 5  # the text without a name is read as before
    assert 0 < report.largest_change <= 1
    assert report == measure_swaps(debug_assessor.model, TEXTS, draws=5, seed=0)
    assert report != measure_swaps(debug_assessor.model, TEXTS, draws=5, seed=1)


def test_an_empty_line_in_a_title_is_no_change(debug_assessor: Assessor) -> None:
    texts = [("Old ice\n\nand its layers", TEXTS[1][1])]
    report = measure_swaps(debug_assessor.model, texts, draws=1)
    assert report == SwapReport(1, 0, 0, 0, 0.0, 0)


def test_no_texts_give_an_empty_report(debug_assessor: Assessor) -> None:
    assert measure_swaps(debug_assessor.model, [], draws=2) == SwapReport(2, 0, 0, 0, 0.0, 0)
