"""The inverse of every representation, in real numbers; a formula is explained beside its original.

Shapes: B clips, C channels, L samples, P planes, K bins, F of them kept, M frames, N = B C.
"""

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor, nn

from multigan.errors import ConfigError
from multigan.modalities.audio.inverse.real_stft import Bins, RealStft, polar
from multigan.modalities.audio.inverse.vocoding import RealGriffinLim, RealVocos
from multigan.modalities.audio.representations.frequency import (
    NOTHING,
    LogMagnitudeIF,
    integrated_phase,
)
from multigan.modalities.audio.representations.frequency import TINY as TINY_POWER
from multigan.modalities.audio.representations.inversion import GriffinLim, Inverter
from multigan.modalities.audio.representations.learned import LearnedInverter
from multigan.modalities.audio.representations.mel_frequency import MelIF
from multigan.modalities.audio.representations.representation import Representation, Waveform
from multigan.modalities.audio.representations.spectral import (
    Complex,
    LogMagnitude,
    Mel,
    Spectral,
    bins_of_bands,
)


class WaveformInverse(nn.Module):
    """Samples that are waveforms already."""

    def __init__(self, representation: Representation) -> None:
        super().__init__()

    def forward(self, samples: Tensor) -> Tensor:
        """Returns waveforms (B, C, L) for samples (B, C, L)."""
        return samples.clamp(-1, 1)


class SpectralInverse(nn.Module, ABC):
    """Scales samples back to planes, and leaves the rest to those below."""

    def __init__(self, representation: Spectral) -> None:
        super().__init__()
        self.original = representation
        self.channels = representation.channels
        self.stft = RealStft(representation.stft)

    def forward(self, samples: Tensor) -> Tensor:
        """Returns waveforms (B, C, L) for samples (B, *S)."""
        planes = samples.clamp(-1, 1) * self.original.scale + self.original.center
        return self.synthesize(planes)

    @abstractmethod
    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns waveforms (B, C, L) for planes (B, P, F, M)."""

    def inverse(self, kept: Bins) -> Tensor:
        """Returns waveforms (B, C, L) for the bins that are kept, (B, C, F, M)."""
        rows = Bins(*(self.original.all_bins(part).flatten(0, 1) for part in kept))
        return self.by_clip(self.stft.inverse(rows))

    def spectrum(self, waveform: Tensor) -> Bins:
        """Returns the bins that are kept, (B, C, F, M), of waveforms (B, C, L)."""
        kept = slice(1, None) if self.original.drop == "dc" else slice(None, -1)
        found = self.stft(waveform.flatten(0, 1))
        return Bins(*(self.by_clip(part)[:, :, kept] for part in found))

    def by_clip(self, rows: Tensor) -> Tensor:
        """(N, ...) -> (B, C, ...)."""
        return rows.reshape(-1, self.channels, *rows.shape[1:])


class LogMagnitudeInverse(SpectralInverse):
    """Magnitudes whose phases Griffin-Lim finds."""

    original: LogMagnitude

    def __init__(self, representation: LogMagnitude) -> None:
        super().__init__(representation)
        self.inverter = _real_inverter(representation.inverter, self.stft)

    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns waveforms (B, C, L) for log magnitudes (B, C, F, M)."""
        magnitude = self.original.all_bins((planes.exp() - self.original.floor).clamp_min(0))
        return self.by_clip(self.inverter(magnitude.flatten(0, 1)))


class MelInverse(SpectralInverse):
    """Mel bands, by their pseudo-inverse and Griffin-Lim, or by a vocoder."""

    original: Mel

    def __init__(self, representation: Mel) -> None:
        super().__init__(representation)
        self.inverter = _real_inverter(representation.inverter, self.stft)

    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns waveforms (B, C, L) for log magnitudes in bands (B, C, F, M)."""
        rows, original = planes.flatten(0, 1), self.original
        if not isinstance(self.inverter, RealVocos):
            rows = bins_of_bands(rows * original.unit, original.inverse_bands, original.floor)
        return self.by_clip(self.inverter(rows))


class ComplexInverse(SpectralInverse):
    """Compressed real and imaginary parts."""

    original: Complex

    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns waveforms (B, C, L) for compressed parts (B, 2 C, F, M)."""
        original = self.original
        compressed = Bins(planes[:, : self.channels], planes[:, self.channels :])
        small, exponent = original.floor**original.power, 1 / original.power
        magnitude = (compressed.magnitude + small) ** exponent - original.floor
        return self.inverse(compressed.unit.scaled(magnitude))


class LogMagnitudeIFInverse(SpectralInverse):
    """Magnitudes and frequencies, which are summed up to phases, and agreed upon."""

    original: LogMagnitudeIF

    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns waveforms (B, C, L) for log magnitudes and frequencies (B, 2 C, F, M)."""
        magnitude, frequency = self.original.heard(planes)
        waveform = self.inverse(polar(magnitude, integrated_phase(frequency)))
        for _ in range(self.original.griffin_lim):
            waveform = self.inverse(_direction(self.spectrum(waveform)).scaled(magnitude))
        return waveform


class MelIFInverse(SpectralInverse):
    """Powers and frequencies in mel bands."""

    original: MelIF

    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns waveforms (B, C, L) for log powers and frequencies (B, 2 C, F, M)."""
        original = self.original
        log_power, frequency = planes[:, : self.channels], planes[:, self.channels :]
        in_bands = (log_power.exp() - original.floor).clamp_min(0)
        power = (original.inverse_bands @ in_bands).clamp_min(0)
        phase = original.inverse_bands @ integrated_phase(frequency)
        return self.inverse(polar((power + 1e-12).sqrt(), phase))


INVERSES: dict[type[Representation], Any] = {
    Waveform: WaveformInverse,
    LogMagnitude: LogMagnitudeInverse,
    Mel: MelInverse,
    Complex: ComplexInverse,
    LogMagnitudeIF: LogMagnitudeIFInverse,
    MelIF: MelIFInverse,
}


def real_inverse(representation: Representation) -> nn.Module:
    """Returns the module from samples (B, *S) to waveforms (B, C, L) of a representation.

    Raises:
        ConfigError: It has no inverse in real numbers, nor has its inverter.
    """
    make = INVERSES.get(type(representation))
    if make is None:
        raise ConfigError(
            f"The representation {representation.name!r} rests on a network of somebody else, or "
            "on code that runs in Python only, so it cannot be exported."
        )
    inverse: nn.Module = make(representation)
    return inverse


def _direction(bins: Bins) -> Bins:
    """The same as `frequency.direction`."""
    largest = bins.power.amax((2, 3), keepdim=True).clamp_min(TINY_POWER)
    return bins.scaled(torch.rsqrt(bins.power + NOTHING**2 * largest))


def _real_inverter(inverter: Inverter, stft: RealStft) -> nn.Module:
    if isinstance(inverter, GriffinLim):
        return RealGriffinLim(inverter, stft)
    if isinstance(inverter, LearnedInverter):
        return RealVocos(inverter.model, stft)
    raise ConfigError(
        f"The inverter {type(inverter).__name__} runs in Python only, so sounds cannot be exported "
        "with it. Name another one: --set representation.inverter=griffin_lim"
    )
