"""The network that is trained: a transformer, attention over its word pieces, linear heads."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoModel

from safezone.model.ports import Floats

# The last layer's vectors have unit-like length over hundreds of numbers; heads learn faster on
# larger ones. Folded into the heads when they leave the network.
_SCALE = 4.0


class Heads(nn.Module):
    """One query a group of heads, and a linear head on the vector that it pools.

    A query of zeros pools the plain mean, which is where training starts. `query` names each head's
    query, `log_odds` are the heads' log-odds before a word is read.
    """

    def __init__(self, dimension: int, query: Sequence[int], log_odds: Floats) -> None:
        super().__init__()
        self._query = list(query)
        self.queries = nn.Parameter(torch.zeros(max(query) + 1, dimension))
        self.weight = nn.Parameter(torch.randn(len(query), dimension) * 0.02)
        self.bias = nn.Parameter(torch.from_numpy(log_odds.copy()))

    def forward(self, vectors: Tensor, counted: Tensor) -> Tensor:
        """Log-odds (texts, heads) from vectors (texts, pieces, dimension) and a mask of pieces."""
        vectors = vectors * _SCALE
        scores = (vectors @ self.queries.T).masked_fill(~counted[..., None], -torch.inf)
        pooled = torch.einsum("npq,npd->nqd", torch.softmax(scores, dim=1), vectors)
        return (pooled[:, self._query] * self.weight).sum(dim=-1) + self.bias

    def parameters_for_reading(self) -> tuple[Floats, Floats, Floats]:
        """`queries` (queries, dimension), `dense` (dimension, heads) and `bias` (heads,)."""
        with torch.no_grad():
            return (
                (self.queries * _SCALE).numpy().copy(),
                (self.weight.T * _SCALE).numpy().copy(),
                self.bias.numpy().copy(),
            )


class Network(nn.Module):
    """The transformer of a sentence-transformers folder under the heads."""

    def __init__(self, folder: Path, query: Sequence[int], log_odds: Floats) -> None:
        super().__init__()
        self.transformer: Any = AutoModel.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, attn_implementation="sdpa"
        )
        # Random zeroing costs a quarter of the time on a CPU; the views vary the texts instead.
        for module in self.transformer.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0
        self.heads = Heads(self.transformer.config.hidden_size, query, log_odds)

    def forward(self, ids: Tensor, attended: Tensor, counted: Tensor) -> Tensor:
        """Log-odds (texts, heads)."""
        vectors = self.transformer(input_ids=ids, attention_mask=attended).last_hidden_state
        log_odds: Tensor = self.heads(vectors, counted)
        return log_odds

    def groups(
        self, frozen: int, rate: float, decay: float, head: float, query: float
    ) -> list[dict[str, Any]]:
        """The parameters that learn, with their rates: `decay` times less from each layer to the
        next lower one. The embeddings and the lowest `frozen` layers are held fast.
        """
        layers = self.transformer.encoder.layer
        for held in (self.transformer.embeddings, *layers[:frozen]):
            held.requires_grad_(False)
        groups = [
            {
                "params": list(layer.parameters()),
                "lr": rate * decay ** (len(layers) - 1 - number),
                "weight_decay": 0.01,
            }
            for number, layer in enumerate(layers)
            if number >= frozen
        ]
        return [
            *groups,
            {"params": [self.heads.weight, self.heads.bias], "lr": head, "weight_decay": 0.01},
            {"params": [self.heads.queries], "lr": query, "weight_decay": 0.0},
        ]
