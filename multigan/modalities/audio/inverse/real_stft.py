"""The short-time Fourier transform and its inverse as convolutions with sines and cosines.

The same as `Stft` to rounding, without complex numbers: exporters do not know those well.

Shapes: N waveforms, L samples, K bins, M frames.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import conv1d, conv_transpose1d, pad

from multigan.modalities.audio.representations.stft import Stft

TINY = 1e-16


class Bins(NamedTuple):
    """Complex bins (..., K, M), by their parts."""

    real: Tensor
    imag: Tensor

    def scaled(self, factor: Tensor | float) -> "Bins":
        """Returns bins that are multiplied by real numbers."""
        return Bins(self.real * factor, self.imag * factor)

    def minus(self, other: "Bins") -> "Bins":
        """Returns the difference from other bins."""
        return Bins(self.real - other.real, self.imag - other.imag)

    def times(self, other: "Bins") -> "Bins":
        """Returns the complex product."""
        return Bins(
            self.real * other.real - self.imag * other.imag,
            self.real * other.imag + self.imag * other.real,
        )

    @property
    def power(self) -> Tensor:
        """The squared magnitude."""
        return self.real.square() + self.imag.square()

    @property
    def magnitude(self) -> Tensor:
        """The magnitude."""
        return self.power.sqrt()

    @property
    def unit(self) -> "Bins":
        """Bins of magnitude one, or nothing where there is nothing."""
        return self.scaled(1 / (self.magnitude + TINY))


def polar(magnitude: Tensor, phase: Tensor) -> Bins:
    """Returns the bins of a magnitude and a phase in radians."""
    return Bins(magnitude * phase.cos(), magnitude * phase.sin())


class RealStft(nn.Module):
    """A `Stft` whose bins come and go as `Bins`."""

    analysis: Tensor  # (2 K, 1, n_fft), the real parts' waves before the imaginary ones'
    synthesis: Tensor
    weights: Tensor  # (L,), what windows add up to

    def __init__(self, stft: Stft) -> None:
        super().__init__()
        n, bins = stft.n_fft, stft.num_bins
        self.hop_length, self.length, self.padding = stft.hop_length, stft.length, n // 2
        self.num_frames, self.num_bins = stft.num_frames, bins
        turns = torch.outer(torch.arange(bins), torch.arange(n)) % n
        angle = 2 * torch.pi * turns.double() / n
        window = stft.window.double().cpu()
        waves = torch.cat([angle.cos(), -angle.sin()]) * window
        twice = torch.full((bins, 1), 2.0, dtype=torch.float64)
        twice[0] = twice[-1] = 1  # the mean and Nyquist's have no mirror image
        back = waves * twice.repeat(2, 1) / n
        frames = torch.ones(1, 1, self.num_frames, dtype=torch.float64)
        overlap = conv_transpose1d(frames, window.square()[None, None], stride=self.hop_length)
        self.register_buffer("analysis", waves[:, None].float(), persistent=False)
        self.register_buffer("synthesis", back[:, None].float(), persistent=False)
        self.register_buffer("weights", self._cut(overlap)[0].float(), persistent=False)

    def forward(self, waveform: Tensor) -> Bins:
        """Returns the bins (N, K, M) of waveforms (N, L)."""
        padded = pad(waveform, (self.padding, self.padding)).unsqueeze(1)
        parts = conv1d(padded, self.analysis, stride=self.hop_length)[:, :, : self.num_frames]
        return Bins(parts[:, : self.num_bins], parts[:, self.num_bins :])

    def inverse(self, bins: Bins) -> Tensor:
        """Returns the waveforms (N, L) of bins (N, K, M)."""
        parts = torch.cat([bins.real, bins.imag], 1)
        added = conv_transpose1d(parts, self.synthesis, stride=self.hop_length)
        return self._cut(added) / self.weights

    def _cut(self, added: Tensor) -> Tensor:
        """Returns the L samples (N, L) that are wanted of what windows added up to, (N, 1, ...)."""
        return added[:, 0, self.padding : self.padding + self.length]
