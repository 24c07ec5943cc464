"""Layers with an equalized learning rate: every weight lives at the same scale.

Weights start from N(0, 1) and are scaled when used, so that Adam, whose steps do not depend on the
gradients' scale, changes all of them at the same relative speed. Biases are not scaled.

Source: Karras et al. (2018), "Progressive Growing of GANs for Improved Quality, Stability, and
Variation", section 4.1; the scale is He et al.'s (2015).

Shapes: B samples, C channels, H height, W width, F features.
"""

from math import sqrt
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, leaky_relu, linear
from torch.nn.utils.parametrize import register_parametrization

Network = TypeVar("Network", bound=nn.Module)

SLOPE = 0.2  # of the leaky units in front of which `RECTIFIED` is the gain
RECTIFIED = sqrt(2)


class EqualizedLinear(nn.Module):
    """A linear layer.

    Args:
        inputs, outputs: Features.
        gain: Of the weights; `RECTIFIED` in front of leaky units, else 1.
        bias: What the biases start from; None for no biases.
        rate: Slows the layer down: its weights and biases learn at this share of the rate.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        gain: float = 1.0,
        bias: float | None = 0.0,
        rate: float = 1.0,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / rate)
        self.bias = None if bias is None else nn.Parameter(torch.full((outputs,), bias / rate))
        self.scale, self.rate = gain * rate / sqrt(inputs), rate

    def forward(self, features: Tensor) -> Tensor:
        """(B, inputs) -> (B, outputs)."""
        bias = None if self.bias is None else self.bias * self.rate
        return linear(features, self.weight * self.scale, bias)


class EqualizedConv2d(nn.Module):
    """A convolution that keeps the size.

    Args:
        inputs, outputs: Channels.
        size: Of the kernel, in pixels, odd.
        gain: Of the weights; `RECTIFIED` in front of leaky units, else 1.
        bias: Whether there are biases, which start from 0.
    """

    def __init__(
        self, inputs: int, outputs: int, size: int, *, gain: float = RECTIFIED, bias: bool = True
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, size, size))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.scale = gain / sqrt(inputs * size * size)

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, inputs, H, W) -> (B, outputs, H, W)."""
        padding = self.weight.shape[-1] // 2
        return conv2d(hidden, self.weight * self.scale, self.bias, padding=padding)


class _Scaled(nn.Module):
    """The parametrization of a weight that lives at scale one and is used at another."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.scale = scale

    def forward(self, weight: Tensor) -> Tensor:
        return weight * self.scale

    def right_inverse(self, weight: Tensor) -> Tensor:
        return weight / self.scale


def equalize(network: Network) -> Network:
    """Equalizes the linear layers and embeddings of a network made elsewhere; returns it.

    An embedding counts as the row of a linear layer, since it is multiplied with features.
    """
    layers = [m for m in network.modules() if isinstance(m, (nn.Linear, nn.Embedding))]
    for layer in layers:
        scale = layer.weight.shape[1] ** -0.5
        nn.init.normal_(layer.weight, std=scale)
        register_parametrization(layer, "weight", _Scaled(scale))
    return network


def leaky(hidden: Tensor) -> Tensor:
    """The activation of these networks, leaky units with slope 0.2."""
    return leaky_relu(hidden, SLOPE)
