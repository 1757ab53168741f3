"""How much two texts share, measured exactly where both are there."""

from collections.abc import Sequence

from scipy.sparse import csr_array
from sklearn.feature_extraction.text import HashingVectorizer

_SHINGLE_WORDS = 5


def shingle_similarity(texts: Sequence[str], others: Sequence[str] | None = None) -> csr_array:
    """Cosine similarity of the sets of word shingles, shape (len(texts), len(others or texts)).

    0 where two texts share no five words in a row, 1 where they share them all.
    """
    vectorizer = HashingVectorizer(
        ngram_range=(_SHINGLE_WORDS, _SHINGLE_WORDS), binary=True, norm="l2", alternate_sign=False
    )
    shingles = vectorizer.transform(texts)
    against = shingles if others is None else vectorizer.transform(others)
    return csr_array(shingles @ against.T)
