"""RelGAN's discriminator, which looks at a text in many ways at once.

Shapes: B texts, L positions, E embedding size, R representations, C channels.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import linear

from multigan.core.condition import ConditionSpec
from multigan.core.registries import DISCRIMINATORS
from multigan.errors import ConfigError
from multigan.modalities.shared.layers import Projection
from multigan.modalities.text.networks.embedded import TextDiscriminator
from multigan.typed import Count, Decay


@DISCRIMINATORS.register("relgan-cnn")
class RelGANDiscriminator(TextDiscriminator):
    """One convolutional network reads R parts of the embeddings as R texts; a logit for each.

    Source: Nie et al. (2019), "RelGAN: Relational Generative Adversarial Networks for Text
    Generation", and its code for the sizes: E = 64 in 64 parts, 300 filters of each width.

    Args:
        sample_shape: (L, V).
        condition: What it is conditioned on, or None.
        representations: R, which divides E.
        embedding_dim: E.
        widths: How many tokens each kind of filter spans.
        channels: Filters of each kind.
        dropout: The share of features dropped, always.
        unit_embeddings: See `TextDiscriminator`; RelGAN's are free.
    """

    def __init__(
        self,
        sample_shape: tuple[int, ...],
        condition: ConditionSpec | None = None,
        *,
        representations: Count = 64,
        embedding_dim: Count = 64,
        widths: Sequence[Count] = (2, 3, 4, 5),
        channels: Count = 300,
        dropout: Decay = 0.25,
        unit_embeddings: bool = False,
    ) -> None:
        super().__init__(
            sample_shape, condition, embedding_dim=embedding_dim, unit_embeddings=unit_embeddings
        )
        if embedding_dim % representations:
            raise ConfigError(
                f"Embeddings of size {embedding_dim} cannot be read as {representations} parts."
            )
        if max(widths) > self.length:
            raise ConfigError(f"A filter of {max(widths)} tokens is longer than {self.length}.")
        self.representations = representations
        size, total = embedding_dim // representations, channels * len(widths)
        self.filters = nn.ModuleList(nn.Conv1d(size, channels, width) for width in widths)
        self.gate = nn.Linear(total, total)
        self.change = nn.Linear(total, total)
        self.dropout = nn.Dropout(dropout)
        self.hidden = nn.Linear(total, 100)
        self.output = Projection(100, condition)

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns the pooled filters and what the highway makes of them, (B, R * 4C) each."""
        batch, length, _ = samples.shape
        parts = samples.view(batch, length, self.representations, -1).transpose(1, 2)
        texts = parts.flatten(0, 1)  # (B * R, L, E / R)
        pooled = torch.cat([_strongest(texts, each) for each in self.filters], dim=1).relu()
        gate = self.gate(pooled).sigmoid()
        mixed = gate * self.change(pooled).relu() + (1 - gate) * pooled
        return [pooled.view(batch, -1), mixed.view(batch, -1)]

    def forward(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        """(B, L, E) -> logits (B, R)."""
        mixed = self.features(samples)[-1].view(len(samples) * self.representations, -1)
        each = None if condition is None else condition.repeat_interleave(self.representations, 0)
        logits: Tensor = self.output(self.hidden(self.dropout(mixed)), each)
        return logits.view(len(samples), -1)


def _strongest(texts: Tensor, filters: nn.Module) -> Tensor:
    """Returns what each filter finds at its best place, (N, C), in texts (N, L, size).

    It is the convolution's maximum. Filters over so few channels take a CPU half the time as one
    product of matrices, and relu after the maximum is the same as before it.
    """
    assert isinstance(filters, nn.Conv1d)
    (width,) = filters.kernel_size
    places = texts.shape[1] - width + 1
    spans = torch.cat([texts[:, start : start + places] for start in range(width)], dim=2)
    found = linear(spans, filters.weight.transpose(1, 2).flatten(1), filters.bias)
    return found.amax(1)
