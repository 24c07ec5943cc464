"""A generator that goes on in time for as long as anybody listens.

Its latent is a style, and a row of anchors, one for every few frames. A frame depends on the
anchors near it and on nothing else: neither on where it stands nor on where the row ends. So a
longer row of anchors is a longer sound, and one that is made block by block, with the neighbors'
anchors in hand, is the same to the last bit or so.

Source: the idea of local latents under a global style is that of Pasini & Schlüter (2022), "Musika!
Fast Infinite Waveform Music Generation", whose anchors are coordinates to interpolate between.

Shapes: B samples, (C, F, T) sample shape, Z latent size, S style size, A anchor size, K anchors,
W channels, N frames.
"""

from itertools import pairwise
from typing import Annotated

import torch
from torch import Tensor, nn

from multigan.core.condition import ConditionSpec
from multigan.core.registries import GENERATORS
from multigan.errors import ConfigError, ShapeError
from multigan.modalities.audio.networks.frames import (
    FrameOutput,
    StyledBlock,
    doubled,
)
from multigan.modalities.audio.networks.sound_shapes import (
    SpectrogramShape,
    check_spectrogram_shape,
)
from multigan.modalities.shared.layers import ConditionEmbedding
from multigan.typed import Count, That

REACH = 2  # frames to either side that a block's two convolutions see
LAST_REACH = 1  # of the last layer's


PowerOfTwo = Annotated[int, That("a power of two", lambda size: size.bit_count() == 1 and size > 0)]


@GENERATORS.register("endless")
class EndlessGenerator(nn.Module):
    """Residual blocks over anchors, then over frames, with no edge that could be seen.

    Args:
        latent_dim: Z = S + A x (T / stride + twice the margin); errors say what fits.
        sample_shape: (C, F, T), T a multiple of `stride`.
        condition: What samples are conditioned on, or None.
        width: W.
        style_dim: S.
        stride: Frames for each anchor, a power of two.
        embedding_dim: Size of the condition's embedding, which joins the style.
    """

    def __init__(
        self,
        *,
        latent_dim: int,
        sample_shape: SpectrogramShape,
        condition: ConditionSpec | None = None,
        width: Count = 192,
        style_dim: Count = 16,
        stride: PowerOfTwo = 8,
        embedding_dim: Count = 32,
    ) -> None:
        super().__init__()
        self.sample_shape = check_spectrogram_shape(
            sample_shape, who="The endless generator", time=stride
        )
        channels, bins, frames = self.sample_shape
        if channels > 2:  # magnitude and frequency of one channel
            raise ShapeError(
                f"The endless generator makes mono sounds, not pictures of {channels} planes: "
                "others cannot be streamed. Read the data with one channel: --set data.channels=1"
            )
        self.margins = _margins(stride.bit_length() - 1)
        self.stride, self.style_dim = stride, style_dim
        anchors = frames // stride + 2 * self.margin
        self.anchor_dim = _anchor_dim(latent_dim, style_dim, anchors)
        self.embed = ConditionEmbedding(condition, embedding_dim) if condition else None
        style = style_dim + embedding_dim * bool(condition)
        self.input = nn.Conv1d(self.anchor_dim, width, 1)
        self.blocks = nn.ModuleList(StyledBlock(width, style) for _ in self.margins)
        self.output = FrameOutput(width, style, channels * bins)

    @property
    def margin(self) -> int:
        """How many anchors beyond either end the frames of a block depend on."""
        return self.margins[0]

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generates samples (B, C, F, T) in [-1, 1] from latents (B, Z)."""
        style = latent[:, : self.style_dim]
        anchors = latent[:, self.style_dim :].reshape(latent.shape[0], self.anchor_dim, -1)
        return self.extend(style, anchors, condition)

    def extend(self, style: Tensor, anchors: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generates (B, C, F, stride x (K - 2 margin)) of any length.

        Args:
            style: (B, S).
            anchors: (B, A, K), `margin` of them beyond either end.
            condition: (B, ...), or None.
        """
        if self.embed is not None:
            style = torch.cat([style, self.embed(condition)], 1)
        hidden = self.blocks[0](self.input(anchors), style)
        for block, (before, margin) in zip(self.blocks[1:], pairwise(self.margins), strict=True):
            spare = 2 * before - margin
            hidden = block(doubled(hidden)[..., spare : -spare or None], style)
        values = self.output(hidden, style)[..., self.margins[-1] : -self.margins[-1]]
        return values.unflatten(1, self.sample_shape[:2])


def _margins(doublings: int) -> list[int]:
    """Returns how many frames beyond the ends each level needs for itself and those after it.

    Example:
        >>> _margins(3)  # 3 = 2 + 1; 4 = 2 + ceil(3 / 2); ...
        [4, 4, 4, 3]
    """
    margins = [REACH + LAST_REACH]
    for _ in range(doublings):
        margins.append(REACH + -(-margins[-1] // 2))
    return margins[::-1]


def _anchor_dim(latent_dim: int, style_dim: int, anchors: int) -> int:
    """Returns A.

    Raises:
        ConfigError: The latent's size leaves no whole number for it.
    """
    rest = latent_dim - style_dim
    if rest < anchors or rest % anchors:
        fitting = style_dim + anchors * max(1, round(rest / anchors))
        raise ConfigError(
            f"The endless generator has {anchors} anchors beside a style of {style_dim}, so "
            f"latent_dim cannot be {latent_dim}. Choose {style_dim} and a multiple of {anchors}: "
            f"--set latent_dim={fitting}"
        )
    return rest // anchors
