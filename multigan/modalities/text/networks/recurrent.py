"""Recurrent generators of text: LSTM and GRU.

Shapes: B texts, L positions, V tokens, E embedding size, W width of the recurrent layers.
"""

from typing import Any

import torch
from torch import Tensor, nn

from multigan.core.condition import ConditionSpec
from multigan.core.registries import GENERATORS
from multigan.modalities.shared.layers import ConditionEmbedding, embedding_of
from multigan.modalities.text.networks.sequence import TableGenerator
from multigan.modalities.text.networks.token_table import TokenTable
from multigan.typed import Count, Decay

State = list[Any]  # one entry a layer: (h, c) of an LSTM, h of a GRU


class _RecurrentGenerator(TableGenerator):
    """Layers of one recurrent kind, with dropout between; a class is added to every embedding.

    Args:
        sample_shape: (L, V).
        condition: What it is conditioned on, or None.
        width: Units in each layer.
        embedding_dim: E.
        depth: How many layers.
        dropout: The share of activations dropped while maximizing likelihood.
        tied: See `TokenTable`.
        latent_dim: Not used: the randomness of text lies in its tokens.
    """

    layer: type[nn.LSTM] | type[nn.GRU]

    def __init__(
        self,
        sample_shape: tuple[int, ...],
        condition: ConditionSpec | None = None,
        *,
        latent_dim: int = 0,
        width: Count = 256,
        embedding_dim: Count = 128,
        depth: Count = 1,
        dropout: Decay = 0.2,
        tied: bool = True,
    ) -> None:
        super().__init__(sample_shape, condition)
        self.tokens = TokenTable(self.vocab_size, embedding_dim, width, tied=tied)
        self.told = ConditionEmbedding(condition, embedding_dim, std=0.1) if condition else None
        sizes = [embedding_dim] + [width] * depth
        self.layers = nn.ModuleList(
            self.layer(inputs, width, batch_first=True) for inputs in sizes[:-1]
        )
        self.dropout = nn.Dropout(dropout)

    def hidden(self, ids: Tensor, condition: Tensor | None = None) -> Tensor:
        """Reads all tokens at once: (B, L) -> states (B, L, W)."""
        vectors = self.tokens.shifted(ids)
        states, _ = self._read(
            vectors, [None] * len(self.layers), embedding_of(self.told, condition)
        )
        return states

    def begin(self, count: int, condition: Tensor | None = None) -> Any:
        """Returns empty layers."""
        return [None] * len(self.layers), embedding_of(self.told, condition), count

    def advance(self, state: Any, tokens: Tensor | None) -> tuple[Tensor, Any]:
        """Reads one more token of each text."""
        layers, embedded, count = state
        if tokens is None:
            tokens = torch.full((count,), self.tokens.start_id, device=self.device)
        states, layers = self._read(self.tokens(tokens.unsqueeze(1)), layers, embedded)
        return states.squeeze(1), (layers, embedded, count)

    def _read(self, values: Tensor, layers: State, embedded: Tensor | None) -> tuple[Tensor, State]:
        if embedded is not None:
            values = values + embedded.unsqueeze(1)
        ends = []
        for layer, state in zip(self.layers, layers, strict=True):
            values, end = layer(self.dropout(values), state)
            ends.append(end)
        return self.dropout(values), ends


@GENERATORS.register("lstm")
class LSTMGenerator(_RecurrentGenerator):
    """Long short-term memory (Hochreiter & Schmidhuber 1997)."""

    layer = nn.LSTM


@GENERATORS.register("gru")
class GRUGenerator(_RecurrentGenerator):
    """Gated recurrent units (Cho et al. 2014)."""

    layer = nn.GRU
