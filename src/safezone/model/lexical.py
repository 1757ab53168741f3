"""The lexical view: TF-IDF of words and word pairs, by scikit-learn, with a fixed vocabulary."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import (
    ENGLISH_STOP_WORDS,
    CountVectorizer,
    TfidfTransformer,
    TfidfVectorizer,
)

from safezone.model.ports import Floats
from safezone.text.prepare import PLACEHOLDERS

# Whoever is spoken of must not count, so the words that stand for identities are left out too.
_NEUTRAL = frozenset(word for word in PLACEHOLDERS.values() if word.strip())
# Words of the library's list that carry meaning here: 'fire control', 'sea mine', 'thin film'.
_MEANT = frozenset({"bill", "cry", "detail", "fire", "interest", "mill", "mine", "system", "thick",
                    "thin"})  # fmt: skip
_STOP_WORDS = sorted((ENGLISH_STOP_WORDS - _MEANT) | _NEUTRAL)
_SETTINGS = {"ngram_range": (1, 2), "token_pattern": r"(?u)\b[^\W\d_]{2,}\b"}
_terms = CountVectorizer(stop_words=_STOP_WORDS, **_SETTINGS).build_analyzer()


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
        self._counts = CountVectorizer(vocabulary=list(terms), analyzer=_terms)
        self._weighting = TfidfTransformer(sublinear_tf=True)
        self._weighting.idf_ = idf.astype(np.float64)

    @classmethod
    def fit(
        cls, documents: Sequence[Sequence[str]], max_terms: int, min_documents: int
    ) -> "LexicalView":
        """Choose the most frequent terms that occur in at least `min_documents` documents."""
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
        return self._weighted(self._counted(documents)[1])

    def by_sentence(self, documents: Sequence[Sequence[str]]) -> csr_matrix:
        """What each sentence has of its document's row: a term's value goes to its occurrences.

        Shape (sentences of all documents, len(terms)); a document's rows add up to its row in
        `transform`.
        """
        by_sentence, by_document, owner = self._counted(documents)
        per_occurrence = self._weighted(by_document).multiply(by_document.power(-1.0)).tocsr()
        return by_sentence.multiply(per_occurrence[owner]).tocsr()

    def _counted(
        self, documents: Sequence[Sequence[str]]
    ) -> tuple[csr_matrix, csr_matrix, NDArray[np.int64]]:
        """Counts of terms by sentence and by document, and the document of each sentence."""
        owner = np.repeat(np.arange(len(documents)), [len(document) for document in documents])
        shape = (len(documents), len(owner))
        if not len(owner):
            nothing = csr_matrix((0, len(self.terms)))
            return nothing, csr_matrix((len(documents), len(self.terms))), owner
        sentences = [sentence for document in documents for sentence in document]
        by_sentence = self._counts.transform(sentences).astype(np.float64)
        belongs = csr_matrix((np.ones(len(owner)), (owner, np.arange(len(owner)))), shape=shape)
        return by_sentence, (belongs @ by_sentence).tocsr(), owner

    def _weighted(self, by_document: csr_matrix) -> csr_matrix:
        if not by_document.shape[0]:
            return by_document
        return self._weighting.transform(by_document)
