"""BigGAN's generator, at any width: the latent reaches every block, beside one shared embedding.

Its discriminator is that of SNGAN with attention: the network "resnet" with those options.

Source: Brock, Donahue & Simonyan (2019), "Large Scale GAN Training for High Fidelity Natural Image
Synthesis", appendix B, with the places of their CIFAR-10 network.

Shapes: B samples, (C, H, W) sample shape, Z latent size.
"""

from itertools import pairwise
from math import prod

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from multigan.core.condition import ConditionSpec
from multigan.core.registries import GENERATORS
from multigan.errors import ConfigError
from multigan.modalities.image.networks.attention import SelfAttention
from multigan.modalities.image.networks.resnet import UpBlock, initialize_orthogonally
from multigan.modalities.shared.image_shapes import ImageShape, check_image_shape, halvings
from multigan.modalities.shared.layers import (
    ConditionEmbedding,
    normalization,
    normalize_spectrally,
)
from multigan.typed import Count


@GENERATORS.register("biggan")
class BigGANGenerator(nn.Module):
    """Residual blocks whose normalizations hear a part of the latent and the shared embedding.

    Args:
        latent_dim: Z, cut into one part for the first map and one for each block.
        sample_shape: (C, H, W).
        condition: What samples are conditioned on, or None.
        width: Channels of the first three doublings, halved with each one after them (384 in the
            paper's CIFAR-10 network).
        embedding_dim: Size of the shared embedding (128 in the paper).
        attention: Whether there is self-attention at half of the full size.

    Raises:
        ConfigError: The latent has fewer numbers than parts.
    """

    def __init__(
        self,
        *,
        latent_dim: int,
        sample_shape: ImageShape,
        condition: ConditionSpec | None = None,
        width: Count = 128,
        embedding_dim: Count = 128,
        attention: bool = True,
    ) -> None:
        super().__init__()
        channels, height, length = check_image_shape(sample_shape, who="The biggan generator")
        doublings = halvings(height, length)
        sizes = [max(1, width >> max(0, index - 3)) for index in range(max(1, doublings) + 1)]
        self.parts = len(sizes)  # one for the first map, one for each block
        if latent_dim < self.parts:
            raise ConfigError(
                f"The biggan generator cuts the latent into {self.parts} parts, so latent_dim must "
                f"be {self.parts} or more, not {latent_dim}."
            )
        first, *others = (len(part) for part in torch.zeros(latent_dim).tensor_split(self.parts))
        dim = embedding_dim if condition else 0

        self.embed = ConditionEmbedding(condition, embedding_dim) if condition else None
        self.base = width, height >> doublings, length >> doublings
        self.input = nn.Linear(first, prod(self.base))
        self.blocks = nn.ModuleList(
            UpBlock(a, b, ConditionSpec("vector", dim + part), norm="batch", up=doublings > 0)
            for (a, b), part in zip(pairwise(sizes), others, strict=True)
        )
        self.attended = max(0, len(self.blocks) - 2)  # the block whose map has half the size
        self.attention = SelfAttention(sizes[self.attended + 1]) if attention else None
        self.norm = normalization("batch", sizes[-1])
        self.output = nn.Conv2d(sizes[-1], channels, 3, padding=1)
        initialize_orthogonally(self)
        for part in (self.input, self.blocks, self.attention, self.output):
            if part is not None:
                normalize_spectrally(part)

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generates samples (B, C, H, W) in [-1, 1] from latents (B, Z)."""
        first, *others = latent.tensor_split(self.parts, 1)
        if self.embed is not None:
            embedded = self.embed(condition)
            others = [torch.cat([embedded, part], 1) for part in others]
        hidden = self.input(first).view(-1, *self.base)
        for index, (block, part) in enumerate(zip(self.blocks, others, strict=True)):
            hidden = block(hidden, part)
            if self.attention is not None and index == self.attended:
                hidden = self.attention(hidden)
        return torch.tanh(self.output(relu(self.norm(hidden))))
