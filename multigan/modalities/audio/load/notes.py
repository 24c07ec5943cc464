"""The notes and the melody that multigan carries: strings, made when they are asked for."""

from torch import Tensor

from multigan.errors import DataError
from multigan.modalities.audio.load.options import AudioOptions
from multigan.modalities.audio.music.improvise import improvisation
from multigan.modalities.audio.music.note_set import NoteSet, make_notes
from multigan.modalities.audio.music.pitch import pitch_name

INSTRUMENTS = ("guitar", "harp", "banjo", "piano")
SAMPLE_RATE, LENGTH = 8000, 4096  # half a second, which two CPU cores learn in minutes
TAKES = 24  # of each of the thirteen pitches from C4 to C5, by each instrument
LABELS = ("pitch", "instrument")
SPLITS = ("train", "test", "all")


MELODY_SECONDS = 120.0


def carried_melody(options: AudioOptions) -> tuple[Tensor, int]:
    """Returns an improvised melody (1, T) and its sample rate; the splits are different ones."""
    rate = options.sample_rate or SAMPLE_RATE
    seed = _split_number(options)
    return improvisation(MELODY_SECONDS, sample_rate=rate, seed=seed)[None], rate


def carried_notes(options: AudioOptions) -> tuple[NoteSet, Tensor, tuple[str, ...]]:
    """Returns the notes, the class number (N,) of each, and the classes' names.

    Args:
        options: Of which `sample_rate` and `length` say how long the notes are, `label` what their
            class is ("pitch" or "instrument"), and `split` which takes of them: "test" has others
            than "train".

    Raises:
        DataError: There is no such label or split.
    """
    if options.label not in (None, *LABELS):
        raise DataError(f"A note's label is {' or '.join(LABELS)}, not {options.label!r}.")
    rate = options.sample_rate or SAMPLE_RATE
    notes = make_notes(
        instruments=INSTRUMENTS,
        takes=TAKES,
        sample_rate=rate,
        seconds=(options.length or LENGTH) / rate,
        seed=_split_number(options),
    )
    if options.label == "instrument":
        return notes, notes.instrument, notes.instruments
    lowest, highest = int(notes.pitch.min()), int(notes.pitch.max())
    names = tuple(pitch_name(pitch) for pitch in range(lowest, highest + 1))
    return notes, notes.pitch - lowest, names


def _split_number(options: AudioOptions) -> int:
    if options.split not in SPLITS:
        raise DataError(f"The notes have the splits {', '.join(SPLITS)}, but no {options.split!r}.")
    return SPLITS.index(options.split)
