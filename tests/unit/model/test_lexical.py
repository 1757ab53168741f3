"""The lexical view, against scikit-learn's own and by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from safezone.model.lexical import LexicalView
from safezone.text.prepare import PLACEHOLDERS

TEXTS = [
    "Quantum sensors for quantum networks.",
    "Quantum networks of buried fibre.",
    "Soil microbes and buried carbon.",
    "Soil carbon below reefs.",
]


def _dense(view: LexicalView, texts: list[str]) -> NDArray[np.float64]:
    return np.asarray(view.transform(texts).todense())


def test_terms_are_words_and_pairs_that_occur_often_enough() -> None:
    view = LexicalView.fit(TEXTS, max_terms=100, min_documents=2)
    assert set(view.terms) == {"quantum", "networks", "quantum networks", "soil", "carbon"} | {
        "buried"
    }
    assert view.idf.shape == (len(view.terms),)
    assert view.idf.dtype == np.float32


def test_the_most_frequent_terms_stay_when_there_are_too_many() -> None:
    view = LexicalView.fit(TEXTS, max_terms=1, min_documents=1)
    assert view.terms == ("quantum",)


def test_a_row_is_tf_idf_of_unit_length() -> None:
    view = LexicalView(["soil", "carbon"], np.array([1.5, 2.0], dtype=np.float32))
    [row] = _dense(view, ["Soil, SOIL and carbon; nothing else."])
    weights = [(1 + math.log(2)) * 1.5, 1.0 * 2.0]
    assert row.tolist() == pytest.approx([w / math.hypot(*weights) for w in weights], abs=1e-12)


words_known_and_not = st.sampled_from(["quantum", "soil", "carbon", "reefs", "zebra", "42", "the"])


@given(st.lists(words_known_and_not, max_size=12))
def test_rows_have_unit_length_or_are_zeros(words: list[str]) -> None:
    view = LexicalView.fit(TEXTS, max_terms=100, min_documents=1)
    [row] = _dense(view, [" ".join(words)])
    known = any(word in ("quantum", "soil", "carbon", "reefs") for word in words)
    assert np.linalg.norm(row) == pytest.approx(1.0 if known else 0.0, abs=1e-12)


def test_a_view_rebuilt_from_its_terms_is_the_same_view() -> None:
    fitted = LexicalView.fit(TEXTS, max_terms=100, min_documents=1)
    rebuilt = LexicalView(fitted.terms, fitted.idf)
    assert rebuilt.terms == fitted.terms
    assert np.array_equal(_dense(rebuilt, TEXTS), _dense(fitted, TEXTS))
    assert _dense(fitted, TEXTS).any()


def test_columns_are_in_the_order_of_the_terms() -> None:
    ones = np.ones(3, dtype=np.float32)
    rows = _dense(LexicalView(["zebra", "ant", "mole"], ones), ["mole", "zebra", "ant"])
    assert rows.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("word", sorted(word for word in PLACEHOLDERS.values() if word.strip()))
def test_words_that_stand_for_identities_are_no_terms(word: str) -> None:
    texts = [f"{word} soil {word}", f"soil {word} carbon"]
    terms = LexicalView.fit(texts, max_terms=100, min_documents=1).terms
    assert "soil" in terms
    assert [term for term in terms if word in term] == []


@pytest.mark.parametrize("text", ["2024 17 42", "x y", "the of and", "", "&&& ---"])
def test_numbers_single_letters_and_stop_words_are_no_terms(text: str) -> None:
    terms = LexicalView.fit([f"{text} soil"], max_terms=100, min_documents=1).terms
    assert terms == ("soil",)


def test_a_row_does_not_depend_on_the_other_texts() -> None:
    view = LexicalView.fit(TEXTS, max_terms=100, min_documents=1)
    together = _dense(view, TEXTS)
    alone = np.concatenate([_dense(view, [text]) for text in TEXTS])
    assert np.array_equal(together, alone)
