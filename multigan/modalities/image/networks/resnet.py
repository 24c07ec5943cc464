"""The residual networks of SNGAN, larger and slower than DCGAN, and better.

Source: Miyato et al. (2018), "Spectral Normalization for Generative Adversarial Networks", with
conditions as in Miyato & Koyama (2018), "cGANs with Projection Discriminator"; initialization
and interpolation as in mimicry (Lee & Town (2020), "Mimicry: Towards the Reproducibility of GAN
Research").

Shapes: B samples, (C, H, W) sample shape, Z latent size, F features.
"""

from itertools import pairwise
from math import prod
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate, relu

from multigan.core.condition import ConditionSpec
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.modalities.image.networks.attention import SelfAttention
from multigan.modalities.image.networks.condition_channel import ConditionChannel
from multigan.modalities.shared.heads import ConditionalDiscriminator, Conditioning, make_head
from multigan.modalities.shared.image_shapes import ImageShape, check_image_shape, halvings
from multigan.modalities.shared.layers import (
    ConditionEmbedding,
    MaybeConditionalNorm,
    Norm,
    normalize_spectrally,
    with_condition,
)
from multigan.typed import Count, Weight


@GENERATORS.register("resnet")
class ResNetGenerator(nn.Module):
    """A linear layer to a small map, then one residual block per doubling of its size.

    Args:
        latent_dim: Z.
        sample_shape: (C, H, W).
        condition: What samples are conditioned on, or None.
        width: Channels of the first three doublings (up to 32 x 32 from 4 x 4); halved with each
            one after them, so that large images fit into memory. 256 is the paper's.
        norm: "batch", "pixel" or "none", before every activation.
        conditioning: "norm" lets the condition scale and shift the normalized maps, "concat"
            appends its embedding to the latent.
        embedding_dim: Size of the condition's embedding in the latent.
        embedding_std: Of the embedding's first values; the latent's is 1. A loud condition
            drowns the latent: samples of a class are too much alike.
        spectral_norm: Whether every weight is divided by its spectral norm, as SAGAN does.
        attention: Whether there is self-attention at half of the full size.
    """

    def __init__(
        self,
        *,
        latent_dim: int,
        sample_shape: ImageShape,
        condition: ConditionSpec | None = None,
        width: Count = 256,
        norm: Norm = "batch",
        conditioning: Literal["norm", "concat"] = "norm",
        embedding_dim: Count = 32,
        embedding_std: Weight = 1.0,
        spectral_norm: bool = False,
        attention: bool = False,
    ) -> None:
        super().__init__()
        channels, height, length = check_image_shape(sample_shape, who="The resnet generator")
        doublings = halvings(height, length)
        sizes = [max(1, width >> max(0, index - 3)) for index in range(max(1, doublings) + 1)]
        in_norm = condition if conditioning == "norm" else None

        self.base = width, height >> doublings, length >> doublings
        self.embed = None
        if condition is not None and conditioning == "concat":
            self.embed = ConditionEmbedding(condition, embedding_dim, std=embedding_std)
            latent_dim += embedding_dim
        self.input = nn.Linear(latent_dim, prod(self.base))
        self.blocks = nn.ModuleList(
            UpBlock(a, b, in_norm, norm=norm, up=doublings > 0) for a, b in pairwise(sizes)
        )
        self.attended = max(0, len(self.blocks) - 2)  # the block whose map has half the size
        self.attention = SelfAttention(sizes[self.attended + 1]) if attention else None
        self.norm = MaybeConditionalNorm(sizes[-1], in_norm, norm=norm)
        self.output = nn.Conv2d(sizes[-1], channels, 3, padding=1)
        initialize(self)
        if spectral_norm:  # not of the normalizations' gains and biases, which start near zero
            for part in (self.input, *_convolutions(self)):
                normalize_spectrally(part)

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generates samples (B, C, H, W) in [-1, 1] from latents (B, Z)."""
        hidden = self.input(with_condition(latent, self.embed, condition)).view(-1, *self.base)
        for index, block in enumerate(self.blocks):
            hidden = block(hidden, condition)
            if self.attention is not None and index == self.attended:
                hidden = self.attention(hidden)
        return torch.tanh(self.output(relu(self.norm(hidden, condition))))


@DISCRIMINATORS.register("resnet")
class ResNetDiscriminator(ConditionalDiscriminator):
    """Residual blocks down to about 8 x 8, two more at that size, then a sum over positions.

    Args:
        sample_shape: (C, H, W).
        condition: What samples are conditioned on, or None.
        width: Channels of all maps; 128 is the paper's.
        spectral_norm: Whether every weight is divided by its spectral norm. Turn it off when a
            gradient penalty does its work.
        conditioning: "projection" adds the inner product of the last features with the embedded
            condition, "concat" shows the condition as one more input channel, "classifier" and
            "contrastive" predict the condition, see `multigan.modalities.shared.heads`.
        attention: Whether there is self-attention after the first block.
        initialization: "xavier", or "orthogonal" as BigGAN has it.
    """

    def __init__(
        self,
        *,
        sample_shape: ImageShape,
        condition: ConditionSpec | None = None,
        width: Count = 128,
        spectral_norm: bool = True,
        conditioning: Conditioning = "projection",
        attention: bool = False,
        initialization: Literal["xavier", "orthogonal"] = "xavier",
    ) -> None:
        super().__init__()
        channels, height, length = check_image_shape(sample_shape, who="The resnet discriminator")
        down = halvings(height, length, smallest=7)
        concat = condition if conditioning == "concat" else None

        self.channel = ConditionChannel(concat, height, length) if concat else None
        inputs = channels + (self.channel is not None)
        first = FirstBlock(inputs, width, down=down > 0)
        others = [DownBlock(width, down=index < down) for index in range(1, max(1, down) + 2)]
        self.blocks = nn.ModuleList([first, *others])
        self.attention = SelfAttention(width) if attention else None
        self.output = make_head(conditioning, width, condition)
        (initialize_orthogonally if initialization == "orthogonal" else initialize)(self)
        if spectral_norm:
            normalize_spectrally(self)

    def summary(self, samples: Tensor, condition: Tensor | None) -> Tensor:
        """Returns the sum of the last activations over all positions: (B, C, H, W) -> (B, F)."""
        return relu(self.features(samples, condition)[-1]).sum((2, 3))

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns every block's activations, each (B, F, height, width)."""
        hidden = samples if self.channel is None else self.channel(samples, condition)
        activations = []
        for index, block in enumerate(self.blocks):
            hidden = block(hidden)
            if self.attention is not None and index == 0:
                hidden = self.attention(hidden)
            activations.append(hidden)
        return activations


class UpBlock(nn.Module):
    """norm - relu - (double) - conv - norm - relu - conv, added to the (doubled) input."""

    def __init__(
        self, inputs: int, outputs: int, condition: ConditionSpec | None, *, norm: Norm, up: bool
    ) -> None:
        super().__init__()
        self.scale = 2 if up else 1
        self.norm1 = MaybeConditionalNorm(inputs, condition, norm=norm)
        self.norm2 = MaybeConditionalNorm(outputs, condition, norm=norm)
        bias = norm != "batch"  # each batch norm further on would subtract it
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, bias=bias)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=bias)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, bias=bias)

    def forward(self, hidden: Tensor, condition: Tensor | None) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, 2 H, 2 W), or H, W without `up`."""
        change = self._doubled(relu(self.norm1(hidden, condition)))
        change = self.conv2(relu(self.norm2(self.conv1(change), condition)))
        # A 1 x 1 convolution commutes with the interpolation; before it, it costs a quarter.
        return change + self._doubled(self.shortcut(hidden))

    def _doubled(self, hidden: Tensor) -> Tensor:
        if self.scale == 1:
            return hidden
        return interpolate(hidden, scale_factor=self.scale, mode="bilinear", align_corners=False)


class FirstBlock(nn.Module):
    """conv - relu - conv - (halve), added to the (halved) input: pixels are not rectified."""

    def __init__(self, inputs: int, outputs: int, *, down: bool) -> None:
        super().__init__()
        self.scale = 2 if down else 1
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1)

    def forward(self, samples: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, H / 2, W / 2), or H, W without `down`."""
        change = self.conv2(relu(self.conv1(samples)))
        return _halved(change, self.scale) + self.shortcut(_halved(samples, self.scale))


class DownBlock(nn.Module):
    """relu - conv - relu - conv - (halve), added to the (halved) input."""

    def __init__(self, channels: int, *, down: bool) -> None:
        super().__init__()
        self.scale = 2 if down else 1
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.shortcut = nn.Conv2d(channels, channels, 1) if down else nn.Identity()

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, F, H, W) -> (B, F, H / 2, W / 2), or H, W without `down`."""
        change = self.conv2(relu(self.conv1(relu(hidden))))
        # Pooling commutes with a 1 x 1 convolution, and before it makes it four times cheaper.
        return _halved(change, self.scale) + self.shortcut(_halved(hidden, self.scale))


def initialize(network: nn.Module) -> None:
    """Sets all weights as Glorot & Bengio do, larger by sqrt 2 in front of a rectifier."""
    for name, layer in network.named_modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            in_block = isinstance(layer, nn.Conv2d) and ".conv" in name
            nn.init.xavier_uniform_(layer.weight, gain=2**0.5 if in_block else 1.0)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def initialize_orthogonally(network: nn.Module) -> None:
    """Sets all weights so that each layer keeps lengths, as Saxe et al. (2014) do."""
    for layer in network.modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d, nn.Embedding)):
            nn.init.orthogonal_(layer.weight)
        if isinstance(layer, (nn.Linear, nn.Conv2d)) and layer.bias is not None:
            nn.init.zeros_(layer.bias)


def _convolutions(network: nn.Module) -> list[nn.Conv2d]:
    return [layer for layer in network.modules() if isinstance(layer, nn.Conv2d)]


def _halved(hidden: Tensor, scale: int) -> Tensor:
    return hidden if scale == 1 else avg_pool2d(hidden, scale)
