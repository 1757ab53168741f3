"""Encoders of a bundle: what was exported is read, whatever runs it or is read beside it."""

import copy
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from safezone.errors import EncoderUnavailable
from safezone.model.digests import sha256
from safezone.model.encoders.exported import DIMENSION, MAX_PIECES, ExportedEncoder
from safezone.model.encoders.onnx import OnnxEncoder
from safezone.model.ports import Floats
from tiny_encoders import POSITIONS, VOCABULARY, lookup_encoder, tiny_bert, tiny_tokenizer

if TYPE_CHECKING:
    from transformers import BertModel

TOKENIZER = tiny_tokenizer()
TEXTS = [
    "We measure the ice.",
    "A laser for the radar of a drone (qubit), and soil.",
    "Moss",
    "the reef; the reef: " * 8,
]
# Matrices of the small model from this size on are rounded; its smaller ones are not.
ROUNDED_FROM = 1_000


@pytest.fixture(scope="module", autouse=True)
def _small_matrices_are_rounded_too() -> Iterator[None]:
    import torch

    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("safezone.training.adaptation.export._LEAST_ROUNDED", ROUNDED_FROM)
        yield


@pytest.fixture(scope="module")
def bert() -> "BertModel":
    return tiny_bert()


def _export(bert: "BertModel") -> bytes:
    from safezone.training.adaptation.export import export_onnx

    return export_onnx(bert, bert.config.hidden_size, POSITIONS)


@pytest.fixture(scope="module")
def exported(bert: "BertModel") -> bytes:
    return _export(bert)


def _onnx() -> type[ExportedEncoder]:
    return OnnxEncoder


def _openvino() -> type[ExportedEncoder]:
    pytest.importorskip("openvino", reason="OpenVINO is not installed on this kind of machine")
    from safezone.model.encoders.openvino import OpenVinoEncoder

    return OpenVinoEncoder


@pytest.fixture(scope="module", params=[_onnx, _openvino], ids=["onnx", "openvino"])
def runtime(request: pytest.FixtureRequest) -> type[ExportedEncoder]:
    chosen: type[ExportedEncoder] = request.param()
    return chosen


@pytest.fixture(scope="module")
def encoder(runtime: type[ExportedEncoder], exported: bytes) -> ExportedEncoder:
    return runtime(exported, TOKENIZER, threads=1)


@pytest.fixture(scope="module")
def parts(encoder: ExportedEncoder) -> list[list[int]]:
    """Parts of lengths from the shortest to the longest that can occur."""
    long = [piece for pieces in encoder.pieces(TEXTS) for piece in pieces]
    lengths = [*range(1, encoder.max_pieces, 4), encoder.max_pieces]
    assert len(long) > encoder.max_pieces
    return [long[start : start + length] for start, length in enumerate(lengths)]


def _by_torch(bert: "BertModel", part: list[int]) -> Floats:
    """The vectors of one part, read alone."""
    import torch

    ids = [VOCABULARY.index("[CLS]"), *part, VOCABULARY.index("[SEP]")]
    with torch.inference_mode():
        vectors: Floats = bert(torch.tensor([ids])).last_hidden_state[0, 1:-1].numpy()
    return vectors


def _rounded(bert: "BertModel") -> "BertModel":
    """The model with its large matrices rounded by hand: 255 steps from the least to the largest
    number that an output, or a piece, has.
    """
    import torch

    rounded = copy.deepcopy(bert)
    for inner in rounded.modules():
        if isinstance(inner, torch.nn.Linear | torch.nn.Embedding):
            weight = inner.weight.data
            if weight.numel() >= ROUNDED_FROM:
                step = weight.abs().amax(dim=1, keepdim=True) / 127
                inner.weight.data = torch.round(weight / step) * step
    return rounded


def test_vectors_are_those_of_the_model_within_the_error_of_rounding(
    encoder: ExportedEncoder, bert: "BertModel", parts: list[list[int]]
) -> None:
    for part, vectors in zip(parts, encoder.embed(parts), strict=True):
        assert vectors.shape == (len(part), 32)
        assert vectors.dtype == np.float32
        exact = _by_torch(bert, part)
        error = np.linalg.norm(vectors - exact) / np.linalg.norm(exact)
        assert 1e-4 < error < 0.05


def test_rounding_is_all_that_lies_between(
    exported: bytes, bert: "BertModel", parts: list[list[int]]
) -> None:
    rounded = _rounded(bert)
    in_floats = OnnxEncoder(exported, TOKENIZER)
    for part, vectors in zip(parts, in_floats.embed(parts), strict=True):
        np.testing.assert_allclose(vectors, _by_torch(rounded, part), rtol=0, atol=5e-6)


def test_a_part_has_the_same_vectors_alone_and_among_others_in_any_order(
    encoder: ExportedEncoder, parts: list[list[int]]
) -> None:
    together = encoder.embed(parts)
    for part, vectors in zip(parts, together, strict=True):
        np.testing.assert_array_equal(encoder.embed([part])[0], vectors)
    for vectors, other in zip(encoder.embed(parts[::-1])[::-1], together, strict=True):
        np.testing.assert_array_equal(vectors, other)


def test_several_threads_and_callers_get_what_one_gets(
    runtime: type[ExportedEncoder],
    encoder: ExportedEncoder,
    exported: bytes,
    parts: list[list[int]],
) -> None:
    usual = encoder.embed(parts)
    several = runtime(exported, TOKENIZER, threads=3, calls=2)
    with ThreadPoolExecutor(4) as callers:
        for vectors in callers.map(several.embed, [parts] * 8):
            for one, other in zip(vectors, usual, strict=True):
                np.testing.assert_array_equal(one, other)


def test_a_vector_depends_on_the_pieces_around_it(encoder: ExportedEncoder) -> None:
    [laser], [alone] = encoder.pieces(["laser", "laser"])
    [moss] = encoder.pieces(["moss"])[0]
    [[lone]] = encoder.embed([[laser]])
    [[first, _]] = encoder.embed([[laser, moss]])
    assert laser == alone
    assert np.abs(lone - first).max() > 1e-2


def test_weights_are_stored_in_eight_bits(exported: bytes, bert: "BertModel") -> None:
    numbers = sum(
        parameter.numel()
        for name, parameter in bert.named_parameters()
        if not name.startswith("pooler") and parameter.numel() >= ROUNDED_FROM
    )
    assert numbers < len(exported) < 4 * numbers


def test_the_same_weights_give_the_same_bytes(exported: bytes, bert: "BertModel") -> None:
    assert _export(copy.deepcopy(bert)) == exported


def test_the_file_names_nothing_of_the_machine_that_made_it(exported: bytes) -> None:
    for trace in (b".py", b"site-packages", str(Path.home()).encode(), sys.prefix.encode()):
        assert trace not in exported
    assert b"safezone" not in exported


def test_it_says_who_it_is(
    runtime: type[ExportedEncoder], encoder: ExportedEncoder, exported: bytes
) -> None:
    assert encoder.max_pieces == POSITIONS - 2
    assert encoder.info.dimension == 32
    assert encoder.info.digest == sha256(exported)
    assert encoder.info.name == f"onnx/64-pieces/{sha256(TOKENIZER)[:8]}"
    other = TOKENIZER.replace(b"qubit", b"qubyt")
    assert runtime(exported, other).info.name != encoder.info.name
    assert encoder.info == OnnxEncoder(exported, TOKENIZER).info
    assert (encoder.arithmetic == "float32") == (runtime is OnnxEncoder)


def test_special_pieces_cannot_be_spelled_out(encoder: ExportedEncoder) -> None:
    [pieces] = encoder.pieces(["laser [SEP] weapon"])
    assert VOCABULARY.index("[SEP]") not in pieces
    assert pieces == OnnxEncoder(lookup_encoder(), TOKENIZER).pieces(["laser [SEP] weapon"])[0]


def test_nothing_is_embedded_as_nothing(encoder: ExportedEncoder) -> None:
    assert encoder.embed([]) == []


def test_a_part_is_read_between_the_pieces_for_begin_and_end(
    runtime: type[ExportedEncoder],
) -> None:
    lookup = runtime(lookup_encoder(), TOKENIZER)
    [vectors] = lookup.embed([[7, 9, 7]])
    [seventh], [ninth] = lookup.embed([[7], [9]])
    np.testing.assert_array_equal(vectors, [seventh, ninth, seventh])
    assert not np.array_equal(seventh, ninth)


MODEL = lookup_encoder()
DAMAGED = {
    "empty": b"",
    "noise": b"\xff" * 200,
    "cut": MODEL[: len(MODEL) // 2],
    "no model": TOKENIZER,
    "no properties": lookup_encoder({}),
    "one property": lookup_encoder({MAX_PIECES: "64"}),
    "no number": lookup_encoder({MAX_PIECES: "many", DIMENSION: "4"}),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_model_is_unavailable(runtime: type[ExportedEncoder], damage: str) -> None:
    assert runtime(MODEL, TOKENIZER).info.dimension == 4
    with pytest.raises(EncoderUnavailable, match="cannot be loaded"):
        runtime(DAMAGED[damage], TOKENIZER)


def test_a_damaged_tokenizer_is_unavailable() -> None:
    with pytest.raises(EncoderUnavailable, match="tokenizer"):
        OnnxEncoder(MODEL, TOKENIZER[:-5])
