"""A discriminator that scores every token, by what came before it.

Shapes: B texts, L positions, E embedding size, W width.
"""

from math import pi

import torch
from torch import Tensor, nn

from multigan.core.condition import ConditionSpec
from multigan.core.registries import DISCRIMINATORS
from multigan.modalities.shared.layers import ConditionEmbedding
from multigan.modalities.text.networks.embedded import (
    TextDiscriminator,
    counting,
    second_derivatives,
)
from multigan.typed import Count, Decay

POSITION_CHANNELS = 8


@DISCRIMINATORS.register("text-rnn")
class PerTokenRNN(TextDiscriminator):
    """A recurrent network with a logit for every position: (B, L), zero after the end.

    Source: de Masson d'Autume et al. (2019), "Training Language GANs from Scratch" (ScratchGAN):
    dropout on the embeddings, eight cosines of the position, a projection, a normalized LSTM. The
    norm is here around the LSTM instead of inside its gates, which lets fused kernels run it.

    Args:
        sample_shape: (L, V).
        condition: What it is conditioned on, or None; added to every projected embedding.
        width: W; 512 in the paper.
        embedding_dim: E.
        dropout: The share of embedding entries dropped.
        unit_embeddings: See `TextDiscriminator`.
    """

    def __init__(
        self,
        sample_shape: tuple[int, ...],
        condition: ConditionSpec | None = None,
        *,
        width: Count = 256,
        embedding_dim: Count = 64,
        dropout: Decay = 0.1,
        unit_embeddings: bool = True,
    ) -> None:
        super().__init__(
            sample_shape, condition, embedding_dim=embedding_dim, unit_embeddings=unit_embeddings
        )
        self.dropout = nn.Dropout(dropout)
        self.project = nn.Linear(embedding_dim + POSITION_CHANNELS, width)
        self.told = ConditionEmbedding(condition, width, std=0.1) if condition else None
        self.before = nn.LayerNorm(width)
        self.layer = nn.LSTM(width, width, batch_first=True)
        self.after = nn.LayerNorm(width)
        self.output = nn.Linear(width, 1)
        self.register_buffer("waves", _waves(self.length), persistent=False)
        self.waves: Tensor

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns the projected tokens and the states, (B, L, W) each."""
        waves = self.waves[: samples.shape[1]].expand(len(samples), -1, -1)
        projected = self.project(torch.cat([self.dropout(samples), waves], dim=2))
        if self.told is not None:
            projected = projected + self.told(condition).unsqueeze(1)
        with second_derivatives(samples):
            states, _ = self.layer(self.before(projected))
        return [projected, self.after(states)]

    def forward(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        """(B, L, E) -> logits (B, L)."""
        logits: Tensor = self.output(self.features(samples, condition)[-1]).squeeze(2)
        return logits * counting(samples)


def _waves(length: int) -> Tensor:
    """Returns cosines of the positions, (L, 8), with periods from 2 to L and several phases."""
    periods = torch.logspace(0, 1, POSITION_CHANNELS, base=max(length, 3) / 2) * 2
    phases = torch.linspace(0, 2, POSITION_CHANNELS)
    return (2 * pi * (torch.arange(length)[:, None] / periods + phases / 8)).cos()
