"""Encoders so small that making and running them costs little."""

import string
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from safezone.model.encoders.exported import (
    ATTENTION_MASK,
    DIMENSION,
    INPUT_IDS,
    MAX_PIECES,
    OUTPUT,
)

if TYPE_CHECKING:
    from transformers import BertModel

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
WORDS = (
    *("ice", "laser", "reef", "soil", "radar", "qubit", "drone", "moss", "the", "of", "and", "we"),
    *("in", "to", "for", "will", "data", "with", "from", "model", "study", "measure", "open"),
)
_SIGNS = string.ascii_lowercase + string.digits
VOCABULARY = (*SPECIAL, *"[].,;:()-%", *_SIGNS, *(f"##{sign}" for sign in _SIGNS), *WORDS)
POSITIONS = 66


def tiny_tokenizer() -> bytes:
    """A BERT tokenizer.json of a few words, else letters; with truncation and padding baked in."""
    ids = {piece: number for number, piece in enumerate(VOCABULARY)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(list(SPECIAL))
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", ids["[SEP]"]), ("[CLS]", ids["[CLS]"])
    )
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=12)
    return bytes(tokenizer.to_str().encode())


def lookup_encoder(properties: dict[str, str] | None = None) -> bytes:
    """An ONNX file that gives every piece a fixed vector of four numbers, wherever it stands."""
    table = np.random.default_rng(5).normal(size=(len(VOCABULARY), 4)).astype(np.float32)
    shape = ["texts", "pieces"]
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", INPUT_IDS], ["vectors"]),
            helper.make_node("Unsqueeze", [ATTENTION_MASK, "last"], ["column"]),
            helper.make_node("Cast", ["column"], ["mask"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["vectors", "mask"], [OUTPUT]),
        ],
        "lookup",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, shape)
            for name in (INPUT_IDS, ATTENTION_MASK)
        ],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [*shape, 4])],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(np.array([-1]), "last"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    if properties is None:
        properties = {MAX_PIECES: str(POSITIONS - 2), DIMENSION: "4"}
    helper.set_model_props(model, properties)
    data: bytes = model.SerializeToString(deterministic=True)
    return data


def tiny_bert() -> "BertModel":
    """A BERT of two layers and 32 numbers a piece with random weights, always the same ones."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    bert = BertModel(
        BertConfig(
            vocab_size=len(VOCABULARY),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=POSITIONS,
            # Words must differ, as in a trained model: the usual 0.02 drowns in later layers.
            initializer_range=0.2,
        )
    )
    bert.train(False)
    return bert


def save_tiny_bert(folder: Path) -> Path:
    """The same as a folder that can be adapted."""
    tiny_bert().save_pretrained(folder)
    (folder / "tokenizer.json").write_bytes(tiny_tokenizer())
    return folder
