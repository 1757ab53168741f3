"""The lexical view: TF-IDF of words and word pairs with a fixed vocabulary.

Scikit-learn chooses the vocabulary. Finding terms and its arithmetic are done here once more, held
to the library's by tests: for a single text it takes several times as long, and a second to import.
"""

import re
from collections.abc import Sequence
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from safezone.model.heads import Doubles
from safezone.model.ports import Floats
from safezone.swaps.stop_words import STOP_WORDS
from safezone.text.prepare import PLACEHOLDERS

# Whoever is spoken of must not count, so the words that stand for identities are left out too.
_NEUTRAL = frozenset(word for word in PLACEHOLDERS.values() if word.strip())
# Words of the library's list that carry meaning here: 'fire control', 'sea mine', 'thin film'.
_MEANT = frozenset({"bill", "cry", "detail", "fire", "interest", "mill", "mine", "system", "thick",
                    "thin"})  # fmt: skip
_LEFT_OUT = (STOP_WORDS - _MEANT) | _NEUTRAL
_WORD = re.compile(r"\b[^\W\d_]{2,}\b")


def _terms(sentence: str) -> list[str]:
    """A sentence's words, then its pairs of words that follow each other."""
    words = [word for word in _WORD.findall(sentence.lower()) if word not in _LEFT_OUT]
    return [*words, *(f"{one} {other}" for one, other in pairwise(words))]


def _document_terms(sentences: Sequence[str]) -> list[str]:
    """A document's terms; a word pair never spans two sentences."""
    return [term for sentence in sentences for term in _terms(sentence)]


class LexicalView:
    """Maps documents, given as lists of sentences, to sparse rows over a fixed vocabulary.

    `terms` are the vocabulary in column order, `idf` their inverse document frequencies, shape
    (len(terms),).
    """

    def __init__(self, terms: Sequence[str], idf: Floats) -> None:
        self.terms = tuple(terms)
        self.idf = idf
        self._columns = {term: column for column, term in enumerate(self.terms)}

    @classmethod
    def fit(
        cls, documents: Sequence[Sequence[str]], max_terms: int, min_documents: int
    ) -> "LexicalView":
        """Choose the most frequent terms that occur in at least `min_documents` documents."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer(
            max_features=max_terms, min_df=min_documents, analyzer=_document_terms
        )
        vectorizer.fit(documents)
        terms = vectorizer.get_feature_names_out().tolist()
        return cls(terms, vectorizer.idf_.astype(np.float32))

    def transform(self, documents: Sequence[Sequence[str]]) -> csr_matrix:
        """Documents' rows of unit length, or of zeros for one without a known term.

        Shape (len(documents), len(terms)).
        """
        values, columns, ends = self._occurrences(documents)
        ends = ends[np.cumsum([0, *map(len, documents)])]
        rows = csr_matrix((values, columns, ends), shape=(len(documents), len(self.terms)))
        rows.sum_duplicates()
        return rows

    def by_sentence(self, documents: Sequence[Sequence[str]]) -> csr_matrix:
        """What each sentence has of its document's row: a term's value goes to its occurrences.

        Shape (sentences of all documents, len(terms)), with one entry an occurrence; a document's
        rows add up to its row in `transform`.
        """
        values, columns, ends = self._occurrences(documents)
        return csr_matrix((values, columns, ends), shape=(len(ends) - 1, len(self.terms)))

    def _occurrences(
        self, documents: Sequence[Sequence[str]]
    ) -> tuple[Doubles, NDArray[np.int64], NDArray[np.int64]]:
        """Every occurrence of a known term in the order of reading: its share of its document's
        value, and its column; and where in these each sentence ends, after a 0.

        A document's value of a term is the term's idf times 1 + the logarithm of its count, over
        the length of all its values.
        """
        found = [
            [column for term in _terms(sentence) if (column := self._columns.get(term)) is not None]
            for document in documents
            for sentence in document
        ]
        ends = np.cumsum([0, *map(len, found)])
        columns = np.fromiter(chain.from_iterable(found), dtype=np.int64, count=ends[-1])
        of_documents = np.diff(ends[np.cumsum([0, *map(len, documents)])])
        document = np.repeat(np.arange(len(documents)), of_documents)
        known, term, counts = np.unique(
            document * len(self.terms) + columns, return_inverse=True, return_counts=True
        )
        owner, column = np.divmod(known, len(self.terms))
        values = (1.0 + np.log(counts)) * self.idf[column]
        lengths = np.sqrt(np.bincount(owner, values**2, minlength=len(documents)))
        return (values / lengths[owner] / counts)[term], columns, ends
