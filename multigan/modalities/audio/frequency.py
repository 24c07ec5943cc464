"""Pictures of magnitude and instantaneous frequency, whose way back needs no guessing.

Shapes: B clips, C channels, L samples, F frequencies, M frames.
"""

from typing import Any, ClassVar

import torch
from torch import Tensor

from multigan.modalities.audio.representation import REPRESENTATIONS, check_scaling
from multigan.modalities.audio.spectral import FLOOR, Spectral, check_floor


def instantaneous_frequency(phase: Tensor) -> Tensor:
    """Returns how far the phase advances from frame to frame, in units of pi, in [-1, 1].

    The first frame keeps its phase, in [-1, 1] as well, so that `integrated_phase` is exact up to
    whole turns. Unwrapping the phase and taking differences, as GANSynth's code does, gives the
    same numbers: unwrapping leaves no difference larger than pi.

    Source: Engel et al. (2019), "GANSynth: Adversarial Neural Audio Synthesis".

    Args:
        phase: (..., M) in radians.
    """
    advance = torch.diff(phase, dim=-1, prepend=torch.zeros_like(phase[..., :1]))
    turns = (advance / (2 * torch.pi)).round()
    return advance / torch.pi - 2 * turns


def integrated_phase(frequency: Tensor) -> Tensor:
    """Returns the phase (..., M) in radians of an instantaneous frequency (..., M)."""
    return torch.pi * frequency.cumsum(-1)


@REPRESENTATIONS.register("log_magnitude_if")
class LogMagnitudeIF(Spectral):
    """Log magnitude and instantaneous frequency: (2 C, F, M), all magnitudes before all others.

    The way back integrates the frequency, so it is one pass, differentiable, and loses nothing but
    the bin that was dropped and what scaling clips. The frequency is in units of pi per frame and
    not scaled.

    Source: Engel et al. (2019), "GANSynth: Adversarial Neural Audio Synthesis".

    Args:
        scaling: Of the magnitudes: "range" maps the smallest and largest of all to -1 and 1;
            "bins" brings each frequency to zero mean and clips at three standard deviations.
        floor: Added to the magnitude before the logarithm.
        others: As of `Spectral`.
    """

    name: ClassVar[str] = "log_magnitude_if"

    def __init__(self, *, scaling: str = "range", floor: float = FLOOR, **others: Any) -> None:
        super().__init__(**others)
        self.scaling = check_scaling(scaling, ("bins", "range"))
        self.floor = check_floor(floor)
        self.num_unscaled = self.channels

    @property
    def sample_shape(self) -> tuple[int, int, int]:
        """(2 C, F, M)."""
        return (2 * self.channels, *self.picture)

    def analyze(self, waveform: Tensor) -> Tensor:
        """Returns log magnitudes and frequencies (B, 2 C, F, M) of waveforms (B, C, L)."""
        spectrum = self.spectrum(waveform)
        magnitude = (spectrum.abs() + self.floor).log()
        return torch.cat([magnitude, instantaneous_frequency(spectrum.angle())], 1)

    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns the waveforms (B, C, L) of log magnitudes and frequencies (B, 2 C, F, M)."""
        log_magnitude, frequency = torch.split(planes, self.channels, 1)
        magnitude = (log_magnitude.exp() - self.floor).clamp_min(0)
        return self.inverse(self.all_bins(torch.polar(magnitude, integrated_phase(frequency))))
