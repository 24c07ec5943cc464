"""From whatever a sound file holds to int16 (K, C, T): one path, every change counted.

Shapes: K clips cut from one file, C channels, T samples of a clip, L of the file.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from math import gcd
from typing import Any

import torch
from torch import Tensor

from multigan.data.file_kind import FileKind
from multigan.data.reading import Decoded
from multigan.errors import MissingDependencyError
from multigan.modalities.audio.load.options import Fit, Normalize
from multigan.modalities.audio.sound import FULL_SCALE

PEAK = 0.95  # what `normalize="peak"` brings the loudest sample to
RMS = 0.1  # -20 dB of full scale: what `normalize="rms"` brings the mean power's root to
LARGEST_BYTES = 8 << 30  # decoded; more than a day of telephone speech
LARGEST_FILTER = 1 << 24  # numbers in a resampling filter
SILENT_DB = -70.0  # the peak of what holds nothing: dither, or the noise of a converter
# Raised when the same file and target give other clips, so that stored ones are made anew.
DECODING = 2  # silent windows are left out
# In what libsndfile tells of a WAV. A program that writes one into a pipe cannot know its length
# and promises all that 31 or 32 bits can say, but for the headers.
CUT_SHORT = re.compile(r"^data *: *(\d+) \(should be (\d+)\)", re.MULTILINE)
UNTOLD = {bits: (1 << bits) - (1 << 16) for bits in (31, 32)}
SHORTEST_REST = 0.5  # of a window: less of a sliced file's end is left out


@dataclass(frozen=True)
class Target:
    """What every sound is brought to; see `load_audio`."""

    sample_rate: int
    channels: int
    length: int
    fit: Fit = "start"
    trim_db: float | None = None
    normalize: Normalize = "none"
    fade: float = 0.0

    @property
    def shape(self) -> tuple[int, int]:
        """(C, T)."""
        return self.channels, self.length


def decode(sound: Any, target: Target) -> Decoded:
    """Decodes an open sound file and brings it to `target`.

    Raises:
        ValueError: It holds nothing that can be used; the message is the reason.
    """
    check_claim(sound)
    values = sound.read(dtype="float32", always_2d=True)
    decoded = fitted(torch.from_numpy(values.T), sound.samplerate, target)
    if _promised(sound):
        decoded.changes.append("whose header does not say how long they are")
    return decoded


def check_claim(sound: Any) -> None:
    """Raises ValueError for an open file whose header claims more than can be true."""
    promised = _promised(sound)
    if promised and not any(low <= promised < 1 << bits for bits, low in UNTOLD.items()):
        raise ValueError(f"its header promises {promised:,} bytes of sound, which are not there")
    if sound.frames * sound.channels * 4 > LARGEST_BYTES:
        raise ValueError(f"it claims {sound.frames / sound.samplerate / 3600:.0f} hours of sound")


def _promised(sound: Any) -> int:
    """Returns how many bytes a WAV's header promises, if that is more than there are; else 0."""
    found = CUT_SHORT.search(getattr(sound, "extra_info", ""))
    return int(found[1]) if found is not None and int(found[1]) > int(found[2]) else 0


def fitted(waveform: Tensor, sample_rate: int, target: Target) -> Decoded:
    """Brings a waveform (C, L), floats with full scale at 1, to `target`; see `decode`."""
    changes: list[str] = []
    if waveform.shape[1] == 0:
        raise ValueError("it holds no samples")
    if not waveform.isfinite().all():
        raise ValueError("it holds samples that are not finite")
    waveform = _to_channels(waveform, target.channels, changes)
    waveform = _to_rate(waveform, sample_rate, target.sample_rate, changes)
    quietest = 10 ** (SILENT_DB / 20)
    if waveform.abs().max() < quietest:
        raise ValueError(f"it is silent: its peak is below {SILENT_DB:g} dB of full scale")
    waveform = _trimmed(waveform, target.trim_db, changes)
    before = waveform.abs().max()
    waveform = _to_level(waveform, target.normalize, changes)
    clips, left_out = _to_length(waveform, target, changes)
    # A level may have been given to it, so what was silent is louder with the rest.
    heard = clips.abs().amax((1, 2)) >= quietest * waveform.abs().max() / before
    if not heard.any():
        raise ValueError("it is silent where it would be used")
    changes += ["silent windows left out"] * int((~heard).sum())
    clips = clips[heard]
    scaled = (clips * FULL_SCALE).round().clamp(-FULL_SCALE, FULL_SCALE - 1).to(torch.int16)
    return Decoded(scaled.numpy(), changes, left_out)


def reason(error: BaseException) -> str:
    """Says in a few words why a sound could not be read."""
    line = str(error).split("\n")[0]
    with suppress(ImportError):
        if isinstance(error, _soundfile().LibsndfileError):
            return f"not a sound file that can be decoded: {error.error_string}"
    return line or type(error).__name__


def _to_channels(waveform: Tensor, channels: int, changes: list[str]) -> Tensor:
    found = len(waveform)
    if found == channels:
        return waveform
    if channels == 1:
        changes.append(f"{found} channels averaged")
        return waveform.mean(0, keepdim=True)
    if found == 1:
        changes.append("mono doubled")
        return waveform.expand(2, -1)
    # In every common order of loudspeakers the front left and front right come first.
    changes.append(f"first two of {found} channels")
    return waveform[:2]


def _to_rate(waveform: Tensor, found: int, wanted: int, changes: list[str]) -> Tensor:
    if found == wanted:
        return waveform
    changes.append(f"{found} Hz to {wanted} Hz")
    resampled: Tensor = resampler(found, wanted)(waveform)
    return resampled


@lru_cache(maxsize=32)
def resampler(found: int, wanted: int) -> Any:
    """Returns torchaudio's resampling by a Kaiser window, with its kernel computed once.

    The numbers are those that torchaudio's documentation gives for resampy's "kaiser_best".
    """
    try:
        from torchaudio.transforms import Resample
    except ImportError:
        purpose = f"Resampling {found} Hz to {wanted} Hz"
        raise MissingDependencyError("torchaudio", purpose=purpose, extra="audio") from None
    divisor = gcd(found, wanted)
    each = found // divisor + 2 * 68 * max(1, found / wanted)  # taps of one of the filter's phases
    if wanted // divisor * each > LARGEST_FILTER:
        raise ValueError(f"its rate of {found} Hz has no simple ratio to {wanted} Hz")
    return Resample(
        found,
        wanted,
        lowpass_filter_width=64,
        rolloff=0.9475937167399596,
        resampling_method="sinc_interp_kaiser",
        beta=14.769656459379492,
    )


def _trimmed(waveform: Tensor, trim_db: float | None, changes: list[str]) -> Tensor:
    if trim_db is None:
        return waveform
    loudness = waveform.abs().amax(0)
    heard = (loudness > loudness.max() * 10 ** (-trim_db / 20)).nonzero()[:, 0]
    first, last = int(heard[0]), int(heard[-1])
    if last - first + 1 < waveform.shape[1]:
        changes.append("silence trimmed")
    return waveform[:, first : last + 1]


def _to_level(waveform: Tensor, normalize: Normalize, changes: list[str]) -> Tensor:
    peak = waveform.abs().max()
    if normalize == "peak":
        return waveform * (PEAK / peak)
    if normalize == "rms":
        scaled = waveform * (RMS / waveform.square().mean().sqrt())
        if scaled.abs().max() <= 1:
            return scaled
        waveform, peak = scaled, scaled.abs().max()
    if peak <= 1:
        return waveform
    changes.append("turned down to full scale")
    return waveform / peak


def _to_length(waveform: Tensor, target: Target, changes: list[str]) -> tuple[Tensor, int]:
    """Returns clips (K, C, T) and how many samples were cut off."""
    length, found = target.length, waveform.shape[1]
    if found <= length:
        if found < length:
            changes.append("padded")
        return torch.nn.functional.pad(waveform, (0, length - found))[None], 0
    if target.fit == "slice":
        changes.append("sliced")
        clips, left_out = _sliced(waveform, length)
        starts = [index * length for index in range(len(clips))]
    else:
        changes.append("cut")
        first = (found - length) // 2 if target.fit == "center" else 0
        clips, left_out = waveform[None, :, first : first + length], found - length
        starts = [first]
    return _faded(clips, starts, found, round(target.fade * target.sample_rate)), left_out


def _sliced(waveform: Tensor, length: int) -> tuple[Tensor, int]:
    rest = waveform.shape[1] % length
    if rest and rest < SHORTEST_REST * length:
        waveform = waveform[:, : waveform.shape[1] - rest]
    elif rest:
        waveform, rest = torch.nn.functional.pad(waveform, (0, length - rest)), 0
    return waveform.unfold(1, length, length).transpose(0, 1), rest


def _faded(clips: Tensor, starts: list[int], found: int, samples: int) -> Tensor:
    """Returns clips (K, C, T) that rise and fall for so many samples where a sound was cut.

    Args:
        clips: Parts of one sound.
        starts: Where in the sound each of them starts.
        found: How many samples the sound has.
        samples: How long a fade is.
    """
    length = clips.shape[-1]
    samples = min(samples, length // 2)
    if not samples:
        return clips
    rising = 0.5 - 0.5 * torch.cos(torch.pi * (torch.arange(samples) + 0.5) / samples)
    gains = torch.ones(len(clips), 1, length)
    for gain, start in zip(gains, starts, strict=True):
        if start:
            gain[..., :samples] = rising
        if start + length < found:
            gain[..., -samples:] = rising.flip(0)
    return clips * gains


def _soundfile() -> Any:
    try:
        import soundfile
    except ImportError:
        raise MissingDependencyError(
            "soundfile", purpose="Reading and writing sounds", extra="audio"
        ) from None
    return soundfile


SOUNDS = FileKind(
    plural="sounds",
    examples=".wav, .flac, .ogg and .mp3",
    suffixes=frozenset(
        {".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".au"}
        | {".caf", ".w64", ".rf64"}
    ),
    columns=("audio", "sound", "clip", "speech", "waveform", "recording"),
    feature="Audio",
    largest_bytes=2 << 30,
    opener=lambda file: _soundfile().SoundFile(file),
)
