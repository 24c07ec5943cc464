"""A convolutional discriminator of text.

Shapes: B texts, L positions, V tokens, E embedding size, C channels.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, pad

from multigan.core.condition import ConditionSpec
from multigan.core.registries import DISCRIMINATORS
from multigan.modalities.shared.layers import Projection, normalize_spectrally
from multigan.modalities.text.networks.embedded import TextDiscriminator
from multigan.typed import Count, Decay


@DISCRIMINATORS.register("text-cnn")
class TextCNN(TextDiscriminator):
    """Looks for patterns of a few tokens, and scores a text by the strongest of each.

    Source: Kim (2014), "Convolutional Neural Networks for Sentence Classification"; as a
    discriminator, Yu et al. (2017), "SeqGAN". A second layer sees patterns of patterns, and the
    mean over positions counts beside the maximum.

    Args:
        sample_shape: (L, V).
        condition: What it is conditioned on, or None.
        widths: How many tokens each kind of pattern spans.
        channels: Patterns of each kind.
        embedding_dim: E.
        unit_embeddings: See `TextDiscriminator`.
        spectral_norm: Whether weights are divided by their spectral norm.
        dropout: The share of features dropped.
    """

    def __init__(
        self,
        sample_shape: tuple[int, ...],
        condition: ConditionSpec | None = None,
        *,
        widths: Sequence[Count] = (2, 3, 4, 5),
        channels: Count = 64,
        embedding_dim: Count = 64,
        unit_embeddings: bool = True,
        spectral_norm: bool = False,
        dropout: Decay = 0.0,
    ) -> None:
        super().__init__(
            sample_shape, condition, embedding_dim=embedding_dim, unit_embeddings=unit_embeddings
        )
        total = channels * len(widths)
        self.patterns = nn.ModuleList(_SameLength(embedding_dim, channels, w) for w in widths)
        self.deeper = _SameLength(total, total // 2, 3)
        self.mix = nn.Linear(2 * total + total, total)
        self.dropout = nn.Dropout(dropout)
        if spectral_norm:
            normalize_spectrally(self)
        self.output = Projection(total, condition)

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns the activations of each layer, from shallow to deep."""
        values = samples.transpose(1, 2)  # (B, E, L)
        found = [pattern(values) for pattern in self.patterns]
        first = leaky_relu(torch.cat(found, dim=1), 0.2)
        second = leaky_relu(self.deeper(first), 0.2)
        pooled = torch.cat([pool for each in (first, second) for pool in _pools(each)], dim=1)
        mixed = leaky_relu(self.mix(pooled), 0.2)
        return [first, second, mixed]

    def forward(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        """(B, L, E) -> logits (B, 1)."""
        logits: Tensor = self.output(self.dropout(self.features(samples)[-1]), condition)
        return logits


def _pools(values: Tensor) -> tuple[Tensor, Tensor]:
    return values.amax(2), values.mean(2)


class _SameLength(nn.Conv1d):
    """A convolution that reads as many zeros at both ends as keep the length."""

    def forward(self, values: Tensor) -> Tensor:
        """(B, C, L) -> (B, D, L)."""
        width = self.kernel_size[0]
        return super().forward(pad(values, ((width - 1) // 2, width // 2)))
