"""Tunes that nobody wrote: endless plucked notes of a pentatonic scale, for generators to learn."""

import torch
from torch import Tensor

from multigan.core.draws import seed_from
from multigan.modalities.audio.music.melody import Note
from multigan.modalities.audio.music.mixing import mix
from multigan.modalities.audio.music.note_set import make_notes

SCALE = (0, 2, 4, 7, 9)  # major pentatonic: no two of its notes are a semitone apart
LOWEST, HIGHEST = 55, 79  # G3 to G5
LENGTHS = (0.25, 0.25, 0.25, 0.5)  # seconds, each as likely


def improvise(seconds: float, *, seed: int = 0) -> list[Note]:
    """Returns a melody of at least `seconds` that wanders up and down the scale of C."""
    generator = torch.Generator().manual_seed(seed_from(seed, "improvise"))
    pitches = [p for p in range(LOWEST, HIGHEST + 1) if p % 12 in SCALE]
    place, now, notes = len(pitches) // 2, 0.0, []
    while now < seconds:
        step = int(torch.randint(-2, 3, (), generator=generator))
        place = min(max(place + step, 0), len(pitches) - 1)
        length = LENGTHS[int(torch.randint(len(LENGTHS), (), generator=generator))]
        velocity = int(torch.randint(64, 128, (), generator=generator))
        notes.append(Note(now, length, pitches[place], velocity))
        now += length
    return notes


def improvisation(
    seconds: float, *, sample_rate: int, instrument: str = "harp", seed: int = 0
) -> Tensor:
    """Returns an improvised melody as a waveform (T,) of about that many seconds."""
    notes = improvise(seconds, seed=seed)
    sounds = make_notes(
        instruments=(instrument,),
        lowest=LOWEST,
        highest=HIGHEST,
        takes=1,
        sample_rate=sample_rate,
        seconds=1.0,
        held=0.9,
    )
    rows = torch.tensor([note.pitch - LOWEST for note in notes])
    waveforms = sounds.waveforms[rows].unsqueeze(1)  # one channel
    return mix(notes, waveforms, sample_rate, waveforms.shape[2])[0]
