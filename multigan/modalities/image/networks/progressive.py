"""The networks of progressive growing, for images and for anything else with two axes.

Source: Karras et al. (2018), "Progressive Growing of GANs for Improved Quality, Stability, and
Variation". Conditions enter by projection unless asked for the paper's auxiliary classifier.

Shapes: B samples, (C, H, W) sample shape, Z latent size.
"""

from itertools import pairwise
from math import prod

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from multigan.core.condition import ConditionSpec
from multigan.core.growth import Growing, enlarged, reduced
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.modalities.shared.equalized import (
    RECTIFIED,
    EqualizedConv2d,
    EqualizedLinear,
    equalize,
    leaky,
)
from multigan.modalities.shared.heads import ByHead, ConditionalDiscriminator, make_head
from multigan.modalities.shared.image_shapes import ImageShape, check_image_shape, halvings
from multigan.modalities.shared.layers import (
    ConditionEmbedding,
    MinibatchDeviation,
    PixelNorm,
    PlainCondition,
    with_condition,
)
from multigan.typed import Count, Natural, Weight

FULL_STAGES = 4  # sizes of the full width; each larger one has half as many channels


@GENERATORS.register("progressive")
class ProgressiveGenerator(Growing):
    """A small map made from the latent, then a stage of two convolutions per doubling.

    Its output is linear, as in the paper, unless asked to be bounded, as GANSynth's is.

    Args:
        latent_dim: Z.
        sample_shape: (C, H, W); it grows from the size that halving H and W leads to, 4x4 for
            squares whose side is a power of two.
        condition: What samples are conditioned on, or None; embedded beside the latent.
        width: Channels of the four smallest sizes (512 in the paper), halved with each after them.
        embedding_dim: Size of the condition's embedding; 0 appends the condition's own numbers, one
            for each class, as GANSynth does.
        embedding_std: Of the embedding's first values; the latent's is 1. A loud condition drowns
            the latent: samples of a class are too much alike.
        bounded: Whether the output is a tanh.
    """

    def __init__(
        self,
        *,
        latent_dim: int,
        sample_shape: ImageShape,
        condition: ConditionSpec | None = None,
        width: Count = 64,
        embedding_dim: Natural = 32,
        embedding_std: Weight = 1.0,
        bounded: bool = False,
    ) -> None:
        channels, height, length = check_image_shape(sample_shape, who="The progressive generator")
        stages = halvings(height, length)
        super().__init__(stages)
        widths = stage_widths(width, stages)

        self.embed: nn.Module | None
        self.embed, dim = (
            embed_condition(condition, embedding_dim, embedding_std) if condition else (None, 0)
        )
        self.base = widths[0], height >> stages, length >> stages
        self.normalize = PixelNorm()
        self.input = EqualizedLinear(latent_dim + dim, prod(self.base), gain=RECTIFIED)
        self.first = EqualizedConv2d(widths[0], widths[0], 3)
        self.blocks = nn.ModuleList(UpBlock(a, b) for a, b in pairwise(widths))
        self.outputs = nn.ModuleList(to_image(w, channels, bounded) for w in widths)

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generates samples (B, C, H, W) from latents (B, Z)."""
        stage, alpha = self.position
        hidden = self.smallest(latent, condition)
        for block in self.blocks[:stage]:
            hidden = block(hidden)
        if alpha == 0:
            return enlarged(self.outputs[stage](hidden), 2 ** (self.stages - stage))
        return enlarged(self.fading(hidden, stage, alpha), 2 ** (self.stages - stage - 1))

    def smallest(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        """Returns the map (B, width, height, length) that everything grows from."""
        latent = with_condition(latent, self.embed, condition)
        hidden = leaky(self.input(self.normalize(latent))).view(-1, *self.base)
        return self.normalize(leaky(self.first(self.normalize(hidden))))

    def fading(self, hidden: Tensor, stage: int, alpha: float) -> Tensor:
        """Mixes the images of `stage` and of the next: at alpha 0 and 1 one of them, exactly."""
        old = enlarged(self.outputs[stage](hidden), 2)
        new = self.outputs[stage + 1](self.blocks[stage](hidden))
        return torch.lerp(old, new, alpha)


class DigestingDiscriminator(ConditionalDiscriminator):
    """A discriminator whose head reads a `Digest` of its last features.

    Subclasses set `digest` and `output`, and write `features`.
    """

    digest: nn.Module

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns the activations of its layers, first to last: (B, C, H, W) each."""
        raise NotImplementedError

    def summary(self, samples: Tensor, condition: Tensor | None) -> Tensor:
        """Returns the last features, (B, C, H, W) -> (B, width)."""
        digested: Tensor = self.digest(self.features(samples, condition)[-1])
        return digested


@DISCRIMINATORS.register("progressive")
class ProgressiveDiscriminator(Growing, DigestingDiscriminator):
    """The generator's mirror image: two convolutions per halving, then a small head.

    Args:
        sample_shape: (C, H, W).
        condition: What samples are conditioned on, or None.
        width: Channels of the four smallest sizes.
        group: Samples in a group of the minibatch standard deviation; 0 leaves it out, and each
            logit then depends on its own sample only.
        conditioning: "projection", "classifier" (the paper's) or "contrastive"; see
            `multigan.modalities.shared.heads`.
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
        channels, height, length = check_image_shape(
            sample_shape, who="The progressive discriminator"
        )
        stages = halvings(height, length)
        super().__init__(stages)
        widths = stage_widths(width, stages)

        self.inputs = nn.ModuleList(EqualizedConv2d(channels, w, 1) for w in widths)
        self.blocks = nn.ModuleList(DownBlock(b, a) for a, b in pairwise(widths))
        self.digest = Digest(widths[0], height >> stages, length >> stages, group)
        self.output = equalize(make_head(conditioning, widths[0], condition))

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns the activations of every stage at work, each (B, channels, height, width)."""
        stage, alpha = self.position
        if alpha == 0:
            images = reduced(samples, 2 ** (self.stages - stage))
            hidden = leaky(self.inputs[stage](images))
        else:
            images = reduced(samples, 2 ** (self.stages - stage - 1))
            hidden = self.fading(images, stage, alpha)
        activations = [hidden]
        for block in reversed(self.blocks[:stage]):
            activations.append(block(activations[-1]))
        return activations

    def fading(self, images: Tensor, stage: int, alpha: float) -> Tensor:
        """Mixes what `stage` and the next make of images (B, C, H, W) of the next one's size."""
        old = leaky(self.inputs[stage](reduced(images, 2)))
        new = self.blocks[stage](leaky(self.inputs[stage + 1](images)))
        return torch.lerp(old, new, alpha)


class UpBlock(nn.Module):
    """Doubles the size, then two convolutions, each followed by leaky units and pixel norm."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = EqualizedConv2d(inputs, outputs, 3)
        self.conv2 = EqualizedConv2d(outputs, outputs, 3)
        self.normalize = PixelNorm()

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, 2 H, 2 W)."""
        hidden = self.normalize(leaky(self.conv1(enlarged(hidden, 2))))
        normal: Tensor = self.normalize(leaky(self.conv2(hidden)))
        return normal


class DownBlock(nn.Module):
    """Two convolutions with leaky units, then half the size."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv1 = EqualizedConv2d(inputs, inputs, 3)
        self.conv2 = EqualizedConv2d(inputs, outputs, 3)

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, H / 2, W / 2)."""
        return avg_pool2d(leaky(self.conv2(leaky(self.conv1(hidden)))), 2)


class Digest(nn.Module):
    """How much the batch varies, a convolution and a linear layer: what comes before the logit.

    Shared by the discriminators of progressive growing and of StyleGAN2.
    """

    def __init__(self, width: int, height: int, length: int, group: int) -> None:
        super().__init__()
        self.deviation = MinibatchDeviation(group) if group else None
        self.conv = EqualizedConv2d(width + bool(group), width, 3)
        self.hidden = EqualizedLinear(width * height * length, width, gain=RECTIFIED)

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, width, height, length) -> (B, width)."""
        if self.deviation is not None:
            hidden = self.deviation(hidden)
        return leaky(self.hidden(leaky(self.conv(hidden)).flatten(1)))


def embed_condition(
    condition: ConditionSpec, embedding_dim: int, std: float
) -> tuple[nn.Module, int]:
    """Returns what makes numbers of a condition, and how many: its own where the size is 0."""
    if embedding_dim == 0:
        return PlainCondition(condition), condition.size
    return ConditionEmbedding(condition, embedding_dim, std=std), embedding_dim


def to_image(width: int, channels: int, bounded: bool) -> nn.Module:
    """Returns the layer (B, width, H, W) -> (B, channels, H, W), in [-1, 1] where bounded."""
    convolution = EqualizedConv2d(width, channels, 1, gain=1.0)
    return nn.Sequential(convolution, nn.Tanh()) if bounded else convolution


def stage_widths(width: int, stages: int) -> list[int]:
    """Returns the channels of every size, from the smallest to the largest.

    Raises:
        ConfigError: `width` is not above 0.

    Example:
        >>> stage_widths(64, 6)
        [64, 64, 64, 64, 32, 16, 8]
    """
    return [max(1, width >> max(0, stage + 1 - FULL_STAGES)) for stage in range(stages + 1)]
