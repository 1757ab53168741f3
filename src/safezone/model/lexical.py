"""The lexical view: TF-IDF of words and word pairs, by scikit-learn, with a fixed vocabulary."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

from safezone.model.ports import Floats
from safezone.text.prepare import PLACEHOLDERS

# Whoever is spoken of must not count, so the words that stand for identities are left out too.
_NEUTRAL = frozenset(word for word in PLACEHOLDERS.values() if word.strip())
_SETTINGS = {"ngram_range": (1, 2), "sublinear_tf": True, "token_pattern": r"(?u)\b[^\W\d_]{2,}\b"}


# Words of the library's list that carry meaning here: 'fire control', 'sea mine', 'thin film'.
_MEANT = frozenset({"bill", "cry", "detail", "fire", "interest", "mill", "mine", "system", "thick",
                    "thin"})  # fmt: skip
_STOP_WORDS = sorted((ENGLISH_STOP_WORDS - _MEANT) | _NEUTRAL)


class LexicalView:
    """Maps texts to sparse rows of unit length over a fixed vocabulary.

    `terms` are the vocabulary in column order, `idf` their inverse document frequencies, shape
    (len(terms),).
    """

    def __init__(self, terms: Sequence[str], idf: Floats) -> None:
        self.terms = tuple(terms)
        self.idf = idf
        self._vectorizer = TfidfVectorizer(
            vocabulary=list(terms), stop_words=_STOP_WORDS, **_SETTINGS
        )
        self._vectorizer.idf_ = idf.astype(np.float64)

    @classmethod
    def fit(cls, texts: Sequence[str], max_terms: int, min_documents: int) -> "LexicalView":
        """Choose the most frequent terms that occur in at least `min_documents` texts."""
        vectorizer = TfidfVectorizer(
            max_features=max_terms, min_df=min_documents, stop_words=_STOP_WORDS, **_SETTINGS
        )
        vectorizer.fit(texts)
        terms = vectorizer.get_feature_names_out().tolist()
        return cls(terms, vectorizer.idf_.astype(np.float32))

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Shape (len(texts), len(terms)); a text without a known term is a row of zeros."""
        return self._vectorizer.transform(texts)
