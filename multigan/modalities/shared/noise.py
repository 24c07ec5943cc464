"""Noise on all that the discriminator sees, for any kind of data."""

import torch
from torch import Tensor, nn

from multigan.core.draws import normal
from multigan.core.registries import AUGMENTATIONS
from multigan.typed import Share


@AUGMENTATIONS.register("noise")
class InstanceNoise(nn.Module):
    """Adds normal noise to real and generated samples alike, so that both cover the same space.

    Real and early generated samples lie apart, and a discriminator that separates them perfectly
    has nothing to teach. Noise makes the two overlap; schedule `augment.strength` to 0, so that
    the details come back.

    Source: Sønderby et al. (2017), "Amortised MAP Inference for Image Super-resolution"; Arjovsky
    & Bottou (2017), "Towards Principled Methods for Training Generative Adversarial Networks".

    Args:
        strength: The noise's standard deviation, in [0, 1], in the unit of the samples. May be
            assigned during training; 0 does nothing and costs nothing.
    """

    def __init__(self, strength: Share = 0.1) -> None:
        super().__init__()
        self.strength = strength

    def forward(self, samples: Tensor) -> Tensor:
        """(B, *S) -> (B, *S)."""
        if self.strength <= 0:
            return samples
        noise = normal(len(samples), *samples.shape[1:], device=samples.device)
        return torch.add(samples, noise.to(samples.dtype), alpha=self.strength)
