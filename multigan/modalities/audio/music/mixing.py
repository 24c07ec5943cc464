"""Notes' waveforms, mixed into a song.

Shapes: N notes, C channels, T samples of a note.
"""

from collections.abc import Iterable, Sequence
from math import pi

import torch
from torch import Tensor

from multigan.errors import ConfigError
from multigan.modalities.audio.music.melody import Note
from multigan.modalities.audio.music.sustain import sustained

# Of a song's notes, in seconds; Engel et al. (2019), "GANSynth", render melodies so.
ATTACK, RELEASE = 0.010, 0.300
LOUDEST = 0.95  # of a song's samples
LONGEST = 3600.0  # seconds


def mix(
    notes: Sequence[Note], waveforms: Iterable[Tensor], sample_rate: int, length: int
) -> Tensor:
    """Returns a song (C, T') of `notes`, each sounding as its waveform does.

    Waveforms are N (C, T) of `length` T, one after the other, so not all need be there at once.

    A note longer than its waveform is sustained; any fades out when it is let go.

    Raises:
        ConfigError: The song would last longer than an hour.
    """
    end = max(note.start + _seconds(note, length / sample_rate) for note in notes)
    if end > LONGEST:
        raise ConfigError(f"The song would last {end / 60:.0f} minutes; at most 60 can be played.")
    song: Tensor | None = None
    for note, waveform in zip(notes, waveforms, strict=True):
        if song is None:
            song = torch.zeros(len(waveform), round(end * sample_rate) + 1)
        start, held = round(note.start * sample_rate), _held(note, waveform, sample_rate)
        shaped = note.velocity / 127 * held * _shape(note.duration, held.shape[1], sample_rate)
        song[:, start : start + held.shape[1]] += shaped
    assert song is not None  # there is a note
    return LOUDEST * song / song.abs().max().clamp_min(1e-9)


def _held(note: Note, waveform: Tensor, sample_rate: int) -> Tensor:
    """Returns the waveform (C, T) of a note, longer if the note is."""
    seconds = waveform.shape[1] / sample_rate
    wanted = _seconds(note, seconds)
    if wanted <= seconds:
        return waveform
    return sustained(waveform, int(wanted * sample_rate), sample_rate)


def _seconds(note: Note, made: float) -> float:
    """Returns how long a note sounds whose waveform lasts `made` seconds."""
    return made if note.duration <= made - RELEASE / 4 else note.duration + RELEASE


def _shape(duration: float, length: int, sample_rate: int) -> Tensor:
    """Returns the loudness (T,) of a note held for `duration` seconds; it ends in silence."""
    time = torch.arange(length) / sample_rate
    held = min(duration, length / sample_rate - RELEASE / 4)
    release = min(RELEASE, length / sample_rate - held)
    rise = (time / ATTACK).clamp(max=1)
    fall = (1 - (time - held) / release).clamp(0, 1)
    return (1 - torch.cos(pi * rise)) * (1 - torch.cos(pi * fall)) / 4
