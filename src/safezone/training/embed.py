"""Embeds prepared texts, keeping each vector for later runs with the same encoder."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np

from safezone.model.ports import Encoder, Floats
from safezone.model.reading import document_vectors
from safezone.text.prepare import PreparedText


def embed(
    encoder: Encoder,
    texts: Sequence[PreparedText],
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Floats:
    """Document vectors, the plain mean over word pieces, shape (len(texts), dimension).

    `cache` is a folder with one file an encoder: digests of texts and their vectors, as plain
    arrays (never pickles). Only texts that are not in it are read.
    """
    documents = [[sentence.text for sentence in text.sentences] for text in texts]
    if cache is None:
        return _mean_vectors(encoder, documents, progress)
    encoder_key = hashlib.sha256(json.dumps(astuple(encoder.info)).encode()).hexdigest()
    path = cache / f"{encoder_key[:16]}.npz"
    known = _load(path)
    keys = [hashlib.sha256(json.dumps(document).encode()).hexdigest() for document in documents]
    missing = {
        key: document for key, document in zip(keys, documents, strict=True) if key not in known
    }
    if missing:
        vectors = _mean_vectors(encoder, list(missing.values()), progress)
        known.update(zip(missing, vectors, strict=True))
        cache.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(".writing.npz")
        np.savez(scratch, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
        scratch.replace(path)
    return np.stack([known[key] for key in keys])


def _mean_vectors(
    encoder: Encoder,
    documents: Sequence[Sequence[str]],
    progress: Callable[[int, int], None] | None,
) -> Floats:
    nothing_sought = np.zeros((1, encoder.info.dimension), dtype=np.float32)
    return document_vectors(encoder, documents, nothing_sought, progress)[:, 0]


def _load(path: Path) -> dict[str, Floats]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
        return {}  # not there, or not whole: it is only a cache
