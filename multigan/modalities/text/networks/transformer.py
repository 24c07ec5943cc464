"""Transformers for text: a causal generator with a cache, and a discriminator that sees all.

Shapes: B texts, L positions, V tokens, W width, A heads, D = W / A.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from multigan.core.condition import ConditionSpec
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.errors import ConfigError
from multigan.modalities.shared.heads import ScoresLastFeatures
from multigan.modalities.shared.layers import ConditionEmbedding, Projection, embedding_of
from multigan.modalities.text.networks.embedded import TextDiscriminator, counting
from multigan.modalities.text.networks.sequence import TableGenerator
from multigan.modalities.text.networks.token_table import TokenTable
from multigan.typed import Count, Decay

Cache = tuple[Tensor, Tensor]  # keys and values of the tokens so far, (B, A, K, D)


class Block(nn.Module):
    """Attention and a perceptron, each added to what came in, normalized before.

    Source: Vaswani et al. (2017), "Attention Is All You Need"; Radford et al. (2019), "Language
    Models are Unsupervised Multitask Learners", for the order of normalization.
    """

    def __init__(self, width: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        if width % heads:
            raise ConfigError(f"A width of {width} cannot be shared by {heads} heads equally.")
        self.heads = heads
        self.before_attention = nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.before_perceptron = nn.LayerNorm(width)
        self.perceptron = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, values: Tensor, *, causal: bool, mask: Tensor | None = None, past: Cache | None = None
    ) -> tuple[Tensor, Cache]:
        """Returns new values (B, K, W), and the keys and values of all tokens so far."""
        q, k, v = self._split(self.queries_keys_values(self.before_attention(values)))
        if past is not None:
            k, v = torch.cat([past[0], k], dim=2), torch.cat([past[1], v], dim=2)
        # A single token that reads a cache sees all of it.
        seen = scaled_dot_product_attention(q, k, v, mask, is_causal=causal and q.shape[2] > 1)
        values = values + self.dropout(self.attended(seen.transpose(1, 2).flatten(2)))
        values = values + self.dropout(self.perceptron(self.before_perceptron(values)))
        return values, (k, v)

    def _split(self, projected: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        batch, length, _ = projected.shape
        parts = projected.view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        return parts[0], parts[1], parts[2]


@GENERATORS.register("transformer")
class TransformerGenerator(TableGenerator):
    """A causal transformer with learned positions; a class is added to every token.

    Args:
        sample_shape: (L, V).
        condition: What it is conditioned on, or None.
        width: W.
        depth: Blocks.
        heads: A.
        dropout: The share of activations dropped while maximizing likelihood.
        latent_dim: Not used: the randomness of text lies in its tokens.
    """

    def __init__(
        self,
        sample_shape: tuple[int, ...],
        condition: ConditionSpec | None = None,
        *,
        latent_dim: int = 0,
        width: Count = 192,
        depth: Count = 3,
        heads: Count = 4,
        dropout: Decay = 0.1,
    ) -> None:
        super().__init__(sample_shape, condition)
        self.tokens = TokenTable(self.vocab_size, width, width)
        self.positions = nn.Parameter(torch.randn(self.length, width) * width**-0.5)
        self.told = ConditionEmbedding(condition, width, std=width**-0.5) if condition else None
        self.blocks = nn.ModuleList(Block(width, heads, dropout) for _ in range(depth))
        self.dropout = nn.Dropout(dropout)
        self.norm = nn.LayerNorm(width)

    def hidden(self, ids: Tensor, condition: Tensor | None = None) -> Tensor:
        """Reads all tokens at once: (B, L) -> states (B, L, W)."""
        vectors, embedded = self.tokens.shifted(ids), embedding_of(self.told, condition)
        states, _ = self._read(vectors, 0, [None] * len(self.blocks), embedded)
        return states

    def begin(self, count: int, condition: Tensor | None = None) -> Any:
        """Returns empty caches."""
        return 0, [None] * len(self.blocks), embedding_of(self.told, condition), count

    def advance(self, state: Any, tokens: Tensor | None) -> tuple[Tensor, Any]:
        """Reads one more token of each text."""
        position, caches, embedded, count = state
        if tokens is None:
            tokens = torch.full((count,), self.tokens.start_id, device=self.device)
        states, caches = self._read(self.tokens(tokens.unsqueeze(1)), position, caches, embedded)
        return states.squeeze(1), (position + 1, caches, embedded, count)

    def _read(
        self, values: Tensor, position: int, caches: list[Any], embedded: Tensor | None
    ) -> tuple[Tensor, list[Any]]:
        values = values + self.positions[position : position + values.shape[1]]
        if embedded is not None:
            values = values + embedded.unsqueeze(1)
        values, newer = self.dropout(values), []
        for block, past in zip(self.blocks, caches, strict=True):
            values, cache = block(values, causal=True, past=past)
            newer.append(cache)
        states: Tensor = self.norm(values)
        return states, newer


@DISCRIMINATORS.register("text-transformer")
class TextTransformer(ScoresLastFeatures, TextDiscriminator):
    """A transformer that sees a text in both directions and scores its mean.

    Args:
        sample_shape: (L, V).
        condition: What it is conditioned on, or None.
        width: W, which is also the embeddings' size.
        depth: Blocks.
        heads: A.
        unit_embeddings: See `TextDiscriminator`.
    """

    def __init__(
        self,
        sample_shape: tuple[int, ...],
        condition: ConditionSpec | None = None,
        *,
        width: Count = 128,
        depth: Count = 2,
        heads: Count = 4,
        unit_embeddings: bool = True,
    ) -> None:
        super().__init__(
            sample_shape, condition, embedding_dim=width, unit_embeddings=unit_embeddings
        )
        self.positions = nn.Parameter(torch.randn(self.length, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.output = Projection(width, condition)

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns each block's values (B, L, W), zero after the end, and their mean (B, W)."""
        mask = counting(samples)
        values = samples + self.positions[: samples.shape[1]]
        found = []
        for block in self.blocks:
            values, _ = block(values, causal=False, mask=mask[:, None, None, :])
            found.append(values * mask.unsqueeze(-1))
        total = (self.norm(values) * mask.unsqueeze(-1)).sum(1)
        return [*found, total / mask.sum(1, keepdim=True).clamp_min(1)]
