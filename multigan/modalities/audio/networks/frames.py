"""Residual networks over time whose channels are the spectrum: fast, and at home with harmonics.

The partials of a note, or the formants of a voice, lie all over a frame's spectrum. Convolutions
over frequency and time look at a few bins at once; these look at whole frames, as those of
ASGAN do, and cost a fraction. Everything depends on nearby frames only, so that the generator can
go on in time.

Sources: Baas & Kamper (2022), "GAN You Hear Me? Reclaiming Unconditional Speech Synthesis from
Diffusion Models", for convolutions over time on spectra; Karras et al. (2019), "A Style-Based
Generator Architecture for Generative Adversarial Networks", for latents as gains; He et al.
(2016), "Identity Mappings in Deep Residual Networks", for the blocks.

Shapes: B samples, (C, F, T) sample shape, Z latent size, W channels, S style size, N frames.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool1d, interpolate, leaky_relu

from multigan.core.condition import ConditionSpec
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.modalities.audio.networks.sound_shapes import (
    SpectrogramShape,
    check_spectrogram_shape,
)
from multigan.modalities.shared.heads import ByHead, ConditionalDiscriminator, make_head
from multigan.modalities.shared.layers import ConditionEmbedding, PixelNorm, with_condition
from multigan.typed import Count, Natural, Weight

SLOPE = 0.2
KERNEL = 3  # frames
SHORTEST = 4  # frames of the shortest map


@GENERATORS.register("frames")
class FrameGenerator(nn.Module):
    """A short sequence from the latent, doubled in time by residual blocks, then whole spectra.

    Args:
        latent_dim: Z.
        sample_shape: (C, F, T), T a multiple of 4.
        condition: What samples are conditioned on, or None.
        width: W, the channels of every block.
        embedding_dim: Size of the condition's embedding, which joins the latent.
        embedding_std: Of the embedding's first values; the latent's is 1. A loud condition
            drowns the latent: samples of a class are too much alike.
        blocks: Residual blocks after each doubling.
        mapping: Layers that turn the latent and the embedding into the style together; 0 for none.
        smooth: Whether new frames lie between their neighbors, instead of being copies.
    """

    def __init__(
        self,
        *,
        latent_dim: int,
        sample_shape: SpectrogramShape,
        condition: ConditionSpec | None = None,
        width: Count = 256,
        embedding_dim: Count = 64,
        embedding_std: Weight = 1.0,
        blocks: Count = 1,
        mapping: Natural = 0,
        smooth: bool = False,
    ) -> None:
        super().__init__()
        self.sample_shape = check_spectrogram_shape(sample_shape, who="The frames generator")
        channels, bins, frames = self.sample_shape
        doublings = time_halvings(frames)
        self.embed = (
            ConditionEmbedding(condition, embedding_dim, std=embedding_std) if condition else None
        )
        style = latent_dim + embedding_dim * bool(condition)
        self.mapping = Mapping(style, width, mapping) if mapping else nn.Identity()
        style = width if mapping else style
        self.interpolation = "linear" if smooth else "nearest"
        self.base = width, frames >> doublings
        self.input = nn.Linear(style, width * self.base[1])
        self.levels = nn.ModuleList(
            StyledBlocks(width, style, blocks) for _ in range(doublings + 1)
        )
        self.output = FrameOutput(width, style, channels * bins)

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generates samples (B, C, F, T) in [-1, 1] from latents (B, Z)."""
        style = self.mapping(with_condition(latent, self.embed, condition))
        hidden = self.input(style).view(-1, *self.base)
        for index, level in enumerate(self.levels):
            hidden = level(doubled(hidden, self.interpolation) if index else hidden, style)
        return self.output(hidden, style).view(-1, *self.sample_shape)


@DISCRIMINATORS.register("frames")
class FrameDiscriminator(ConditionalDiscriminator):
    """Residual blocks that halve time down to a few frames, then a linear layer to one logit.

    Args:
        sample_shape: (C, F, T), T a multiple of 4.
        condition: What samples are conditioned on, or None.
        width: W, the channels of every block.
        blocks: Residual blocks before each halving.
        conditioning: "projection", "classifier" or "contrastive"; see `shared.heads`.
    """

    def __init__(
        self,
        *,
        sample_shape: SpectrogramShape,
        condition: ConditionSpec | None = None,
        width: Count = 256,
        blocks: Count = 1,
        conditioning: ByHead = "projection",
    ) -> None:
        super().__init__()
        channels, bins, frames = check_spectrogram_shape(
            sample_shape, who="The frames discriminator"
        )
        halvings = time_halvings(frames)
        self.input = nn.Conv1d(channels * bins, width, KERNEL, padding=KERNEL // 2)
        self.levels = nn.ModuleList(
            nn.Sequential(*[PlainBlock(width) for _ in range(blocks)]) for _ in range(halvings + 1)
        )
        self.output = make_head(conditioning, width * (frames >> halvings), condition)

    def summary(self, samples: Tensor, condition: Tensor | None) -> Tensor:
        """Returns what the logits are made of: (B, C, F, T) -> (B, W x the last frames)."""
        return leaky_relu(self.features(samples, condition)[-1], SLOPE).flatten(1)

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns every level's activations, each (B, W, frames)."""
        hidden, found = self.input(samples.flatten(1, 2)), []
        for index, level in enumerate(self.levels):
            hidden = level(avg_pool1d(hidden, 2) if index else hidden)
            found.append(hidden)
        return found


class Mapping(nn.Sequential):
    """Linear layers from the latent to a style (B, W) of mean square one.

    What goes in is not normalized, as StyleGAN's is: a latent could not be truncated otherwise.
    """

    def __init__(self, inputs: int, width: int, layers: int) -> None:
        steps: list[nn.Module] = []
        for index in range(layers):
            linear = nn.Linear(width if index else inputs, width)
            nn.init.kaiming_normal_(linear.weight, SLOPE)
            nn.init.zeros_(linear.bias)
            steps += [linear, nn.LeakyReLU(SLOPE)]
        super().__init__(*steps, PixelNorm())


class StyledConv(nn.Module):
    """norm - gain and bias from the style - leaky - convolution, all in one place in time.

    The style may differ from frame to frame: (B, S) for all of them, or (B, S, N).
    """

    def __init__(self, inputs: int, outputs: int, style: int, kernel: int = KERNEL) -> None:
        super().__init__()
        self.norm = PixelNorm()
        self.affine = nn.Conv1d(style, 2 * inputs, 1)
        self.convolution = nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2)
        nn.init.normal_(self.affine.weight, std=0.5 * style**-0.5)
        assert self.affine.bias is not None
        nn.init.zeros_(self.affine.bias)

    def forward(self, hidden: Tensor, style: Tensor) -> Tensor:
        """(B, inputs, N) -> (B, outputs, N)."""
        style = style if style.ndim == 3 else style.unsqueeze(2)
        gain, bias = self.affine(style).chunk(2, dim=1)
        turned = self.norm(hidden) * (1 + gain) + bias
        result: Tensor = self.convolution(leaky_relu(turned, SLOPE))
        return result


class StyledBlock(nn.Module):
    """Two styled convolutions, added to their input; the sum keeps its size."""

    def __init__(self, width: int, style: int) -> None:
        super().__init__()
        self.first = StyledConv(width, width, style)
        self.second = StyledConv(width, width, style)

    def forward(self, hidden: Tensor, style: Tensor) -> Tensor:
        """(B, W, N) -> (B, W, N)."""
        change: Tensor = self.second(self.first(hidden, style), style)
        return hidden + change


class StyledBlocks(nn.Module):
    """Some styled blocks, one after the other."""

    def __init__(self, width: int, style: int, count: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(StyledBlock(width, style) for _ in range(count))

    def forward(self, hidden: Tensor, style: Tensor) -> Tensor:
        """(B, W, N) -> (B, W, N)."""
        for block in self.blocks:
            hidden = block(hidden, style)
        return hidden


class FrameOutput(nn.Module):
    """The last layer: a spectrum (C x F values in [-1, 1]) for every frame."""

    def __init__(self, width: int, style: int, values: int) -> None:
        super().__init__()
        self.last = StyledConv(width, values, style)

    def forward(self, hidden: Tensor, style: Tensor) -> Tensor:
        """(B, W, N) -> (B, C x F, N)."""
        return torch.tanh(self.last(hidden, style))


class PlainBlock(nn.Module):
    """leaky - convolution - leaky - convolution, added to its input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(width, width, KERNEL, padding=KERNEL // 2)
        self.second = nn.Conv1d(width, width, KERNEL, padding=KERNEL // 2)

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, W, N) -> (B, W, N)."""
        change = self.first(leaky_relu(hidden, SLOPE))
        return hidden + self.second(leaky_relu(change, SLOPE))


def doubled(hidden: Tensor, mode: str = "nearest") -> Tensor:
    """Doubles the frames: (B, W, N) -> (B, W, 2 N)."""
    return interpolate(hidden, scale_factor=2.0, mode=mode)


def time_halvings(frames: int) -> int:
    """Returns how often a number of frames can be halved without going below four.

    Example:
        >>> time_halvings(64), time_halvings(96), time_halvings(4)
        (4, 4, 0)
    """
    count = 0
    while frames % 2 == 0 and frames // 2 >= SHORTEST:
        frames, count = frames // 2, count + 1
    return count
