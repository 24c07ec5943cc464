"""Pitches: MIDI numbers, frequencies and names, and the fundamental frequency of a sound.

Shapes: B waveforms, T samples, N frames of L samples, K lags.
"""

import re
from collections.abc import Sequence

import torch
from torch import Tensor

from multigan.errors import ConfigError

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
NAME = re.compile(r"([A-Ga-g])(#|b|♯|♭)?(-?\d)")
HIGHEST = 127  # the highest MIDI number
LOWEST_OF_CLASSES = 12  # C0
A4, A4_HERTZ = 69, 440.0

# McLeod & Wyvill (2005), section 5: the first peak at least this high, as a share of the highest.
FIRST_PEAK = 0.9
SHORTEST = 16  # samples: no pitch can be told of fewer
VOICED = 0.5  # a frame whose highest peak is below this has no pitch


def hertz(midi: float | Tensor) -> float | Tensor:
    """Returns the frequency of a MIDI number, equal temperament, A4 = 440 Hz.

    Example:
        >>> hertz(69), round(hertz(60), 2)
        (440.0, 261.63)
    """
    return A4_HERTZ * 2 ** ((midi - A4) / 12)


def midi_number(frequency: Tensor) -> Tensor:
    """Returns the MIDI number, with its fraction, of frequencies in Hz."""
    return A4 + 12 * torch.log2(frequency / A4_HERTZ)


def pitch_name(midi: int) -> str:
    """Returns the name of a MIDI number; 60 is C4.

    Example:
        >>> pitch_name(60), pitch_name(70)
        ('C4', 'A#4')
    """
    octave, step = divmod(midi, 12)
    return f"{NAMES[step]}{octave - 1}"


def parse_pitch(text: str) -> int:
    """Returns the MIDI number of a name such as C4, F#3 or Bb5, or of a number.

    Raises:
        ConfigError: It is neither, or lies outside of MIDI's 0 to 127.

    Example:
        >>> parse_pitch("C4"), parse_pitch("Bb3"), parse_pitch("61")
        (60, 58, 61)
    """
    match = NAME.fullmatch(text.strip())
    if match is not None:
        letter, accidental, octave = match.groups()
        shift = {"#": 1, "♯": 1, "b": -1, "♭": -1}.get(accidental or "", 0)
        midi = 12 * (int(octave) + 1) + STEPS[letter.upper()] + shift
    elif text.strip().isdecimal():
        midi = int(text)
    else:
        raise ConfigError(f"{text!r} is no pitch. Write one as C4, F#3 or Bb5, or as 60.")
    if not 0 <= midi <= HIGHEST:
        raise ConfigError(f"{text!r} is MIDI number {midi}, but those go from 0 to {HIGHEST}.")
    return midi


def class_pitches(names: Sequence[str]) -> list[int]:
    """Returns the MIDI numbers of classes that are pitches; none if any is something else.

    Numbers below C0 are taken for digits.
    """
    try:
        pitches = [parse_pitch(name) for name in names]
    except ConfigError:
        return []
    return pitches if min(pitches, default=0) >= LOWEST_OF_CLASSES else []


def estimate_pitch(
    waveforms: Tensor,
    sample_rate: int,
    *,
    lowest: float = 50.0,
    highest: float = 2000.0,
) -> Tensor:
    """Returns the fundamental frequency (B,) in Hz of waveforms (B, T); NaN where there is none.

    The normalized square difference of overlapping frames is searched for its first high peak,
    which is refined by a parabola; a waveform's pitch is the median of its frames', each counted
    only if it is voiced and not far quieter than the loudest.

    Source: McLeod & Wyvill (2005), "A Smarter Way to Find Pitch".

    Args:
        waveforms: (B, T), of any scale.
        sample_rate: In Hz.
        lowest, highest: Between which frequencies to look, in Hz.
    """
    if waveforms.shape[-1] < SHORTEST:
        return torch.full(waveforms.shape[:1], torch.nan, device=waveforms.device)
    frames = _frames(waveforms.float(), sample_rate, lowest)  # (B, N, L)
    frames = frames - frames.mean(-1, keepdim=True)  # an offset is like itself at every lag
    similarity = _normalized_difference(frames, int(sample_rate / lowest) + 2)
    lag, height = _first_peak(similarity, max(2, int(sample_rate / highest)))
    power = frames.square().mean(-1)
    counted = (height > VOICED) & (power > 0.01 * power.amax(-1, keepdim=True)) & (power > 1e-10)
    frequency = torch.where(counted, sample_rate / lag, torch.nan)
    return frequency.nanmedian(-1).values


def cents(frequency: Tensor, midi: Tensor) -> Tensor:
    """Returns how far frequencies in Hz lie above MIDI numbers, in hundredths of a semitone."""
    return 100 * (midi_number(frequency) - midi)


def _frames(waveforms: Tensor, sample_rate: int, lowest: float) -> Tensor:
    """Cuts waveforms into frames of about three of the longest periods, half overlapping."""
    length = min(waveforms.shape[-1], max(int(3 * sample_rate / lowest), 64))
    return waveforms.unfold(-1, length, max(1, length // 2))


def _normalized_difference(frames: Tensor, lags: int) -> Tensor:
    """Returns 2 r(k) / m(k) (B, N, K) in [-1, 1]: McLeod & Wyvill's eq. 9 for lags 0 to `lags`."""
    length = frames.shape[-1]
    lags = min(lags, length - 2)
    spectrum = torch.fft.rfft(frames, 2 * length)
    correlation = torch.fft.irfft(spectrum.abs().square(), 2 * length)[..., : lags + 1]
    energy = frames.square().cumsum(-1)
    total = energy[..., -1:]
    before = torch.cat([torch.zeros_like(total), energy[..., :lags]], -1)  # of the first k samples
    upto = energy[..., length - lags - 1 :].flip(-1)  # of all but the last k
    return 2 * correlation / (upto + total - before).clamp_min(1e-12)


def _first_peak(similarity: Tensor, shortest: int) -> tuple[Tensor, Tensor]:
    """Returns the lag, with its fraction, and the height of the first high peak (B, N)."""
    left, middle, right = similarity[..., :-2], similarity[..., 1:-1], similarity[..., 2:]
    lags = torch.arange(1, middle.shape[-1] + 1, device=similarity.device)
    # A sound is most like itself at once: the slope down from lag 0 is no peak.
    fallen = (middle < 0).cumsum(-1) > 0
    is_peak = (middle > left) & (middle >= right) & fallen & (lags >= shortest)
    # At high notes the samples straddle the peaks: only the parabolas through them compare.
    shift = (0.5 * (left - right) / (left - 2 * middle + right).clamp_max(-1e-9)).clamp(-0.5, 0.5)
    heights = torch.where(is_peak, middle - 0.25 * (left - right) * shift, -1.0)
    high = is_peak & (heights >= FIRST_PEAK * heights.amax(-1, keepdim=True))
    first = high.float().argmax(-1, keepdim=True)
    lag, height = ((values.gather(-1, first)).squeeze(-1) for values in (lags + shift, heights))
    return lag, height
