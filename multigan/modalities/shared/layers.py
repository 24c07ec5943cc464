"""Layers that the networks of two or more kinds of data share.

Shapes: B samples, C channels, E embedding size; `...` are any positions, e.g. height and width.
"""

import math
from typing import Annotated, Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot
from torch.nn.utils import parametrizations

from multigan.core.condition import ConditionSpec
from multigan.errors import ShapeError
from multigan.typed import AtLeast, checked

Norm = Literal["batch", "pixel", "none"]
Group = Annotated[int, AtLeast(2)]  # of samples that vary


def given(condition: Tensor | None, spec: ConditionSpec) -> Tensor:
    """Returns the condition.

    Raises:
        ShapeError: There is none.
    """
    if condition is None:
        raise ShapeError(
            f"This network is conditioned on a {spec.kind} of size {spec.size}, but got no "
            "condition. Pass one, or build the network without."
        )
    return condition


class Standardized(nn.Module):
    """Takes the data's mean and deviation out of a vector's numbers; leaves attributes alone."""

    center: Tensor
    scale: Tensor

    def __init__(self, spec: ConditionSpec) -> None:
        super().__init__()
        center, scale = spec.center or (0.0,), spec.scale or (1.0,)
        self.register_buffer("center", torch.tensor(center), persistent=False)
        self.register_buffer("scale", torch.tensor(scale), persistent=False)

    def forward(self, condition: Tensor) -> Tensor:
        """(B, size) -> (B, size)."""
        return (condition - self.center) / self.scale


class ConditionEmbedding(nn.Module):
    """A learned vector (B, E) for each condition: a table for classes, a linear map for vectors.

    Its weights start from N(0, std^2).
    """

    def __init__(self, spec: ConditionSpec, dim: int, *, std: float = 1.0) -> None:
        super().__init__()
        self.spec = spec
        self.table: nn.Embedding | nn.Linear
        if spec.kind == "class":
            self.table = nn.Embedding(spec.size, dim)
        else:
            self.table = nn.Linear(spec.size, dim, bias=False)
        self.standardize = nn.Identity() if spec.kind == "class" else Standardized(spec)
        nn.init.normal_(self.table.weight, std=std)

    def forward(self, condition: Tensor | None) -> Tensor:
        """Embeds a condition as (B, E).

        Args:
            condition: (B,) of classes or (B, size) of numbers; of classes also (B, size) floats,
                how much of each class's vector is taken: between two, a mixture of both.
        """
        known = given(condition, self.spec)
        if self.spec.kind == "class" and known.is_floating_point():
            return known @ self.table.weight
        embedded: Tensor = self.table(self.standardize(known))
        return embedded


class PlainCondition(nn.Module):
    """A condition's own numbers (B, size), nothing learned: for classes one number each, 0 or 1."""

    def __init__(self, spec: ConditionSpec) -> None:
        super().__init__()
        self.spec = spec
        self.standardize = nn.Identity() if spec.kind == "class" else Standardized(spec)

    def forward(self, condition: Tensor | None) -> Tensor:
        """Returns (B, size) for what `ConditionEmbedding` takes."""
        known = given(condition, self.spec)
        if self.spec.kind == "class" and not known.is_floating_point():
            return one_hot(known, self.spec.size).float()
        numbers: Tensor = self.standardize(known)
        return numbers


def embedding_of(embed: nn.Module | None, condition: Tensor | None) -> Tensor | None:
    """Returns the vectors (B, E) of a condition; None of a network without conditions."""
    return None if embed is None else embed(condition)


def with_condition(latent: Tensor, embed: nn.Module | None, condition: Tensor | None) -> Tensor:
    """Appends a condition's vectors to latents (B, Z); leaves them without conditions."""
    return latent if embed is None else torch.cat([latent, embed(condition)], 1)


def uniformly(latent: Tensor) -> Tensor:
    """Returns numbers drawn uniformly from [-1, 1] for a latent drawn from N(0, 1)."""
    return torch.erf(latent / math.sqrt(2))


class PixelNorm(nn.Module):
    """Scales the C channels at each position to a mean square of one.

    Unlike batch norm it keeps samples independent of each other.

    Source: Karras et al. (2018), "Progressive Growing of GANs for Improved Quality, Stability,
    and Variation".
    """

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, C, ...) -> (B, C, ...)."""
        return hidden * torch.rsqrt(hidden.square().mean(1, keepdim=True) + 1e-8)


@checked
class MinibatchDeviation(nn.Module):
    """Appends how much a group of samples varies, as one more channel: a collapsed batch shows.

    The deviation of each element over a group, averaged over all of them; with it a logit depends
    on the other samples of its group. A batch is cut into the largest groups that fit evenly.

    Source: Karras et al. (2018), "Progressive Growing of GANs for Improved Quality, Stability,
    and Variation", section 3.

    Args:
        group: Samples in a group, at most; 4 in the paper.
    """

    def __init__(self, group: Group = 4) -> None:
        super().__init__()
        self.group = group

    def forward(self, hidden: Tensor) -> Tensor:
        """(B, C, ...) -> (B, C + 1, ...)."""
        count = len(hidden)
        size = max(n for n in range(1, min(self.group, count) + 1) if count % n == 0)
        grouped = hidden.view(size, count // size, *hidden.shape[1:])
        variance = grouped.var(0, correction=0)  # (B / size, C, ...)
        deviation = (variance + 1e-8).sqrt().flatten(1).mean(1)  # sqrt has no slope at 0
        channel = deviation.repeat(size).view(count, *[1] * (hidden.ndim - 1))
        return torch.cat([hidden, channel.expand(-1, 1, *hidden.shape[2:])], 1)


class ConditionalNorm(nn.Module):
    """A normalization whose gain and bias per channel depend on the condition.

    Source: Dumoulin et al. (2017), "A Learned Representation for Artistic Style"; in a generator,
    Miyato & Koyama (2018), "cGANs with Projection Discriminator".
    """

    def __init__(self, channels: int, spec: ConditionSpec, *, norm: Norm = "batch") -> None:
        super().__init__()
        self.norm = normalization(norm, channels, affine=False)
        # Conditions start with gains that differ a little, N(1, 0.02^2), as in mimicry.
        self.gain = ConditionEmbedding(spec, channels, std=0.02)
        self.bias = ConditionEmbedding(spec, channels, std=0.0)

    def forward(self, hidden: Tensor, condition: Tensor | None) -> Tensor:
        """(B, C, ...) -> (B, C, ...)."""
        normal: Tensor = self.norm(hidden)
        gain, bias = self.gain(condition), self.bias(condition)
        shape = gain.shape + (1,) * (normal.ndim - 2)
        return normal * (1 + gain.view(shape)) + bias.view(shape)


class MaybeConditionalNorm(nn.Module):
    """`ConditionalNorm` where a `spec` is given, else the plain one; both called alike."""

    def __init__(self, channels: int, spec: ConditionSpec | None, *, norm: Norm = "batch") -> None:
        super().__init__()
        self.conditional = ConditionalNorm(channels, spec, norm=norm) if spec else None
        self.plain = None if spec else normalization(norm, channels)

    def forward(self, hidden: Tensor, condition: Tensor | None) -> Tensor:
        """(B, C, ...) -> (B, C, ...)."""
        if self.conditional is not None:
            return self.conditional(hidden, condition)
        assert self.plain is not None
        normal: Tensor = self.plain(hidden)
        return normal


def normalization(norm: Norm, channels: int, *, affine: bool = True) -> nn.Module:
    """Returns the layer called `norm` for maps (B, C, H, W)."""
    if norm == "batch":
        return nn.BatchNorm2d(channels, affine=affine)
    if norm == "pixel":
        return PixelNorm()
    return nn.Identity()


def normalize_spectrally(network: nn.Module) -> None:
    """Divides the weight of every linear map, convolution and embedding by its spectral norm.

    Source: Miyato et al. (2018), "Spectral Normalization for Generative Adversarial Networks".
    """
    layers = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d, nn.Embedding)
    for layer in [each for each in network.modules() if isinstance(each, layers)]:
        parametrizations.spectral_norm(layer)


class Projection(nn.Module):
    """The logit <w + e(condition), features> + b: one head that the condition turns.

    Source: Miyato & Koyama (2018), "cGANs with Projection Discriminator".
    """

    def __init__(self, dim: int, spec: ConditionSpec | None) -> None:
        super().__init__()
        self.output = nn.Linear(dim, 1)
        self.embed = ConditionEmbedding(spec, dim, std=dim**-0.5) if spec else None

    def forward(self, features: Tensor, condition: Tensor | None) -> Tensor:
        """(B, F) -> logits (B, 1)."""
        logits: Tensor = self.output(features)
        if self.embed is None:
            return logits
        return logits + (self.embed(condition) * features).sum(1, keepdim=True)
