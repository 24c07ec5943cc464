"""Convolutions whose weights a style scales, and the smoothing between two sizes.

Source: Karras et al. (2020), "Analyzing and Improving the Image Quality of StyleGAN". Everything
is plain torch: scaling the input and the output of a shared convolution gives the same as scaling
the weights for each sample, and can be differentiated twice.

Shapes: B samples, C channels, H height, W width, S style size.
"""

from math import sqrt

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, conv_transpose2d, interpolate

from multigan.core.draws import normal
from multigan.modalities.shared.equalized import RECTIFIED, EqualizedConv2d, EqualizedLinear, leaky


class Smoothing(nn.Module):
    """The filter [1, 3, 3, 1] in both directions, for each channel by itself.

    Args:
        padding: Zeros around the map; of 1 it shrinks by one pixel, of 2 it grows by one.
        gain: Of a flat map.
    """

    kernel: Tensor

    def __init__(self, padding: int, *, gain: float = 1.0) -> None:
        super().__init__()
        row = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
        self.register_buffer("kernel", gain * torch.outer(row, row), persistent=False)
        self.padding = padding

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C, H + 2 padding - 3, W + 2 padding - 3)."""
        channels = hidden.shape[1]
        kernel = self.kernel.to(hidden.dtype).expand(channels, 1, 4, 4)
        return conv2d(hidden, kernel, padding=self.padding, groups=channels)


class ModulatedConv2d(nn.Module):
    """A convolution whose input channels the style scales; demodulation takes the scale out again.

    Args:
        inputs, outputs: Channels.
        size: Of the kernel: 3, or 1.
        style_dim: S.
        up: Whether the map is doubled, by a transposed convolution and smoothing.
        demodulate: Whether each output map is brought back to the input's scale.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        size: int,
        style_dim: int,
        *,
        up: bool = False,
        demodulate: bool = True,
    ) -> None:
        super().__init__()
        self.affine = EqualizedLinear(style_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, size, size))
        self.scale = 1 / sqrt(inputs * size * size)
        self.smooth = Smoothing(padding=1, gain=4.0) if up else None  # 3 of 4 inputs are zeros
        self.demodulate = demodulate

    def forward(self, hidden: Tensor, style: Tensor) -> Tensor:
        """(B, inputs, H, W), (B, S) -> (B, outputs, H, W), or twice that size."""
        scales = self.affine(style)  # (B, inputs)
        weight = self.weight * self.scale
        hidden = hidden * scales[:, :, None, None]
        if self.smooth is None:
            hidden = conv2d(hidden, weight, padding=weight.shape[-1] // 2)
        else:
            hidden = self.smooth(conv_transpose2d(hidden, weight.transpose(0, 1), stride=2))
        if self.demodulate:
            energy = scales.square() @ weight.square().sum((2, 3)).T  # (B, outputs)
            hidden = hidden * torch.rsqrt(energy + 1e-8)[:, :, None, None]
        return hidden


class StyledLayer(nn.Module):
    """A modulated convolution, noise, and leaky units.

    While training each call draws its noise; otherwise it is always the same, so that an image is a
    function of its latent.

    Args:
        inputs, outputs: Channels.
        style_dim: S.
        height, width: Of the map that comes out, in pixels.
        up: Whether the map is doubled.
    """

    noise: Tensor

    def __init__(
        self, inputs: int, outputs: int, style_dim: int, height: int, width: int, *, up: bool
    ) -> None:
        super().__init__()
        self.conv = ModulatedConv2d(inputs, outputs, 3, style_dim, up=up)
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.strength = nn.Parameter(torch.zeros(()))  # of the noise, learned
        self.register_buffer("noise", torch.randn(1, 1, height, width))

    def forward(self, hidden: Tensor, style: Tensor) -> Tensor:
        """(B, inputs, H, W), (B, S) -> (B, outputs, height, width)."""
        hidden = self.conv(hidden, style)
        noise = self.noise
        if self.training:
            noise = normal(len(hidden), *noise.shape[1:], device=hidden.device)
        hidden = hidden + self.strength * noise + self.bias[:, None, None]
        return RECTIFIED * leaky(hidden)


class DownLayer(nn.Module):
    """Smoothing and a convolution with stride 2, without activation.

    Args:
        inputs, outputs: Channels.
        size: Of the kernel: 3, or 1.
        gain: Of the weights.
        bias: Whether there are biases.
    """

    def __init__(self, inputs: int, outputs: int, size: int, *, gain: float, bias: bool) -> None:
        super().__init__()
        self.smooth = Smoothing(padding=(size + 1) // 2)
        self.conv = EqualizedConv2d(inputs, outputs, size, gain=gain, bias=bias)

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, H / 2, W / 2)."""
        conv = self.conv
        return conv2d(self.smooth(hidden), conv.weight * conv.scale, conv.bias, stride=2)


def doubled(images: Tensor) -> Tensor:
    """Doubles the size with the filter [1, 3, 3, 1]: (B, C, H, W) -> (B, C, 2 H, 2 W)."""
    return interpolate(images, scale_factor=2, mode="bilinear", align_corners=False)
