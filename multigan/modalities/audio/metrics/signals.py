"""What is measured in the waveform itself: level, overload, clipping, silence, buzz, pitch.

Shapes: N clips, C channels, L samples.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from multigan.errors import MeasureError
from multigan.metrics.catalog import METRICS, Measured, Metric
from multigan.modalities.audio.music.pitch import cents, estimate_pitch
from multigan.modalities.audio.sound import CLIPPED, CLIPPED_RUN

SILENT_DB = -60.0  # of the root mean square
QUIETEST = 1e-10
NEAR_CENTS = 50.0  # half a semitone: the next pitch is nearer beyond it
NEIGHBORS = 12  # bins on each side that a buzz is held against
CLIPS_AT_ONCE = 256


@dataclass(frozen=True)
class ClipBatch:
    """Clips, and what is known of them.

    Attributes:
        waveform: (N, C, L), floats with full scale at 1, as they are written and played.
        sample_rate: In Hz.
        labels: (N,) int64, the classes that were asked for; None without classes.
        pitches: For each class its MIDI number, (K,) int64; None if classes are no pitches.
        hop_length: Of the representation's frames in samples; None if it has none.
        peak: The largest absolute samples (N,) before clips beyond full scale were turned down;
            None if none were.
    """

    waveform: Tensor
    sample_rate: int
    labels: Tensor | None = None
    pitches: Tensor | None = None
    hop_length: int | None = None
    peak: Tensor | None = None

    def rows(self, index: Tensor) -> Self:
        """Returns the clips that `index` (n,) selects."""
        return replace(
            self,
            waveform=self.waveform[index],
            labels=None if self.labels is None else self.labels[index],
            peak=None if self.peak is None else self.peak[index],
        )


def level_db(waveform: Tensor) -> Tensor:
    """Returns the root mean square level (N,) of waveforms (N, C, L), in dB of full scale."""
    return 10 * waveform.float().square().mean((1, 2)).clamp_min(QUIETEST).log10()


def is_clipped(waveform: Tensor) -> Tensor:
    """Returns whether each of waveforms (N, C, L) has three samples in a row at full scale."""
    beyond = waveform.abs() >= CLIPPED
    return beyond.unfold(-1, min(CLIPPED_RUN, beyond.shape[-1]), 1).all(-1).flatten(1).any(1)


def buzz_db(waveform: Tensor, sample_rate: int, hop_length: int) -> Tensor:
    """Returns how far the power fluctuates at the rate of frames, beyond nearby rates, in dB (N,).

    Frames that do not fit together pulse once a hop, which is heard as a buzz of sample_rate /
    hop_length Hz. The spectrum of the instantaneous power is compared at that rate and twice that
    rate with the median of its surroundings. White noise has 4 to 5 dB, since the largest of three
    is held against a median; a voice whose pitch is that rate has more. So there is no zero to
    reach: compare with real clips.

    Args:
        waveform: (N, C, L).
        sample_rate: In Hz.
        hop_length: In samples.
    """
    power = waveform.float().square().mean(1)
    length = power.shape[-1]
    window = torch.hann_window(length, device=power.device)
    spectrum = torch.fft.rfft((power - power.mean(1, keepdim=True)) * window).abs()
    found = []
    for multiple in (1, 2):
        center = round(multiple * length / hop_length)
        if center + NEIGHBORS >= spectrum.shape[1] or center <= NEIGHBORS:
            continue
        near = spectrum[:, center - 1 : center + 2].amax(1)
        around = spectrum[:, center - NEIGHBORS : center + NEIGHBORS + 1]
        found.append(
            20 * (near.clamp_min(1e-12) / around.median(1).values.clamp_min(1e-12)).log10()
        )
    return torch.stack(found).amax(0) if found else torch.zeros(len(power))


def pitch_hits(clips: ClipBatch) -> Tensor:
    """Returns whether the estimated pitch of each clip is within 50 cents of the asked one (N,)."""
    if clips.pitches is None or clips.labels is None:
        raise MeasureError("The classes are no pitches, so no pitch can be compared with them.")
    wanted = clips.pitches[clips.labels.cpu()].double()
    highest = min(5000.0, clips.sample_rate / 2.5)
    found = torch.cat(
        [
            estimate_pitch(part, clips.sample_rate, lowest=30.0, highest=highest)
            for part in torch.split(clips.waveform.mean(1), CLIPS_AT_ONCE)
        ]
    )
    return cents(found.double().cpu(), wanted).abs() <= NEAR_CENTS  # False for NaN


def _share(values: Tensor) -> Measured:
    return Measured(values.double().mean().item())


def _loudness(clips: ClipBatch) -> Measured:
    levels = level_db(clips.waveform)
    return Measured(levels.mean().item(), std=levels.std(correction=0).item())


def _silence(clips: ClipBatch) -> Measured:
    return _share(level_db(clips.waveform) < SILENT_DB)


def _overload(clips: ClipBatch) -> Measured:
    peak = clips.waveform.abs().amax((1, 2)) if clips.peak is None else clips.peak
    return _share(peak > 1)


def _clipping(clips: ClipBatch) -> Measured:
    return _share(is_clipped(clips.waveform))


def _offset(clips: ClipBatch) -> Measured:
    return Measured(clips.waveform.mean(-1).abs().mean().item())


def _pitch(clips: ClipBatch) -> Measured:
    return _share(pitch_hits(clips))


def _buzz(clips: ClipBatch) -> Measured:
    if clips.hop_length is None:
        raise MeasureError("The representation has no frames, so nothing buzzes at their rate.")
    found = buzz_db(clips.waveform, clips.sample_rate, clips.hop_length)
    return Measured(found.mean().item(), std=found.std(correction=0).item())


def _register(
    name: str, title: str, lower_is_better: bool | None, measure: Callable[[ClipBatch], Measured]
) -> None:
    METRICS[name] = Metric(
        *(title, lower_is_better, measure, "clips"),
        alone=True,
        varies_with_n=False,
        describe=lambda clips: {"name": "waveform", "resize": "none"},
    )


_register("loudness", "level in dB of full scale", None, _loudness)
_register("silence", "share of silent clips", True, _silence)
_register("overload", "share of clips that had to be turned down", True, _overload)
_register("clipping", "share of clipped clips", True, _clipping)
_register("offset", "mean offset from zero", True, _offset)
_register("buzz", "buzz at the rate of frames, dB", True, _buzz)
_register("pitch", "share within 50 cents of the pitch", False, _pitch)
