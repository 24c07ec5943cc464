"""StyleGAN2's networks at any width: a mapping to styles, and images made by styles alone.

Source: Karras et al. (2020), "Analyzing and Improving the Image Quality of StyleGAN", with output
skips in the generator and residual blocks in the discriminator, as there; the average style and
the mixing of styles are those of Karras et al. (2019), "A Style-Based Generator Architecture for
Generative Adversarial Networks".

Shapes: B samples, (C, H, W) sample shape, Z latent size, S style size, L styles per sample.
"""

from itertools import pairwise
from math import sqrt

import torch
from torch import Tensor, nn

from multigan.core.condition import ConditionSpec
from multigan.core.draws import normal, uniform
from multigan.core.engine import mean_over_processes
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.modalities.image.networks.modulated import (
    DownLayer,
    ModulatedConv2d,
    StyledLayer,
    doubled,
)
from multigan.modalities.image.networks.progressive import (
    Digest,
    DigestingDiscriminator,
    stage_widths,
)
from multigan.modalities.shared.equalized import (
    RECTIFIED,
    EqualizedConv2d,
    EqualizedLinear,
    equalize,
    leaky,
)
from multigan.modalities.shared.heads import ByHead, make_head
from multigan.modalities.shared.image_shapes import ImageShape, check_image_shape, halvings
from multigan.modalities.shared.layers import ConditionEmbedding, PixelNorm
from multigan.typed import Count, Natural, Share, Weight

MAPPING_RATE = 0.01  # of the mapping's learning, relative to the other layers'
AVERAGE_DECAY = 0.998  # of the average style, per call
AVERAGED = 1024  # latents, for the average style under one condition


@GENERATORS.register("stylegan2")
class StyleGenerator(nn.Module):
    """Latents become styles; styles scale the maps of a network that starts from a constant.

    Its output is linear, as in the paper.

    Args:
        latent_dim: Z.
        sample_shape: (C, H, W).
        condition: What samples are conditioned on, or None; embedded beside the latent.
        width: Channels of the four smallest sizes (512 in the paper), halved with each after them.
        style_dim: S (512 in the paper).
        mapping_layers: Layers from latent to style (8 in the paper; StyleGAN2-ADA takes 2
            for CIFAR-10).
        embedding_std: How loud the normalized embedding of the condition is beside the latent, of
            deviation 1. The mapping learns so slowly that a loud one drowns the latent for long.
        mixing: The probability that a sample's styles come from two latents while training.
    """

    average: Tensor

    def __init__(
        self,
        *,
        latent_dim: int,
        sample_shape: ImageShape,
        condition: ConditionSpec | None = None,
        width: Count = 64,
        style_dim: Count = 64,
        mapping_layers: Count = 2,
        embedding_std: Weight = 1.0,
        mixing: Share = 0.9,
    ) -> None:
        super().__init__()
        channels, height, length = check_image_shape(sample_shape, who="The stylegan2 generator")
        doublings = halvings(height, length)
        widths = stage_widths(width, doublings)
        self.latent_dim, self.mixing = latent_dim, mixing
        self.num_styles = 2 * len(widths)

        self.mapping = Mapping(latent_dim, condition, style_dim, mapping_layers, embedding_std)
        self.register_buffer("average", torch.zeros(style_dim))
        smallest = height >> doublings, length >> doublings
        self.constant = nn.Parameter(torch.randn(1, widths[0], *smallest))
        self.first = StyledLayer(widths[0], widths[0], style_dim, *smallest, up=False)
        self.blocks = nn.ModuleList(
            StyleBlock(a, b, style_dim, height >> left, length >> left)
            for left, (a, b) in zip(reversed(range(doublings)), pairwise(widths), strict=True)
        )
        self.outputs = nn.ModuleList(ToImage(each, channels, style_dim) for each in widths)

    def forward(
        self, latent: Tensor, condition: Tensor | None = None, *, truncation: float = 1.0
    ) -> Tensor:
        """Generates samples (B, C, H, W) from latents (B, Z).

        Args:
            latent: (B, Z).
            condition: (B, ...) or None.
            truncation: How far a style may be from the average one of the sample's condition; 0
                leaves only that.
        """
        styles = self.styles(latent, condition)
        if truncation != 1:
            average = self.averages(condition)[:, None]
            styles = torch.lerp(average.expand_as(styles), styles, truncation)
        return self.synthesize(styles)

    @torch.no_grad()
    def averages(self, condition: Tensor | None) -> Tensor:
        """Returns the average style under each condition, (B, ...) -> (B, S); without one (1, S).

        The average over all of them would lead every sample to the same mixture of classes.
        """
        if condition is None:
            return self.average[None]
        draws = torch.Generator().manual_seed(0)
        latents = torch.randn(AVERAGED, self.latent_dim, generator=draws).to(condition.device)
        different, which = torch.unique(condition.cpu(), dim=0, return_inverse=True)
        # One after the other, so that a sample does not depend on what stands beside it.
        means = [
            self.mapping(latents, each.to(latents.device).expand(AVERAGED, *each.shape)).mean(0)
            for each in different
        ]
        return torch.stack(means)[which.to(latents.device)]

    def styles(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Returns each sample's styles (B, L, S): all the same, unless they are mixed in training.

        Training also moves the average style.
        """
        style = self.mapping(latent, condition)
        styles = style[:, None].expand(-1, self.num_styles, -1)
        if not self.training:
            return styles
        mean = mean_over_processes(style.detach().float().mean(0))
        self.average.lerp_(mean, 1 - AVERAGE_DECAY)
        return self._mixed(styles, condition) if self.mixing else styles

    def synthesize(self, styles: Tensor) -> Tensor:
        """Returns the samples (B, C, H, W) that styles (B, L, S) make."""
        style = styles.unbind(1)
        constant = self.constant.expand(styles.shape[0], -1, -1, -1)
        hidden = self.first(constant, style[0])
        image: Tensor = self.outputs[0](hidden, style[1])
        for index, block in enumerate(self.blocks):
            # As in the paper, an image layer shares its style with the next block's first one.
            hidden = block(hidden, style[2 * index + 1], style[2 * index + 2])
            image = doubled(image) + self.outputs[index + 1](hidden, style[2 * index + 3])
        return image

    def _mixed(self, styles: Tensor, condition: Tensor | None) -> Tensor:
        """Takes the styles after a random layer from a second latent, for some of the samples."""
        count, layers = styles.shape[:2]
        other = self.mapping(normal(count, self.latent_dim, device=styles.device), condition)
        chosen, where = uniform(count, 2, device=styles.device).unbind(1)
        first = torch.where(chosen < self.mixing, 1 + (where * (layers - 1)).floor(), layers)
        own = torch.arange(layers, device=styles.device) < first[:, None]  # (B, L)
        return torch.where(own[:, :, None], styles, other[:, None])


@DISCRIMINATORS.register("stylegan2")
class StyleDiscriminator(DigestingDiscriminator):
    """Residual blocks that halve the size, then the last layers of progressive growing.

    Args:
        sample_shape: (C, H, W).
        condition: What samples are conditioned on, or None.
        width: Channels of the four smallest sizes.
        group: Samples in a group of the minibatch standard deviation; 0 leaves it out, and each
            logit then depends on its own sample only.
        conditioning: "projection", "classifier" or "contrastive"; see `shared.heads`.
    """

    def __init__(
        self,
        *,
        sample_shape: ImageShape,
        condition: ConditionSpec | None = None,
        width: Count = 64,
        group: Natural = 4,
        conditioning: ByHead = "projection",
    ) -> None:
        super().__init__()
        channels, height, length = check_image_shape(
            sample_shape, who="The stylegan2 discriminator"
        )
        down = halvings(height, length)
        widths = stage_widths(width, down)[::-1]
        self.input = EqualizedConv2d(channels, widths[0], 1)
        self.blocks = nn.ModuleList(ResidualBlock(a, b) for a, b in pairwise(widths))
        self.digest = Digest(widths[-1], height >> down, length >> down, group)
        self.output = equalize(make_head(conditioning, widths[-1], condition))

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns every size's activations, each (B, channels, height, width)."""
        activations = [leaky(self.input(samples))]
        for block in self.blocks:
            activations.append(block(activations[-1]))
        return activations


class Mapping(nn.Module):
    """From latents and conditions to styles; it learns a hundred times more slowly."""

    def __init__(
        self,
        latent_dim: int,
        condition: ConditionSpec | None,
        style_dim: int,
        layers: int,
        embedding_std: float,
    ) -> None:
        super().__init__()
        self.embedding_std = embedding_std
        self.normalize = PixelNorm()
        self.embed = ConditionEmbedding(condition, style_dim) if condition else None
        inputs = latent_dim + (style_dim if condition else 0)
        sizes = [inputs, *[style_dim] * layers]
        self.layers = nn.ModuleList(
            EqualizedLinear(a, b, gain=RECTIFIED, rate=MAPPING_RATE) for a, b in pairwise(sizes)
        )

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """(B, Z) -> (B, S)."""
        hidden = self.normalize(latent)
        if self.embed is not None:
            embedded = self.embedding_std * self.normalize(self.embed(condition))
            hidden = torch.cat([hidden, embedded], 1)
        for layer in self.layers:
            hidden = leaky(layer(hidden))
        return hidden


class StyleBlock(nn.Module):
    """Two styled layers, of which the first doubles the size."""

    def __init__(self, inputs: int, outputs: int, style_dim: int, height: int, width: int) -> None:
        super().__init__()
        self.up = StyledLayer(inputs, outputs, style_dim, height, width, up=True)
        self.same = StyledLayer(outputs, outputs, style_dim, height, width, up=False)

    def forward(self, hidden: Tensor, first: Tensor, second: Tensor) -> Tensor:
        """(B, inputs, H, W) and two styles (B, S) -> (B, outputs, 2 H, 2 W)."""
        mapped: Tensor = self.same(self.up(hidden, first), second)
        return mapped


class ToImage(nn.Module):
    """What a map adds to the image: a modulated 1x1 convolution without demodulation."""

    def __init__(self, inputs: int, channels: int, style_dim: int) -> None:
        super().__init__()
        self.conv = ModulatedConv2d(inputs, channels, 1, style_dim, demodulate=False)
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, hidden: Tensor, style: Tensor) -> Tensor:
        """(B, inputs, H, W), (B, S) -> (B, C, H, W)."""
        return self.conv(hidden, style) + self.bias[:, None, None]


class ResidualBlock(nn.Module):
    """Two convolutions beside a 1x1 one, both halving the size; their sum keeps its scale."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = EqualizedConv2d(inputs, inputs, 3)
        self.down = DownLayer(inputs, outputs, 3, gain=RECTIFIED, bias=True)
        self.shortcut = DownLayer(inputs, outputs, 1, gain=1.0, bias=False)

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, H / 2, W / 2)."""
        change = leaky(self.down(leaky(self.conv(hidden))))
        return (change + self.shortcut(hidden)) / sqrt(2)
