"""How much two texts share, measured exactly where both are there."""

from collections.abc import Sequence

from scipy.sparse import csr_array
from sklearn.feature_extraction.text import HashingVectorizer

_SHINGLE_WORDS = 5


def shingle_similarity(texts: Sequence[str]) -> csr_array:
    """Cosine similarity of the texts' sets of word shingles, shape (len(texts), len(texts)).

    0 where two texts share no five words in a row, 1 where they share them all.
    """
    vectorizer = HashingVectorizer(
        ngram_range=(_SHINGLE_WORDS, _SHINGLE_WORDS), binary=True, norm="l2", alternate_sign=False
    )
    shingles = vectorizer.transform(texts)
    return csr_array(shingles @ shingles.T)
