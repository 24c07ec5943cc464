"""Magnitude and instantaneous frequency in as many mel bands as there are bins, as in GANSynth.

Shapes: B clips, C channels, L samples, F frequencies, M frames.
"""

from typing import Any, ClassVar

import torch
from torch import Tensor

from multigan.modalities.audio.representations.frequency import (
    FrequencyPictures,
    instantaneous_frequency,
    integrated_phase,
)
from multigan.modalities.audio.representations.representation import REPRESENTATIONS
from multigan.modalities.audio.representations.spectral import Drop, Floor

NARROWEST_BINS = 1.5  # GANSynth's
GANSYNTH_FLOOR = 1e-6  # of the power
BREAK_HERTZ, Q = 700.0, 1127.0  # of the mel scale of O'Shaughnessy (1987), HTK's


@REPRESENTATIONS.register("mel_if")
class MelIF(FrequencyPictures):
    """Log power and instantaneous frequency in mel bands: (2 C, F, M), all powers first.

    There are as many bands as bins, so that nothing is lost at low frequencies, where ears are. But
    the bands' phases are mixtures of the bins' phases, which cannot be taken apart again: this is
    the lossiest way of all, and yet listeners preferred what GANs made of it.

    Source: Engel et al. (2019), "GANSynth: Adversarial Neural Audio Synthesis".

    Args:
        floor: Added to the power before the logarithm.
        drop: The bin to leave out; GANSynth leaves out "dc".
        others: As of `FrequencyPictures`.
    """

    name: ClassVar[str] = "mel_if"
    bands: Tensor
    inverse_bands: Tensor

    def __init__(self, *, floor: Floor = GANSYNTH_FLOOR, drop: Drop = "dc", **others: Any) -> None:
        super().__init__(floor=floor, drop=drop, **others)
        count = self.stft.num_bins - 1
        hertz = torch.arange(count, dtype=torch.float64) + (drop == "dc")
        bands = fine_mel_bands(hertz * self.sample_rate / self.stft.n_fft, self.sample_rate / 2)
        self.register_buffer("bands", bands.float(), persistent=False)
        # As in GANSynth: the transpose, with each band's overlap with all others divided out.
        overlap = (bands @ bands.T).sum(0).clamp_min(1e-8)
        self.register_buffer("inverse_bands", (bands.T / overlap).float(), persistent=False)

    def analyze(self, waveform: Tensor) -> Tensor:
        """Returns log powers and frequencies (B, 2 C, F, M) of waveforms (B, C, L)."""
        spectrum = self.spectrum(waveform)
        power = self.bands @ spectrum.abs().square()
        unwrapped = integrated_phase(instantaneous_frequency(spectrum.angle()))
        frequency = instantaneous_frequency(self.bands @ unwrapped)
        return torch.cat([(power + self.floor).log(), frequency], 1)

    def synthesize(self, planes: Tensor) -> Tensor:
        """Returns the waveforms (B, C, L) of log powers and frequencies (B, 2 C, F, M)."""
        log_power, frequency = torch.split(planes, self.channels, 1)
        power = (self.inverse_bands @ (log_power.exp() - self.floor).clamp_min(0)).clamp_min(0)
        phase = self.inverse_bands @ integrated_phase(frequency)
        # A root has no slope at zero, so it is taken a little beside it.
        magnitude = (power + 1e-12).sqrt()
        return self.inverse(self.all_bins(torch.polar(magnitude, phase)))


def fine_mel_bands(hertz: Tensor, nyquist: float) -> Tensor:
    """Returns triangular bands (F, F), evenly spaced in mel, for bins at `hertz` (F,).

    A band that would be narrower than one and a half bins is made so wide, which torchaudio's bands
    are not: some of those would be empty.
    """
    count = len(hertz)
    spacing = nyquist / count
    edges = torch.linspace(0, _mel(torch.tensor(nyquist)).item(), count + 2, dtype=torch.float64)
    center = _hertz(edges[1:-1])
    # mel(c + d) - mel(c - d) as a width in Hz is 2 (700 + c) sinh(d / Q): solved for d.
    widest = Q * (NARROWEST_BINS * spacing / (2 * (BREAK_HERTZ + center))).asinh()
    narrow = _hertz(edges[2:]) - _hertz(edges[:-2]) < NARROWEST_BINS * spacing
    low = _hertz(torch.where(narrow, edges[1:-1] - widest, edges[:-2]))[:, None]
    high = _hertz(torch.where(narrow, edges[1:-1] + widest, edges[2:]))[:, None]
    rising = (hertz - low) / (center[:, None] - low)
    falling = (high - hertz) / (high - center[:, None])
    return torch.minimum(rising, falling).clamp_min(0)


def _mel(hertz: Tensor) -> Tensor:
    return Q * (hertz.double() / BREAK_HERTZ).log1p()


def _hertz(mel: Tensor) -> Tensor:
    return BREAK_HERTZ * (mel / Q).expm1()
