"""Fitting by adapting the encoder: the transformer and its heads learn the labels together.

Beside them stands the lexical view with heads of its own. Part of the sample is kept away from all
of them, for calibration.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from safezone.errors import TrainingError
from safezone.model.bundle import ENCODER, TOKENIZER
from safezone.model.encoders.onnx import OnnxEncoder
from safezone.model.encoders.tokenizer import PieceTokenizer
from safezone.model.heads import Doubles, LinearHeads
from safezone.model.lexical import LexicalView
from safezone.model.ports import Floats
from safezone.model.precedents import precedent_vector
from safezone.model.reading import document_vectors
from safezone.training.adaptation.adapt import adapt
from safezone.training.adaptation.export import export_onnx
from safezone.training.adaptation.lessons import head_queries, make_lessons
from safezone.training.adaptation.settings import AdaptationSettings
from safezone.training.calibrate import fit_platt, log_losses
from safezone.training.fitted import Fitted
from safezone.training.linear import fit_lexical_heads
from safezone.training.material import Material
from safezone.training.precedents import precedent_rows
from safezone.training.settings import TrainingSettings
from safezone.training.targets import Targets

# One part in seven of the sample is kept for calibration.
_PARTS = 7
# How much the lexical heads' log-odds may weigh beside the encoder's.
_LEXICAL_SHARES = (0.0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0)


def fit_adapted(
    material: Material,
    folder: Path,
    adaptation: AdaptationSettings,
    settings: TrainingSettings,
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Fitted:
    """Adapt the transformer of a sentence-transformers folder.

    Raises TrainingError when the records are too few, or the folder does not hold the transformer
    itself.
    """
    kept = kept_rows(material, settings.seed)
    taught = np.setdiff1d(np.arange(len(material.records)), kept)
    tokenizer = _tokenizer_file(folder)
    pieces = PieceTokenizer(tokenizer)
    lessons = make_lessons(material, taught, pieces)
    network = adapt(folder, lessons, adaptation, settings.seed, pieces, cache, progress)
    config = network.transformer.config
    model = export_onnx(network.transformer, config.hidden_size, config.max_position_embeddings)
    encoder = OnnxEncoder(model, tokenizer)
    queries, dense, bias = network.heads.parameters_for_reading()

    def vectors_of(rows: NDArray[np.int64]) -> Floats:
        documents = [material.documents[row] for row in rows.tolist()]
        return document_vectors(encoder, documents, queries)

    lexical, sparse, constants = _lexical_heads(material, taught, settings)
    terms = lexical.transform([material.documents[row] for row in kept.tolist()])
    vectors = vectors_of(kept)
    query = head_queries(material.taxonomy)
    centre = np.einsum("hd,dh->h", vectors.mean(axis=0)[query], dense)
    alone = LinearHeads(dense, np.zeros_like(sparse), query, centre, bias + centre)
    of_words = np.asarray(terms @ sparse.astype(np.float64)) + constants.astype(np.float64)
    share = lexical_shares(
        alone.log_odds(vectors, terms), of_words, material.targets.rows(kept), query
    )
    heads = replace(
        alone,
        sparse=(sparse * share).astype(np.float32),
        baseline=(alone.baseline + share * constants).astype(np.float32),
    )
    shown = precedent_rows(material)
    return Fitted(
        encoder=encoder,
        lexical=lexical,
        queries=queries,
        heads=heads,
        unseen=kept,
        log_odds=heads.log_odds(vectors, terms),
        folds=material.folds(settings.folds, settings.seed, kept),
        precedent_rows=shown,
        precedents=precedent_vector(vectors_of(shown)),
        files={ENCODER: model, TOKENIZER: tokenizer},
    )


def kept_rows(material: Material, seed: int) -> NDArray[np.int64]:
    """The rows that are kept for calibration: a part of the sample.

    And of the texts that are no research abstracts, wherever they come from, so that the abstention
    too is calibrated on texts that taught nothing.
    """
    folds = material.folds(_PARTS, seed, np.arange(len(material.records)))
    parted = material.is_sample | ~material.is_abstract
    return np.flatnonzero(parted & (folds == 0))


def _lexical_heads(
    material: Material, taught: NDArray[np.int64], settings: TrainingSettings
) -> tuple[LexicalView, Floats, Floats]:
    """The lexical view, its heads' weights (terms, heads) and their constants (heads,)."""
    documents = [material.documents[row] for row in taught.tolist()]
    lexical = LexicalView.fit(documents, settings.heads.max_terms, settings.heads.min_documents)
    terms: csr_matrix = lexical.transform(documents)
    return lexical, *fit_lexical_heads(terms, material.targets.rows(taught), settings.heads)


def lexical_shares(
    of_encoder: Doubles, of_words: Doubles, targets: Targets, query: NDArray[np.int64]
) -> Doubles:
    """How much of the lexical heads' log-odds to add to the encoder's, shape (heads,).

    One share for all heads of a query: that of `_LEXICAL_SHARES` which has the least log loss after
    calibration, on rows that neither had seen.
    """
    losses = []
    for share in _LEXICAL_SHARES:
        log_odds = of_encoder + share * of_words
        losses.append(log_losses(fit_platt(log_odds, targets).calibrated(log_odds), targets))
    by_head = np.array(losses)
    shares = np.zeros(len(query))
    for number in np.unique(query):
        heads = query == number
        shares[heads] = _LEXICAL_SHARES[int(by_head[:, heads].sum(axis=1).argmin())]
    return shares


def _tokenizer_file(folder: Path) -> bytes:
    try:
        return (folder / "tokenizer.json").read_bytes()
    except OSError as error:
        raise TrainingError(
            f"{folder} has no tokenizer.json. Only a folder that holds the transformer itself can "
            "be adapted."
        ) from error
