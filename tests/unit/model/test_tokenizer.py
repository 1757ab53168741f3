"""Word pieces: those of the vocabulary, all of them, and nothing special from within a text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safezone.errors import EncoderUnavailable
from safezone.model.encoders.tokenizer import PieceTokenizer
from tiny_encoders import SPECIAL, VOCABULARY, tiny_tokenizer

TOKENIZER = PieceTokenizer(tiny_tokenizer())


def _spelled(text: str) -> list[str]:
    return [VOCABULARY[piece] for piece in TOKENIZER.pieces([text])[0]]


def test_pieces_are_those_of_the_vocabulary() -> None:
    assert _spelled("Radar ice, sea") == ["radar", "ice", ",", "s", "##e", "##a"]
    assert _spelled("") == _spelled(" \n") == []


def test_the_pieces_around_a_text_are_named() -> None:
    around = (TOKENIZER.first, TOKENIZER.last, TOKENIZER.padding)
    assert [VOCABULARY[piece] for piece in around] == ["[CLS]", "[SEP]", "[PAD]"]


def test_a_long_text_is_not_truncated_and_a_short_one_not_padded() -> None:
    """The file has both baked in."""
    long, short = TOKENIZER.pieces(["ice laser " * 2_000, "ice"])
    assert len(long) == 4_000
    assert len(short) == 1


@pytest.mark.parametrize("special", SPECIAL)
def test_names_of_special_pieces_in_a_text_are_plain_text(special: str) -> None:
    """Else an applicant could end or mask the text where he likes."""
    pieces = _spelled(f"laser {special} radar")
    assert special not in pieces
    assert pieces[0] == "laser"
    assert pieces[1:3] == ["[", special[1].lower()]


@given(st.lists(st.text(max_size=30), max_size=4))
def test_pieces_are_those_of_each_text_alone(texts: list[str]) -> None:
    assert TOKENIZER.pieces(texts) == [TOKENIZER.pieces([text])[0] for text in texts]


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe", tiny_tokenizer()[:-9], b"[" * 10_000])
def test_damaged_bytes_are_unavailable(data: bytes) -> None:
    with pytest.raises(EncoderUnavailable, match="cannot be loaded"):
        PieceTokenizer(data)


@pytest.mark.parametrize("name", ["[CLS]", "[SEP]", "[PAD]"])
def test_a_tokenizer_without_the_pieces_of_bert_is_unavailable(name: str) -> None:
    fields = json.loads(tiny_tokenizer())
    fields["added_tokens"] = [t for t in fields["added_tokens"] if t["content"] != name]
    fields["model"]["vocab"]["other"] = fields["model"]["vocab"].pop(name)
    with pytest.raises(EncoderUnavailable, match="BERT"):
        PieceTokenizer(json.dumps(fields).encode())
