"""What a person should know of sounds before a generator learns from them.

Shapes: K clips looked at, C channels, T samples.
"""

import torch
from torch import Tensor

from multigan.data.sight import Sight, evenly_read, look_at, percentiles
from multigan.modalities.audio.load.loaded import AudioSet
from multigan.modalities.audio.music.pitch import estimate_pitch
from multigan.modalities.audio.sound import FULL_SCALE

FEW = 200  # clips
SEEN, HEARD = 512, 64  # clips whose levels, and whose pitch, are measured
SOUNDING = 0.003  # of the clip's own peak, -50 dB: what is quieter at its end has faded
QUIET_DB = -40.0  # a peak so low is hardly heard
MUCH_CUT = 0.2  # of all the sound
LONG_SILENCE = 0.5  # of a clip
VOICED = 0.3  # of the clips have a pitch, where pitch means something


def look_at_sounds(sounds: AudioSet) -> Sight:
    """Returns what can be heard of sounds: levels, lengths, pitch, what was cut off."""
    clips = evenly_read(sounds.source, SEEN).float() / FULL_SCALE  # (K, C, T)
    peak = clips.abs().amax((1, 2)).clamp_min(1e-6)
    power = clips.square().mean((1, 2)).clamp_min(1e-12)
    sounding = _sounding(clips, peak) / sounds.sample_rate
    facts = [
        ("peaks", f"{percentiles(20 * peak.log10(), unit=' dB')}, of full scale"),
        ("levels", f"{percentiles(10 * power.log10(), unit=' dB')}, of full scale"),
        ("sounding", f"{percentiles(sounding, unit=' s')} of {_seconds(sounds):.3g} s"),
        ("pitch", _pitch(clips[:HEARD].mean(1), sounds.sample_rate)),
    ]
    return look_at(sounds).with_facts(facts, _warnings(sounds, peak, sounding))


def _seconds(sounds: AudioSet) -> float:
    return sounds.length / sounds.sample_rate


def _sounding(clips: Tensor, peak: Tensor) -> Tensor:
    """Returns after how many samples each clip (K, C, T) has faded for good, (K,)."""
    loud = clips.abs().amax(1) > SOUNDING * peak[:, None]
    numbers = torch.arange(1, clips.shape[-1] + 1)
    return (loud * numbers).amax(1).float()


def _pitch(waveforms: Tensor, sample_rate: int) -> str:
    found = estimate_pitch(waveforms, sample_rate)
    voiced = found[found.isfinite()]
    if len(voiced) < VOICED * len(waveforms):
        return "most have none"
    return f"{percentiles(voiced, unit=' Hz')} ({len(voiced) / len(waveforms):.0%} have one)"


def _warnings(sounds: AudioSet, peak: Tensor, sounding: Tensor) -> list[str]:
    report, warnings = sounds.report, []
    kept = len(sounds) * sounding.mean().item()
    if report.left_out_seconds > MUCH_CUT * (kept + report.left_out_seconds):
        warnings.append(
            f"{report.left_out_seconds:.0f} s of sound are cut off, beside {kept:.0f} s that are "
            f"used: clips are {_seconds(sounds):.3g} s long. Use all of it with "
            "--set data.fit=slice, or longer clips with data.length."
        )
    quiet = (20 * peak.log10() < QUIET_DB).float().mean().item()
    if quiet > 0.1:
        warnings.append(
            f"{quiet:.0%} of the clips are hardly audible. To bring all to one level: "
            "--set data.normalize=peak"
        )
    if sounding.median() < (1 - LONG_SILENCE) * _seconds(sounds):
        warnings.append(
            "Half of the clips are silent for more than half of their length. Shorter ones learn "
            f"faster, e.g. --set data.length={_halved(sounds.length)}"
        )
    return warnings


def _halved(length: int) -> int:
    return length // 2
