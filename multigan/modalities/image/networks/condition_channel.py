"""How a discriminator of images is shown a condition."""

import torch
from torch import Tensor, nn

from multigan.core.condition import ConditionSpec
from multigan.modalities.shared.layers import ConditionEmbedding


class ConditionChannel(nn.Module):
    """Appends the condition to an image as one more channel, a learned picture of it.

    Source: Mirza & Osindero (2014), "Conditional Generative Adversarial Nets", which gives both
    players the condition as an additional input layer.
    """

    def __init__(self, spec: ConditionSpec, height: int, width: int) -> None:
        super().__init__()
        self.embed = ConditionEmbedding(spec, height * width)

    def forward(self, samples: Tensor, condition: Tensor | None) -> Tensor:
        """(B, C, H, W) -> (B, C + 1, H, W)."""
        channel = self.embed(condition).view(-1, 1, *samples.shape[2:])
        return torch.cat([samples, channel], 1)
