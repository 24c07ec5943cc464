"""WaveGAN: DCGAN stretched to one long dimension, kernels of 25 and strides of 4.

Source: Donahue, McAuley & Puckette (2019), "Adversarial Audio Synthesis", appendix D: on 16,384
samples with a width of 64 the layers are the paper's; 32,768 and 65,536 take a last stride of 2
or 4 more, as in its program. Conditions are an addition.

Shapes: B samples, (C, T) sample shape, Z latent size.
"""

from itertools import pairwise
from math import prod

from torch import Tensor, nn
from torch.nn.functional import conv1d, pad

from multigan.core.condition import ConditionSpec
from multigan.core.registries import DISCRIMINATORS, GENERATORS
from multigan.modalities.audio.networks.shuffle import PhaseShuffle
from multigan.modalities.audio.networks.sound_shapes import WaveformShape, check_waveform_shape
from multigan.modalities.audio.networks.specgan import SoundGenerator, activations, initialize
from multigan.modalities.shared.heads import ScoresLastFeatures
from multigan.modalities.shared.layers import ConditionEmbedding, Projection
from multigan.typed import Count, Natural, Weight

KERNEL = 25
BASE = 16  # samples of the shortest map, at least


@GENERATORS.register("wavegan")
class WaveGANGenerator(SoundGenerator):
    """A linear layer to about 16 samples of many channels, then transposed convolutions; no norms.

    Args:
        latent_dim: Z.
        sample_shape: (C, T), T a multiple of 64.
        condition: What samples are conditioned on, or None.
        width: Channels before the last layer; each layer before it has twice as many.
        embedding_dim: Size of the condition's embedding, appended to the latent.
        embedding_std: Of the embedding's first values; the latent's is 1. A loud condition
            drowns the latent: samples of a class are too much alike.
        uniform: Whether the latent, which is drawn from N(0, 1), is turned into one drawn uniformly
            from [-1, 1], as the paper's is.
        post_filter: Taps of a learned filter after the last layer; 0 for none, 512 are the paper's.
    """

    def __init__(
        self,
        *,
        latent_dim: int,
        sample_shape: WaveformShape,
        condition: ConditionSpec | None = None,
        width: Count = 64,
        embedding_dim: Count = 32,
        embedding_std: Weight = 1.0,
        uniform: bool = False,
        post_filter: Natural = 0,
    ) -> None:
        super().__init__()
        channels, length = check_waveform_shape(
            sample_shape, who="The wavegan generator", multiple=4 * BASE
        )
        strides = _strides(length)
        sizes = [width << index for index in reversed(range(len(strides)))]
        self.base, self.uniform = (sizes[0], length // prod(strides)), uniform
        self.embed = (
            ConditionEmbedding(condition, embedding_dim, std=embedding_std) if condition else None
        )
        self.input = nn.Linear(latent_dim + embedding_dim * bool(condition), prod(self.base))
        self.ups = nn.ModuleList(
            nn.ConvTranspose1d(
                a, b, KERNEL, stride=stride, padding=KERNEL // 2, output_padding=stride - 1
            )
            for (a, b), stride in zip(pairwise([*sizes, channels]), strides, strict=True)
        )
        self.filter = (
            nn.Conv1d(channels, channels, post_filter, bias=False) if post_filter else None
        )
        initialize(self)

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Generates waveforms (B, C, T) in [-1, 1] from latents (B, Z)."""
        waveforms = super().forward(latent, condition)
        if self.filter is None:
            return waveforms
        taps = self.filter.weight.shape[-1]
        return conv1d(pad(waveforms, ((taps - 1) // 2, taps // 2)), self.filter.weight)


@DISCRIMINATORS.register("wavegan")
class WaveGANDiscriminator(ScoresLastFeatures):
    """Strided convolutions with phase shuffle between them, then a linear layer to one logit.

    Args:
        sample_shape: (C, T), T a multiple of 64.
        condition: What samples are conditioned on, or None; its projection is added to the logit.
        width: Channels after the first convolution; each one doubles them.
        phase_shuffle: By how many samples activations are moved at most; 2 is the paper's.
    """

    def __init__(
        self,
        *,
        sample_shape: WaveformShape,
        condition: ConditionSpec | None = None,
        width: Count = 64,
        phase_shuffle: Natural = 2,
    ) -> None:
        super().__init__()
        channels, length = check_waveform_shape(
            sample_shape, who="The wavegan discriminator", multiple=4 * BASE
        )
        strides = _strides(length)[::-1]
        sizes = [width << index for index in range(len(strides))]
        self.convolutions = nn.ModuleList(
            nn.Conv1d(a, b, KERNEL, stride=stride, padding=KERNEL // 2)
            for (a, b), stride in zip(pairwise([channels, *sizes]), strides, strict=True)
        )
        self.shuffle = PhaseShuffle(phase_shuffle)
        self.output = Projection(sizes[-1] * (length // prod(strides)), condition)
        initialize(self)

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns every convolution's activations, each (B, channels, samples)."""
        return activations(self.convolutions, self.shuffle, samples)


def _strides(length: int) -> list[int]:
    """Returns the generator's strides: fours, and a last two where fours alone do not fit.

    Example:
        >>> _strides(16384), _strides(32768), _strides(6144)
        ([4, 4, 4, 4, 4], [4, 4, 4, 4, 4, 2], [4, 4, 4, 4])
    """
    strides = []
    while length % 4 == 0 and length // 4 >= BASE:
        strides.append(4)
        length //= 4
    return [*strides, 2] if length % 2 == 0 and length // 2 >= BASE else strides
