"""Pictures of magnitude and instantaneous frequency, whose inverse needs no guessing.

Shapes: B clips, C channels, L samples, F frequencies, M frames.
"""

from typing import Any, ClassVar

import torch
from torch import Tensor

from multigan.modalities.audio.representations.representation import REPRESENTATIONS
from multigan.modalities.audio.representations.spectral import FLOOR, Floor, Scaling, Spectral
from multigan.typed import Natural

NOTHING = 3e-5  # of a clip's largest magnitude
# Of the weights: what the inverse divides by less is neither known nor has a sane gradient,
# and phases are sums, so that a sound after silence would suffer.
LEAST = 0.05
TINY = 1e-16


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
    return without_turns(advance / torch.pi)


def without_turns(half_turns: Tensor) -> Tensor:
    """Returns angles in units of pi, of any size, without their whole turns: in [-1, 1]."""
    return half_turns - 2 * (half_turns / 2).round()


def integrated_phase(frequency: Tensor) -> Tensor:
    """Returns the phase (..., M) in radians of an instantaneous frequency (..., M)."""
    return torch.pi * frequency.cumsum(-1)


def direction(bins: Tensor) -> Tensor:
    """Returns bins (B, C, F, M) at a magnitude of 1, or less where there is hardly anything.

    So its gradient is bounded, where that of the phase of nothing is not.
    """
    power = bins.real.square() + bins.imag.square()
    largest = power.detach().amax((2, 3), keepdim=True).clamp_min(TINY)
    return bins * torch.rsqrt(power + NOTHING**2 * largest)


class FrequencyPictures(Spectral):
    """Logarithms and frequencies, (2 C, F, M): all logarithms before all frequencies.

    The frequencies are in [-1, 1] as they are, and not scaled.

    Args:
        scaling: Of the logarithms: "range" maps the smallest and largest of all to -1 and 1;
            "bins" brings each frequency to zero mean and clips at three standard deviations.
        floor: Added to what the logarithm is taken of.
        others: As of `Spectral`.
    """

    def __init__(self, *, scaling: Scaling = "range", floor: Floor = FLOOR, **others: Any) -> None:
        super().__init__(**others)
        self.scaling, self.floor = scaling, floor
        self.num_unscaled = self.channels

    @property
    def sample_shape(self) -> tuple[int, int, int]:
        """(2 C, F, M)."""
        return (2 * self.channels, *self.picture)


@REPRESENTATIONS.register("log_magnitude_if")
class LogMagnitudeIF(FrequencyPictures):
    """Log magnitude and instantaneous frequency: (2 C, F, M), all magnitudes before all others.

    The inverse integrates the frequency, so it is one pass, differentiable, and loses nothing but
    the bin that was dropped and what scaling clips. The frequency is in units of pi per frame and
    not scaled.

    Sources: Engel et al. (2019), "GANSynth: Adversarial Neural Audio Synthesis"; for the difference
    from a bin's own frequency Krawczyk & Gerkmann (2014), "STFT Phase Reconstruction in Voiced
    Speech for an Improved Single-Channel Speech Enhancement".

    Args:
        floor: Added to the magnitude before the logarithm. A higher one leaves less of what is
            quiet to be learned, and is taken off again by the inverse.
        baseband: Whether the frequency is given as the difference from that of the bin's middle.
            Then a partial looks alike wherever it is, falling from one bin to the next, and its
            loudest bins, near 0, are far from where the difference starts over.
        weighted: Whether the frequency is multiplied by m / (m + floor), m the magnitude, and so
            fades to a twentieth where there is nothing to hear. What it is there is noise, which no
            generator can make as independent as it is; a discriminator would see that first.
        griffin_lim: Iterations of Griffin-Lim that follow the integration. Real sounds they leave
            as they are, but for what is 90 dB below the loudest bin; of generated ones they make
            bins agree that share a partial.
        others: As of `FrequencyPictures`.
    """

    name: ClassVar[str] = "log_magnitude_if"
    own: Tensor  # the frequency of the bins' middles, (F, 1), or 0 where none is taken off

    def __init__(
        self,
        *,
        baseband: bool = False,
        weighted: bool = False,
        griffin_lim: Natural = 0,
        **others: Any,
    ) -> None:
        super().__init__(**others)
        self.weighted = weighted
        self.griffin_lim = griffin_lim
        bins = torch.arange(self.picture[0]) + (self.drop == "dc")
        own = without_turns(2 * bins * self.stft.hop_length / self.stft.n_fft)
        self.register_buffer("own", (own * baseband)[:, None], persistent=False)

    def analyze(self, waveform: Tensor) -> Tensor:
        """Returns log magnitudes and frequencies (B, 2 C, F, M) of waveforms (B, C, L)."""
        spectrum = self.spectrum(waveform)
        log_magnitude = (spectrum.abs() + self.floor).log()
        frequency = without_turns(instantaneous_frequency(spectrum.angle()) - self.own)
        if self.weighted:
            frequency = frequency * self._weight(log_magnitude)
        return torch.cat([log_magnitude, frequency], 1)

    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns the waveforms (B, C, L) of log magnitudes and frequencies (B, 2 C, F, M)."""
        magnitude, frequency = self.heard(planes)
        bins = self.all_bins(torch.polar(magnitude, integrated_phase(frequency)))
        for _ in range(self.griffin_lim):
            found = self.spectrum(self.inverse(bins))
            bins = self.all_bins(magnitude * direction(found))
        return self.inverse(bins)

    def heard(self, planes: Tensor) -> tuple[Tensor, Tensor]:
        """Returns magnitudes and instantaneous frequencies, each (B, C, F, M), of planes."""
        log_magnitude, frequency = torch.split(planes, self.channels, 1)
        magnitude = (log_magnitude.exp() - self.floor).clamp_min(0)
        if self.weighted:
            frequency = (frequency / self._weight(log_magnitude)).clamp(-1, 1)
        return magnitude, frequency + self.own

    def _weight(self, log_magnitude: Tensor) -> Tensor:
        """Returns m / (m + floor), not below `LEAST`, for log(m + floor)."""
        return 1 - (1 - LEAST) * self.floor * (-log_magnitude).exp().clamp(max=1 / self.floor)
