"""SpecGAN: DCGAN with 5 x 5 kernels on spectrograms.

Source: Donahue, McAuley & Puckette (2019), "Adversarial Audio Synthesis", appendix D: on 128 x 128
log-magnitude spectrograms with a width of 64 the layers are the paper's. Other sizes have as many
layers as they can be halved down to about 4 x 4. Conditions are an addition.

Shapes: B samples, (C, F, T) sample shape, Z latent size.
"""

from itertools import pairwise
from math import prod

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, relu

from multigan.core.condition import ConditionSpec
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.modalities.audio.networks.shuffle import PhaseShuffle
from multigan.modalities.audio.networks.sound_shapes import (
    SpectrogramShape,
    check_spectrogram_shape,
)
from multigan.modalities.shared.heads import ScoresLastFeatures
from multigan.modalities.shared.image_shapes import halvings
from multigan.modalities.shared.layers import (
    ConditionEmbedding,
    Projection,
    uniformly,
    with_condition,
)
from multigan.typed import Count, Natural, Weight

SLOPE = 0.2  # of leaky units, in both papers' networks


class SoundGenerator(nn.Module):
    """Transposed convolutions of a small map, with no norms: what SpecGAN and WaveGAN share.

    Subclasses set all that is named here: `input` makes the map, of the shape `base`.
    """

    base: tuple[int, ...]
    uniform: bool
    embed: ConditionEmbedding | None
    input: nn.Linear
    ups: nn.ModuleList

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generates samples (B, *S) in [-1, 1] from latents (B, Z)."""
        latent = uniformly(latent) if self.uniform else latent
        hidden = self.input(with_condition(latent, self.embed, condition)).view(-1, *self.base)
        for up in self.ups:
            hidden = up(relu(hidden))
        return torch.tanh(hidden)


@GENERATORS.register("specgan")
class SpecGANGenerator(SoundGenerator):
    """A linear layer to a small map, then one transposed convolution per doubling; no norms.

    Args:
        latent_dim: Z.
        sample_shape: (C, F, T).
        condition: What samples are conditioned on, or None.
        width: Channels before the last layer; each layer before it has twice as many.
        embedding_dim: Size of the condition's embedding, appended to the latent.
        embedding_std: Of the embedding's first values; the latent's is 1. A loud condition
            drowns the latent: samples of a class are too much alike.
        uniform: Whether the latent, which is drawn from N(0, 1), is turned into one drawn uniformly
            from [-1, 1], as the paper's is.
    """

    def __init__(
        self,
        *,
        latent_dim: int,
        sample_shape: SpectrogramShape,
        condition: ConditionSpec | None = None,
        width: Count = 64,
        embedding_dim: Count = 32,
        embedding_std: Weight = 1.0,
        uniform: bool = False,
    ) -> None:
        super().__init__()
        channels, bins, frames = _checked(sample_shape, who="The specgan generator")
        doublings = halvings(bins, frames)
        sizes = [width << index for index in reversed(range(doublings))]
        self.base, self.uniform = (sizes[0], bins >> doublings, frames >> doublings), uniform
        self.embed = (
            ConditionEmbedding(condition, embedding_dim, std=embedding_std) if condition else None
        )
        self.input = nn.Linear(latent_dim + embedding_dim * bool(condition), prod(self.base))
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 5, stride=2, padding=2, output_padding=1)
            for a, b in pairwise([*sizes, channels])
        )
        initialize(self)


@DISCRIMINATORS.register("specgan")
class SpecGANDiscriminator(ScoresLastFeatures):
    """One strided convolution per halving, then a linear layer to one logit.

    Args:
        sample_shape: (C, F, T).
        condition: What samples are conditioned on, or None; its projection is added to the logit.
        width: Channels after the first convolution; each one doubles them.
        phase_shuffle: By how many frames activations are moved at most. The paper tried 0 and 2,
            and of spectrograms liked 0 better.
    """

    def __init__(
        self,
        *,
        sample_shape: SpectrogramShape,
        condition: ConditionSpec | None = None,
        width: Count = 64,
        phase_shuffle: Natural = 0,
    ) -> None:
        super().__init__()
        channels, bins, frames = _checked(sample_shape, who="The specgan discriminator")
        down = halvings(bins, frames)
        sizes = [width << index for index in range(down)]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(a, b, 5, stride=2, padding=2) for a, b in pairwise([channels, *sizes])
        )
        self.shuffle = PhaseShuffle(phase_shuffle)
        self.output = Projection(sizes[-1] * (bins >> down) * (frames >> down), condition)
        initialize(self)

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns every convolution's activations, each (B, channels, bins, frames)."""
        return activations(self.convolutions, self.shuffle, samples)


def activations(layers: nn.ModuleList, shuffle: nn.Module, samples: Tensor) -> list[Tensor]:
    """Returns every layer's activations; all but the last are shuffled in time on their way."""
    found: list[Tensor] = []
    hidden = samples
    for layer in layers:
        hidden = leaky_relu(layer(shuffle(hidden) if found else hidden), SLOPE)
        found.append(hidden)
    return found


def initialize(network: nn.Module) -> None:
    """Sets the weights as Glorot & Bengio (2010) do: the default where the paper was trained."""
    convolutions = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d)
    for layer in network.modules():
        if isinstance(layer, (nn.Linear, *convolutions)):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def _checked(shape: tuple[int, ...], *, who: str) -> SpectrogramShape:
    """Returns a shape that can be halved down at least once."""
    return check_spectrogram_shape(shape, who=who, frequency=8, time=8)
