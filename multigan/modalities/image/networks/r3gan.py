"""The residual networks of R3GAN: no normalization, no tricks, one kind of block.

Source: Huang et al. (2024), "The GAN is dead; long live the GAN! A Modern GAN Baseline". Stages,
blocks, initialization and resampling are theirs; widths are free.

Shapes: B samples, C channels, H and W height and width, Z latent size.
"""

from math import prod, sqrt

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, interpolate, leaky_relu

from multigan.core.condition import ConditionSpec
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.errors import ConfigError
from multigan.modalities.shared.image_shapes import ImageShape, check_image_shape, halvings
from multigan.modalities.shared.layers import ConditionEmbedding, with_condition
from multigan.typed import Count

SLOPE = 0.2
FULL_STAGES = 4  # the smallest four sizes have the full width; each larger one has half as much


@GENERATORS.register("r3gan")
class R3Generator(nn.Module):
    """A learned small map, scaled per channel by the latent, grown by residual blocks.

    Its output is linear: nothing keeps it in [-1, 1] but the discriminator.

    Args:
        latent_dim: Z.
        sample_shape: (C, H, W).
        condition: What samples are conditioned on, or None; embedded beside the latent.
        width: Channels of the four smallest stages (768 in the paper's CIFAR-10 network).
        blocks: Residual blocks per stage (2 in the paper).
        group_width: Channels per group of the 3x3 convolutions (16 in the paper).
        embedding_dim: Size of the condition's embedding (64 in the paper).
    """

    def __init__(
        self,
        *,
        latent_dim: int,
        sample_shape: ImageShape,
        condition: ConditionSpec | None = None,
        width: Count = 128,
        blocks: Count = 1,
        group_width: Count = 16,
        embedding_dim: Count = 64,
    ) -> None:
        super().__init__()
        channels, height, length = check_image_shape(sample_shape, who="The r3gan generator")
        doublings = halvings(height, length)
        widths = stage_widths(width, doublings, group_width)
        depth = blocks * len(widths)

        self.embed = embedding(condition, embedding_dim)
        inputs = latent_dim + (embedding_dim if condition else 0)
        self.basis = nn.Parameter(torch.randn(widths[0], height >> doublings, length >> doublings))
        self.scale = linear(inputs, widths[0])
        self.stages = nn.ModuleList(
            nn.Sequential(
                nn.Identity() if index == 0 else Up(widths[index - 1], size),
                *(Block(size, group_width, depth) for _ in range(blocks)),
            )
            for index, size in enumerate(widths)
        )
        self.output = pointwise(widths[-1], channels)

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generates samples (B, C, H, W) from latents (B, Z)."""
        latent = with_condition(latent, self.embed, condition)
        hidden = channels_last(self.basis * self.scale(latent)[:, :, None, None])
        for stage in self.stages:
            hidden = stage(hidden)
        image: Tensor = self.output(hidden)
        return image


@DISCRIMINATORS.register("r3gan")
class R3Discriminator(nn.Module):
    """The generator's mirror image: residual blocks, then one weight per position and channel.

    Args:
        sample_shape: (C, H, W).
        condition: What samples are conditioned on, or None; the last features are projected on
            its embedding (Miyato & Koyama 2018).
        width, blocks, group_width: As for the generator.
        embedding_dim: Size of the features and of the condition's embedding, if conditional.
    """

    def __init__(
        self,
        *,
        sample_shape: ImageShape,
        condition: ConditionSpec | None = None,
        width: Count = 128,
        blocks: Count = 1,
        group_width: Count = 16,
        embedding_dim: Count = 64,
    ) -> None:
        super().__init__()
        channels, height, length = check_image_shape(sample_shape, who="The r3gan discriminator")
        down = halvings(height, length)
        widths = stage_widths(width, down, group_width)[::-1]
        depth = blocks * len(widths)
        smallest = height >> down, length >> down

        self.input = pointwise(channels, widths[0])
        self.stages = nn.ModuleList(
            nn.Sequential(
                nn.Identity() if index == 0 else Down(widths[index - 1], size),
                *(Block(size, group_width, depth) for _ in range(blocks)),
            )
            for index, size in enumerate(widths)
        )
        # One filter per channel, as large as the map.
        self.pool = nn.Parameter(torch.randn(widths[-1], *smallest) / sqrt(prod(smallest)))
        self.output = linear(widths[-1], embedding_dim if condition else 1)
        self.embed = embedding(condition, embedding_dim)

    def forward(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        """Scores samples (B, C, H, W) with logits (B, 1)."""
        last = self.features(samples, condition)[-1]
        logits: Tensor = self.output((last * self.pool).sum((2, 3)))
        if self.embed is None:
            return logits
        return (logits * self.embed(condition)).sum(1, keepdim=True) / sqrt(logits.shape[1])

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns every stage's activations, each (B, channels, height, width)."""
        hidden = channels_last(self.input(samples))
        activations = []
        for stage in self.stages:
            hidden = stage(hidden)
            activations.append(hidden)
        return activations


class Block(nn.Module):
    """x + a bottleneck turned inside out: widen, a grouped 3x3, narrow. It starts as identity.

    Without normalization, deep residual networks need the weights of each branch scaled down by
    the depth, and the last of them zero.

    Source: Zhang et al. (2019), "Fixup Initialization: Residual Learning Without Normalization".

    Args:
        channels: C, in and out.
        group_width: Channels per group of the 3x3 convolution.
        depth: Residual blocks in the whole network.
    """

    def __init__(self, channels: int, group_width: int, depth: int) -> None:
        super().__init__()
        wide = 2 * channels
        gain = sqrt(2 / (1 + SLOPE**2)) * depth**-0.25
        self.widen = pointwise(channels, wide, gain)
        self.bias = nn.Parameter(torch.zeros(wide))
        self.mix = nn.Conv2d(wide, wide, 3, padding=1, groups=wide // group_width)
        self.narrow = pointwise(wide, channels, gain=0.0)
        nn.init.normal_(self.mix.weight, std=gain / sqrt(9 * group_width))
        nn.init.zeros_(self.mix.bias)  # type: ignore[arg-type]

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H, W)."""
        inner = leaky_relu(self.widen(hidden) + self.bias[:, None, None], SLOPE)
        narrowed: Tensor = self.narrow(leaky_relu(self.mix(inner), SLOPE))
        return hidden + narrowed


class Up(nn.Module):
    """Doubles the size with the filter [1, 3, 3, 1], after a change of channels if there is one."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.channels = nn.Identity() if inputs == outputs else pointwise(inputs, outputs)

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, 2 H, 2 W)."""
        return interpolate(self.channels(hidden), scale_factor=2, mode="bilinear")


class Down(nn.Module):
    """Halves the size with the filter [1, 3, 3, 1], before a change of channels if there is one."""

    kernel: Tensor

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        row = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
        self.register_buffer("kernel", torch.outer(row, row).expand(inputs, 1, 4, 4).contiguous())
        self.channels = nn.Identity() if inputs == outputs else pointwise(inputs, outputs)

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, H / 2, W / 2)."""
        halved = conv2d(hidden, self.kernel, stride=2, padding=1, groups=hidden.shape[1])
        return self.channels(halved)


def stage_widths(width: int, doublings: int, group_width: int) -> list[int]:
    """Returns the channels of every stage, from the smallest map to the largest.

    Raises:
        ConfigError: A stage's widened maps cannot be cut into groups.
    """
    widths = [width >> max(0, stage + 1 - FULL_STAGES) for stage in range(doublings + 1)]
    if any(size < 1 or 2 * size % group_width for size in widths):
        raise ConfigError(
            f"An r3gan of width {width} has stages of {widths} channels; twice each must be a "
            f"multiple of group_width, {group_width}. Choose another width or group_width."
        )
    return widths


def embedding(condition: ConditionSpec | None, dim: int) -> ConditionEmbedding | None:
    """Returns an embedding that starts like a linear layer: N(0, 1 / how many conditions)."""
    return ConditionEmbedding(condition, dim, std=condition.size**-0.5) if condition else None


def channels_last(hidden: Tensor) -> Tensor:
    """Lays maps (B, C, H, W) out by position: on a CPU passes then take two thirds of the time."""
    on_cpu = hidden.device.type == "cpu"
    return hidden.contiguous(memory_format=torch.channels_last) if on_cpu else hidden


def pointwise(inputs: int, outputs: int, gain: float = 1.0) -> nn.Conv2d:
    """Returns a 1x1 convolution without bias, its weights from N(0, gain^2 / inputs)."""
    layer = nn.Conv2d(inputs, outputs, 1, bias=False)
    nn.init.normal_(layer.weight, std=gain / sqrt(inputs))
    return layer


def linear(inputs: int, outputs: int) -> nn.Linear:
    """Returns a linear layer without bias, its weights from N(0, 1 / inputs)."""
    layer = nn.Linear(inputs, outputs, bias=False)
    nn.init.normal_(layer.weight, std=1 / sqrt(inputs))
    return layer
