"""DCGAN: a stack of strided convolutions, the small and fast pair of networks.

Source: Radford, Metz & Chintala (2016), "Unsupervised Representation Learning with Deep
Convolutional Generative Adversarial Networks". Unlike there, the discriminator has no batch
norm unless asked for, since gradient penalties need logits that depend on one sample only.

Shapes: B samples, (C, H, W) sample shape, Z latent size, F flattened features.
"""

from itertools import pairwise
from math import prod
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, relu

from multigan.core.condition import ConditionSpec
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.errors import ConfigError
from multigan.modalities.image.networks.condition_channel import ConditionChannel
from multigan.modalities.shared.heads import ConditionalDiscriminator, Conditioning, make_head
from multigan.modalities.shared.image_shapes import ImageShape, check_image_shape, halvings
from multigan.modalities.shared.layers import (
    ConditionEmbedding,
    MaybeConditionalNorm,
    Norm,
    normalization,
    normalize_spectrally,
    with_condition,
)
from multigan.typed import Count, Natural, Weight

SLOPE = 0.2  # of the discriminator's leaky units; Radford et al. (2016), section 3


@GENERATORS.register("dcgan")
class DCGANGenerator(nn.Module):
    """A linear layer to a small map, then one transposed convolution per doubling of its size.

    Args:
        latent_dim: Z.
        sample_shape: (C, H, W); the map starts at the size that halving H and W leads to.
        condition: What samples are conditioned on, or None.
        width: Channels of the largest hidden map. Each halving doubles them, up to eightfold.
        norm: "batch", "pixel" or "none", after every layer but the last.
        conditioning: "concat" appends the embedded condition to the latent, "norm" lets it
            scale and shift the normalized maps.
        embedding_dim: Size of the condition's embedding in the latent.
        embedding_std: Of the embedding's first values; the latent's is 1. Without a penalty, a
            condition as loud as the latent soon drowns it: one picture a class.
    """

    def __init__(
        self,
        *,
        latent_dim: int,
        sample_shape: ImageShape,
        condition: ConditionSpec | None = None,
        width: Count = 64,
        norm: Norm = "batch",
        conditioning: Literal["concat", "norm"] = "concat",
        embedding_dim: Count = 32,
        embedding_std: Weight = 1.0,
    ) -> None:
        super().__init__()
        channels, height, length = check_image_shape(sample_shape, who="The dcgan generator")
        doublings = halvings(height, length)
        sizes = _channels(width, doublings)[::-1]
        in_norm = condition if conditioning == "norm" else None

        self.base = sizes[0], height >> doublings, length >> doublings
        self.embed = None
        if condition is not None and conditioning == "concat":
            self.embed = ConditionEmbedding(condition, embedding_dim, std=embedding_std)
            latent_dim += embedding_dim
        bias = norm != "batch"  # which subtracts any bias right away
        self.input = nn.Linear(latent_dim, prod(self.base), bias=bias)
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 4, stride=2, padding=1, bias=bias) for a, b in pairwise(sizes)
        )
        self.norms = nn.ModuleList(MaybeConditionalNorm(c, in_norm, norm=norm) for c in sizes)
        self.output = (
            nn.ConvTranspose2d(sizes[-1], channels, 4, stride=2, padding=1)
            if doublings
            else nn.Conv2d(sizes[-1], channels, 3, padding=1)
        )
        initialize(self, normalized=norm != "none")

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generates samples (B, C, H, W) in [-1, 1] from latents (B, Z)."""
        hidden = self.input(with_condition(latent, self.embed, condition)).view(-1, *self.base)
        hidden = relu(self.norms[0](hidden, condition))
        for up, norm in zip(self.ups, self.norms[1:], strict=True):
            hidden = relu(norm(up(hidden), condition))
        return torch.tanh(self.output(hidden))


@DISCRIMINATORS.register("dcgan")
class DCGANDiscriminator(ConditionalDiscriminator):
    """One strided convolution per halving of the size, then a linear layer to one logit.

    Args:
        sample_shape: (C, H, W).
        condition: What samples are conditioned on, or None.
        width: Channels after the first convolution. Each halving doubles them, up to eightfold.
        spectral_norm: Whether every weight is divided by its spectral norm.
        norm: "none", or "batch" after every convolution but the first, as in the paper; gradient
            penalties refuse "batch".
        conditioning: "projection" adds the inner product of the last features with the embedded
            condition; "concat" shows the condition as one more input channel; "classifier" and
            "contrastive" predict the condition, see `multigan.modalities.shared.heads`.
        hidden: Units of a hidden layer before the logit, behind one more convolution; 0 for
            neither. Without, the logit of a small sample is a sum over places of 10 x 10 pixels,
            and what is wrong with the whole is not seen (benchmarks/RESULTS.md).
        shared_channels: Whether the same filters look at each channel alone, before the hidden
            layer puts them together: for channels that are alike, as those of Stacked MNIST.

    Raises:
        ConfigError: `shared_channels` without `hidden`, or with the condition as a channel.
    """

    def __init__(
        self,
        *,
        sample_shape: ImageShape,
        condition: ConditionSpec | None = None,
        width: Count = 64,
        spectral_norm: bool = False,
        norm: Norm = "none",
        conditioning: Conditioning = "projection",
        hidden: Natural = 0,
        shared_channels: bool = False,
    ) -> None:
        super().__init__()
        channels, height, length = check_image_shape(sample_shape, who="The dcgan discriminator")
        down = halvings(height, length)
        sizes = _channels(width, down)
        smallest = height >> down, length >> down
        concat = condition if conditioning == "concat" else None
        if shared_channels and (concat or not hidden):
            raise ConfigError(
                "shared_channels shows each channel alone and puts them together in the hidden "
                "layer: it needs hidden, e.g. 64, and no conditioning='concat'."
            )

        self.shared = channels if shared_channels else 0
        self.channel = ConditionChannel(concat, height, length) if concat else None
        inputs = 1 if self.shared else channels + (self.channel is not None)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(a, b, 4, stride=2, padding=1) if down else nn.Conv2d(a, b, 3, padding=1)
            for a, b in pairwise([inputs, *sizes])
        )
        self.norms = nn.ModuleList(
            normalization(norm if index else "none", size) for index, size in enumerate(sizes)
        )
        self.whole = WholeSample(sizes[-1], smallest, hidden, self.shared) if hidden else None
        self.output = make_head(conditioning, hidden or sizes[-1] * prod(smallest), condition)
        initialize(self, normalized=norm == "batch")
        if spectral_norm:
            normalize_spectrally(self)

    @property
    def sees_whole(self) -> bool:
        """Whether there is a hidden layer over the whole sample."""
        return self.whole is not None

    def summary(self, samples: Tensor, condition: Tensor | None) -> Tensor:
        """Returns the last activations, (B, C, H, W) -> (B, F)."""
        last = self.features(samples, condition)[-1]
        return last.flatten(1) if self.whole is None else self.whole(last)

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns every convolution's activations, each (B, channels, height, width).

        With `shared_channels` those of each channel of the sample follow one another.
        """
        hidden = samples if self.channel is None else self.channel(samples, condition)
        if self.shared:
            hidden = hidden.flatten(0, 1)[:, None]  # (B * C, 1, H, W)
        activations = []
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            hidden = leaky_relu(norm(convolution(hidden)), SLOPE)
            activations.append(hidden.view(len(samples), -1, *hidden.shape[2:]))
        return activations


class WholeSample(nn.Module):
    """A convolution and a hidden layer, so that features are of the whole sample, not of places.

    The larger networks of Karras et al. (2018) and after them end so, too.

    Args:
        channels: Of the maps that come in, for each of the sample's channels if shared.
        size: (h, w) of the maps.
        units: F, of the hidden layer.
        shared: How many channels of the sample were looked at alone; each has F numbers, which a
            second layer puts together. 0 for none.
    """

    def __init__(self, channels: int, size: tuple[int, int], units: int, shared: int) -> None:
        super().__init__()
        self.shared = shared
        self.convolution = nn.Conv2d(channels, channels, 3, padding=1)
        self.hidden = nn.Linear(channels * prod(size), units)
        self.together = nn.Linear(shared * units, units) if shared else None

    def forward(self, maps: Tensor) -> Tensor:
        """(B, channels, h, w), of shared ones (B, C * channels, h, w) -> (B, F)."""
        count = len(maps)
        if self.together is not None:
            maps = maps.reshape(count * self.shared, -1, *maps.shape[2:])
        maps = leaky_relu(self.convolution(maps), SLOPE)
        features = leaky_relu(self.hidden(maps.flatten(1)), SLOPE)
        if self.together is None:
            return features
        return leaky_relu(self.together(features.view(count, -1)), SLOPE)


def initialize(network: nn.Module, *, normalized: bool) -> None:
    """Sets the weights as the paper does, or as He et al. do where nothing normalizes.

    The paper's N(0, 0.02) shrinks the signal layer by layer, which only normalization undoes.

    Source: He et al. (2015), "Delving Deep into Rectifiers".
    """
    for layer in network.modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            if normalized:
                nn.init.normal_(layer.weight, std=0.02)
            else:
                nn.init.normal_(layer.weight, std=(2 / _fan_in(layer)) ** 0.5)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def _fan_in(layer: nn.Linear | nn.Conv2d | nn.ConvTranspose2d) -> float:
    """Returns how many inputs add up to one output, on average."""
    if isinstance(layer, nn.Linear):
        return layer.in_features
    area = layer.kernel_size[0] * layer.kernel_size[1]
    if isinstance(layer, nn.ConvTranspose2d):  # a stride of 2 spreads the inputs
        return layer.in_channels * area / (layer.stride[0] * layer.stride[1])
    return layer.in_channels * area


def _channels(width: int, halvings: int) -> list[int]:
    """Returns the channels of the hidden maps from large to small, at least one map."""
    return [width * min(8, 2**index) for index in range(max(1, halvings))]
