"""The lexical view, against scikit-learn's own and by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from safezone.model import lexical
from safezone.model.lexical import LexicalView
from safezone.text.prepare import PLACEHOLDERS

DOCUMENTS = [
    ["Quantum sensors for quantum networks."],
    ["Quantum networks of buried fibre."],
    ["Soil microbes and buried carbon."],
    ["Soil carbon below reefs."],
]
# Of words that are left out, stay, have one letter, a digit, a capital or a letter of elsewhere.
MIXED = (
    "the",
    "fire",
    "control",
    "a",
    "B",
    "Someone",
    "x1",
    "snake_case",
    "Straße",
    "ΣΕΙΣΜΌΣ",
    "it's",
)


def _dense(view: LexicalView, documents: list[list[str]]) -> NDArray[np.float64]:
    return np.asarray(view.transform(documents).todense())


@given(st.text(max_size=80) | st.lists(st.sampled_from(MIXED), max_size=12).map(" ".join))
def test_terms_are_those_of_the_library(sentence: str) -> None:
    library = CountVectorizer(
        stop_words=sorted(lexical._LEFT_OUT),
        ngram_range=(1, 2),
        token_pattern=r"(?u)\b[^\W\d_]{2,}\b",
    ).build_analyzer()
    assert lexical._terms(sentence) == library(sentence)


def test_terms_are_words_and_pairs_that_occur_often_enough() -> None:
    view = LexicalView.fit(DOCUMENTS, max_terms=100, min_documents=2)
    assert set(view.terms) == {"quantum", "networks", "quantum networks", "soil", "carbon"} | {
        "buried"
    }
    assert view.idf.shape == (len(view.terms),)
    assert view.idf.dtype == np.float32


def test_the_most_frequent_terms_stay_when_there_are_too_many() -> None:
    view = LexicalView.fit(DOCUMENTS, max_terms=1, min_documents=1)
    assert view.terms == ("quantum",)


def test_a_row_is_tf_idf_of_unit_length() -> None:
    view = LexicalView(["soil", "carbon"], np.array([1.5, 2.0], dtype=np.float32))
    [row] = _dense(view, [["Soil, SOIL and carbon; nothing else."]])
    weights = [(1 + math.log(2)) * 1.5, 1.0 * 2.0]
    assert row.tolist() == pytest.approx([w / math.hypot(*weights) for w in weights], abs=1e-12)


words_known_and_not = st.sampled_from(["quantum", "soil", "carbon", "reefs", "zebra", "42", "the"])


@given(st.lists(words_known_and_not, max_size=12))
def test_rows_have_unit_length_or_are_zeros(words: list[str]) -> None:
    view = LexicalView.fit(DOCUMENTS, max_terms=100, min_documents=1)
    [row] = _dense(view, [[" ".join(words)]])
    known = any(word in ("quantum", "soil", "carbon", "reefs") for word in words)
    assert np.linalg.norm(row) == pytest.approx(1.0 if known else 0.0, abs=1e-12)


@given(st.lists(st.lists(words_known_and_not, max_size=12).map(" ".join), max_size=5))
def test_rows_are_those_of_the_library(texts: list[str]) -> None:
    view = LexicalView.fit(DOCUMENTS, max_terms=100, min_documents=1)
    library = TfidfVectorizer(vocabulary=view.terms, sublinear_tf=True, ngram_range=(1, 2))
    library.idf_ = view.idf.astype(np.float64)
    # Without the words that the view leaves out, of which the library knows nothing here.
    plain = [text.replace("the", "").replace("42", "") for text in texts]
    expected = library.transform(plain).toarray() if texts else np.zeros((0, len(view.terms)))
    np.testing.assert_allclose(
        _dense(view, [[text] for text in texts]), expected, rtol=0, atol=1e-12
    )


def test_a_view_rebuilt_from_its_terms_is_the_same_view() -> None:
    fitted = LexicalView.fit(DOCUMENTS, max_terms=100, min_documents=1)
    rebuilt = LexicalView(fitted.terms, fitted.idf)
    assert rebuilt.terms == fitted.terms
    assert np.array_equal(_dense(rebuilt, DOCUMENTS), _dense(fitted, DOCUMENTS))
    assert _dense(fitted, DOCUMENTS).any()


def test_columns_are_in_the_order_of_the_terms() -> None:
    ones = np.ones(3, dtype=np.float32)
    rows = _dense(LexicalView(["zebra", "ant", "mole"], ones), [["mole"], ["zebra"], ["ant"]])
    assert rows.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("word", sorted(word for word in PLACEHOLDERS.values() if word.strip()))
def test_words_that_stand_for_identities_are_no_terms(word: str) -> None:
    documents = [[f"{word} soil {word}"], [f"soil {word} carbon"]]
    terms = LexicalView.fit(documents, max_terms=100, min_documents=1).terms
    assert "soil" in terms
    assert [term for term in terms if word in term] == []


@pytest.mark.parametrize("text", ["2024 17 42", "x y", "the of and", "", "&&& ---"])
def test_numbers_single_letters_and_stop_words_are_no_terms(text: str) -> None:
    terms = LexicalView.fit([[f"{text} soil"]], max_terms=100, min_documents=1).terms
    assert terms == ("soil",)


def test_a_row_does_not_depend_on_the_other_documents() -> None:
    view = LexicalView.fit(DOCUMENTS, max_terms=100, min_documents=1)
    together = _dense(view, DOCUMENTS)
    alone = np.concatenate([_dense(view, [document]) for document in DOCUMENTS])
    assert np.array_equal(together, alone)


def test_a_word_pair_never_spans_two_sentences() -> None:
    sentences = ["We study soil", "carbon below reefs"]
    assert LexicalView.fit([sentences], max_terms=100, min_documents=1).terms == (
        *("carbon", "carbon reefs", "reefs", "soil", "study", "study soil"),
    )
    view = LexicalView(["soil carbon", "soil"], np.ones(2, dtype=np.float32))
    assert _dense(view, [sentences, [" ".join(sentences)]])[:, 0].tolist() == pytest.approx(
        [0.0, math.sqrt(0.5)]
    )


def test_a_term_of_several_sentences_is_shared_out_by_its_occurrences() -> None:
    view = LexicalView(["soil", "carbon"], np.array([1.5, 2.0], dtype=np.float32))
    document = ["Soil.", "Nothing known.", "Soil, carbon and soil."]
    [[soil, carbon]] = _dense(view, [document]).tolist()
    assert soil / carbon == pytest.approx((1 + math.log(3)) * 1.5 / 2.0)
    np.testing.assert_allclose(
        view.by_sentence([document]).todense(),
        [[soil / 3, 0], [0, 0], [2 * soil / 3, carbon]],
        rtol=0,
        atol=1e-12,
    )


some_sentences = st.lists(words_known_and_not, max_size=6).map(" ".join)


@given(st.lists(st.lists(some_sentences, max_size=4), max_size=4))
def test_the_sentences_of_a_document_add_up_to_its_row(documents: list[list[str]]) -> None:
    view = LexicalView.fit(DOCUMENTS, max_terms=100, min_documents=1)
    shares = np.asarray(view.by_sentence(documents).todense())
    assert shares.shape == (sum(map(len, documents)), len(view.terms))
    rows = _dense(view, documents)
    assert rows.shape == (len(documents), len(view.terms))
    done = 0
    for document, row in zip(documents, rows, strict=True):
        of_document = shares[done : done + len(document)]
        np.testing.assert_allclose(of_document.sum(axis=0), row, rtol=0, atol=1e-12)
        done += len(document)


@given(st.lists(some_sentences, min_size=1, max_size=5))
def test_a_sentence_has_a_share_of_no_term_that_it_lacks(document: list[str]) -> None:
    view = LexicalView.fit(DOCUMENTS, max_terms=100, min_documents=1)
    shares = np.asarray(view.by_sentence([document]).todense())
    for sentence, row in zip(document, shares, strict=True):
        has = _dense(view, [[sentence]])[0] > 0
        assert ((row > 0) == has).all()
