"""Discriminators of waveforms: one looks at periods, one at spectrograms of several resolutions.

Shapes: B samples, (C, T) sample shape, N logits per sample, P period, K bins, M frames.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu, pad
from torch.nn.utils.parametrizations import weight_norm

from multigan.core.condition import ConditionSpec
from multigan.core.registries import DISCRIMINATORS
from multigan.errors import ConfigError
from multigan.modalities.audio.networks.sound_shapes import WaveformShape, check_waveform_shape
from multigan.modalities.shared.layers import ConditionEmbedding
from multigan.typed import AtLeast, Count

SLOPE = 0.1  # of leaky units, as in HiFi-GAN
PERIODS = (2, 3, 5, 7, 11)  # HiFi-GAN's: primes, so that they share few samples
WINDOWS = (512, 256, 128)  # samples: at 8 kHz as many milliseconds as Vocos's about at 24 kHz
# Where Vocos and the Descript codec cut a spectrogram, as shares of its bins.
BANDS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)


@DISCRIMINATORS.register("waveform")
class WaveformDiscriminator(nn.Module):
    """A multi-period and a multi-resolution discriminator; their logits stand side by side.

    Sources: Kong et al. (2020), "HiFi-GAN", for periods; Kumar et al. (2023), "High-Fidelity Audio
    Compression with Improved RVQGAN", for bands of complex spectrograms; Siuzdak (2024), "Vocos",
    for the pair of them.

    Args:
        sample_shape: (C, T).
        condition: What samples are conditioned on, or None; its projection is added to every logit.
        width: Channels after the first convolution of the period discriminators, and of all of the
            others'. 32 is the papers'; channels then grow to 32 x `width` at most.
        widest: The most channels of a period discriminator, as a multiple of `width`.
        periods: In samples; empty for none.
        windows: Samples of the spectrograms' windows, with hops of a quarter; longer ones than the
            waveform are left out. Empty for none.
    """

    def __init__(
        self,
        *,
        sample_shape: WaveformShape,
        condition: ConditionSpec | None = None,
        width: Count = 32,
        widest: Count = 32,
        periods: Sequence[Count] = PERIODS,
        windows: Sequence[Annotated[int, AtLeast(10)]] = WINDOWS,
    ) -> None:
        super().__init__()
        channels, length = check_waveform_shape(sample_shape, who="The waveform discriminator")
        fitting = [window for window in windows if window <= length]
        if not periods and not fitting:
            raise ConfigError(
                f"The waveform discriminator has no periods, and no window of {list(windows)} fits "
                f"into {length} samples. Give some of either."
            )
        self.parts = nn.ModuleList(
            [
                *(PeriodDiscriminator(p, channels, condition, width, widest) for p in periods),
                *(BandedDiscriminator(w, channels, condition, width) for w in fitting),
            ]
        )

    def forward(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        """Scores waveforms (B, C, T) with logits (B, N)."""
        return torch.cat([part(samples, condition)[0] for part in self.parts], 1)

    def features(self, samples: Tensor, condition: Tensor | None = None) -> list[Tensor]:
        """Returns every hidden layer's activations, each (B, channels, height, width)."""
        return [each for part in self.parts for each in part(samples, condition)[1]]

    def scored(
        self, samples: Tensor, condition: Tensor | None = None
    ) -> tuple[Tensor, list[Tensor]]:
        """Returns the logits and the activations of one pass."""
        results = [part(samples, condition) for part in self.parts]
        logits = torch.cat([logits for logits, _ in results], 1)
        return logits, [each for _, features in results for each in features]


class PeriodDiscriminator(nn.Module):
    """Folds a waveform to rows of P samples and looks along the columns, P samples apart."""

    def __init__(
        self,
        period: int,
        channels: int,
        condition: ConditionSpec | None,
        width: int,
        widest: int,
    ) -> None:
        super().__init__()
        self.period = period
        sizes = [width * min(scale, widest) for scale in (1, 4, 16, 32, 32)]
        strides = (3, 3, 3, 3, 1)
        self.convolutions = nn.ModuleList(
            weight_norm(nn.Conv2d(a, b, (5, 1), stride=(s, 1), padding=(2, 0)))
            for (a, b), s in zip(pairwise([channels, *sizes]), strides, strict=True)
        )
        self.output = LogitMap(sizes[-1], (3, 1), condition)

    def forward(self, samples: Tensor, condition: Tensor | None) -> tuple[Tensor, list[Tensor]]:
        """(B, C, T) -> logits (B, N) and activations."""
        missing = -samples.shape[-1] % self.period
        rows = pad(samples, (0, missing), "reflect") if missing else samples
        hidden = rows.view(*rows.shape[:2], -1, self.period)  # (B, C, T / P, P)
        features = []
        for convolution in self.convolutions:
            hidden = leaky_relu(convolution(hidden), SLOPE)
            features.append(hidden)
        return self.output(hidden, condition), features


class BandedDiscriminator(nn.Module):
    """Looks at a complex spectrogram in bands of frequency, each with weights of its own."""

    window: Tensor

    def __init__(
        self, window: int, channels: int, condition: ConditionSpec | None, width: int
    ) -> None:
        super().__init__()
        self.register_buffer("window", torch.hann_window(window), persistent=False)
        bins = window // 2 + 1
        self.edges = [round(share * bins) for share in BANDS]
        self.bands = nn.ModuleList(_band_layers(2 * channels, width) for _ in BANDS[1:])
        self.output = LogitMap(width, (3, 3), condition)

    def forward(self, samples: Tensor, condition: Tensor | None) -> tuple[Tensor, list[Tensor]]:
        """(B, C, T) -> logits (B, N) and activations."""
        spectrum = self._spectrum(samples)
        features, last = [], []
        for (low, high), layers in zip(pairwise(self.edges), self.bands, strict=True):
            hidden = spectrum[..., low:high]
            for layer in layers:  # type: ignore[attr-defined]
                hidden = leaky_relu(layer(hidden), SLOPE)
                features.append(hidden)
            last.append(hidden)
        return self.output(torch.cat(last, -1), condition), features

    def _spectrum(self, samples: Tensor) -> Tensor:
        """Returns real and imaginary parts (B, 2 C, M, K) of a waveform brought to one loudness."""
        centered = samples.float() - samples.float().mean(-1, keepdim=True)
        level = centered.abs().amax((1, 2), keepdim=True).clamp_min(1e-4)
        size = len(self.window)
        spectrum = torch.stft(
            (0.8 * centered / level).flatten(0, 1),
            size,
            size // 4,
            window=self.window,
            pad_mode="constant",
            return_complex=True,
        )
        parts = torch.view_as_real(spectrum).permute(0, 3, 2, 1)  # (B C, 2, M, K)
        return parts.reshape(len(samples), -1, *parts.shape[2:])


class LogitMap(nn.Module):
    """One logit for each place, and what the condition's projection adds to it.

    Source: Miyato & Koyama (2018), "cGANs with Projection Discriminator", at every place.
    """

    def __init__(
        self, channels: int, kernel: tuple[int, int], condition: ConditionSpec | None
    ) -> None:
        super().__init__()
        padding = kernel[0] // 2, kernel[1] // 2
        self.output = weight_norm(nn.Conv2d(channels, 1, kernel, padding=padding))
        self.embed = (
            ConditionEmbedding(condition, channels, std=channels**-0.5) if condition else None
        )

    def forward(self, features: Tensor, condition: Tensor | None) -> Tensor:
        """(B, channels, height, width) -> (B, height x width)."""
        logits: Tensor = self.output(features)
        if self.embed is not None:
            embedded = self.embed(condition)[:, :, None, None]
            logits = logits + (embedded * features).sum(1, keepdim=True)
        return logits.flatten(1)


def _band_layers(inputs: int, width: int) -> nn.ModuleList:
    """Returns the five layers of a band, over time and frequency, as in the Descript codec."""
    return nn.ModuleList(
        weight_norm(nn.Conv2d(a, width, kernel, stride=(1, stride), padding=padding))
        for a, kernel, stride, padding in (
            (inputs, (3, 9), 1, (1, 4)),
            (width, (3, 9), 2, (1, 4)),
            (width, (3, 9), 2, (1, 4)),
            (width, (3, 9), 2, (1, 4)),
            (width, (3, 3), 1, (1, 1)),
        )
    )
