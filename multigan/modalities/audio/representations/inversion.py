"""From magnitudes alone to sound: phases that fit together.

Shapes: N spectrograms, K bins, M frames, L samples.
"""

from abc import ABC, abstractmethod
from functools import lru_cache
from typing import Any, Literal

import torch
from torch import Tensor, nn

from multigan.modalities.audio.representations.stft import Stft
from multigan.typed import Component, Count, Decay
from multigan.typed.registry import BUILT_IN, Registry

TINY = 1e-16


class Inverter(nn.Module, ABC):
    """Finds the sound that a magnitude spectrogram belongs to. Nothing in it is random."""

    @abstractmethod
    def forward(self, magnitude: Tensor, stft: Stft) -> Tensor:
        """Returns waveforms (N, L) for magnitudes (N, K, M) of `stft`."""

    def pinned(self) -> dict[str, Any]:
        """Returns options that tie it to the weights it was built with, if those are elsewhere."""
        return {}


class MelInverter(Inverter):
    """An inverter that takes what the representation `mel` computes, instead of magnitudes."""

    @abstractmethod
    def forward(self, magnitude: Tensor, stft: Stft) -> Tensor:
        """Returns waveforms (N, L) for logarithms of magnitudes in mel bands (N, n_mels, M)."""

    @abstractmethod
    def check(self, n_mels: int, hop_length: int, sample_rate: int, floor: float) -> None:
        """Raises ConfigError if the inverter was made for other pictures or another rate."""


# Built with a recipe's options only.
INVERTERS: Registry[type[Inverter]] = Registry("inverter", filled_by=BUILT_IN)
GRIFFIN_LIM = Component("griffin_lim")


@INVERTERS.register("griffin_lim")
class GriffinLim(Inverter):
    """Alternates between spectrograms of real sounds and those of the wanted magnitude.

    Source: Perraudin, Balazs, Søndergaard (2013), "A fast Griffin-Lim algorithm", whose
    momentum 0.99 is the default; 0 is Griffin and Lim's (1984) own. torchaudio's `GriffinLim`
    does the same for spectrograms with one frame more.

    Args:
        iterations: How often. 32 is torchaudio's default.
        momentum: How far each step goes on in the direction of the last, at least 0 and below 1.
        initial: The first phases: "random" (the same ones every time) or "zero".
    """

    def __init__(
        self,
        iterations: Count = 32,
        momentum: Decay = 0.99,
        initial: Literal["random", "zero"] = "random",
    ) -> None:
        super().__init__()
        self.iterations, self.momentum, self.initial = iterations, momentum, initial

    def forward(self, magnitude: Tensor, stft: Stft) -> Tensor:
        """Returns waveforms (N, L) for magnitudes (N, K, M)."""
        return self.from_angles(magnitude, self.first_angles(magnitude), stft)

    def from_angles(self, magnitude: Tensor, angles: Tensor, stft: Stft) -> Tensor:
        """Returns waveforms (N, L), beginning with angles (N, K, M), complex of magnitude 1."""
        previous: Tensor | None = None
        for _ in range(self.iterations):
            consistent = stft(stft.inverse(magnitude * angles))
            ahead = consistent
            if previous is not None and self.momentum:
                # torchaudio's form of the paper's c_n = t_n + alpha (t_n - t_{n-1}), scaled.
                ahead = consistent - previous * (self.momentum / (1 + self.momentum))
            previous = consistent
            angles = ahead / (ahead.abs() + TINY)
        return stft.inverse(magnitude * angles)

    def first_angles(self, magnitude: Tensor) -> Tensor:
        """Returns the angles (N, K, M) that it begins with, complex of magnitude 1."""
        if self.initial == "zero":
            return torch.ones_like(magnitude, dtype=torch.complex64)
        return _random_angles(*magnitude.shape[1:], magnitude.device).expand(magnitude.shape)


@lru_cache(maxsize=4)
def _random_angles(bins: int, frames: int, device: torch.device) -> Tensor:
    """Returns the same angles (K, M) every time; sending them again would wait for the device."""
    generator = torch.Generator().manual_seed(0)
    with torch.inference_mode(False):  # for whoever has gradients, too
        phases = torch.rand(bins, frames, generator=generator) * 2 * torch.pi
        return torch.polar(torch.ones_like(phases), phases).to(device)
