"""Word pieces by a tokenizer.json of a BERT vocabulary, never truncated and never padded."""

from collections.abc import Sequence

from tokenizers import Tokenizer

from safezone.errors import EncoderUnavailable


class PieceTokenizer:
    """Splits texts into word pieces.

    `data` are the bytes of the file. `first`, `last` and `padding` are the ids of the pieces that
    an encoder reads before, after and beside a text. Raises EncoderUnavailable.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._tokenizer = Tokenizer.from_buffer(data)
            ids = [self._tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]", "[PAD]")]
        # The library raises bare Exceptions for damaged files.
        except Exception as error:
            raise EncoderUnavailable(
                f"The tokenizer cannot be loaded ({type(error).__name__})."
            ) from error
        if None in ids:
            raise EncoderUnavailable("The tokenizer is not that of a BERT encoder.")
        self.first, self.last, self.padding = (int(number) for number in ids if number is not None)
        # The file has its own truncation and padding baked in; neither may act here. Nor may a text
        # that spells out '[SEP]' put a special piece into itself.
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The word-piece ids of each text, without special pieces."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]
