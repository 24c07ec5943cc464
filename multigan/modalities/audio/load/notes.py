"""The notes and the melody that multigan carries: strings, made when they are asked for."""

from dataclasses import replace

from multigan.data.readers import Reader
from multigan.errors import DataError
from multigan.modalities.audio.load.arrays import read_tensor
from multigan.modalities.audio.load.options import AudioOptions
from multigan.modalities.audio.music.improvise import improvisation
from multigan.modalities.audio.music.note_set import make_notes
from multigan.modalities.audio.music.pitch import pitch_name

INSTRUMENTS = ("guitar", "harp", "banjo", "piano")
SAMPLE_RATE, LENGTH = 8000, 4096  # half a second, which two CPU cores learn in minutes
TAKES = 24  # of each of the thirteen pitches from C4 to C5, by each instrument
LABELS = ("pitch", "instrument")
SPLITS = ("train", "test", "all")
MELODY_SECONDS = 120.0


def read_melody(options: AudioOptions) -> Reader:
    """Reads an improvised melody, one sound; the splits are different ones."""
    rate = options.sample_rate or SAMPLE_RATE
    waveform = improvisation(MELODY_SECONDS, sample_rate=rate, seed=_split_number(options))
    reader = read_tensor(waveform[None], None, replace(options, sample_rate=rate))
    return replace(reader, where="melody (improvised on a harp)")


def read_notes(options: AudioOptions) -> Reader:
    """Reads notes.

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
    lowest, highest = int(notes.pitch.min()), int(notes.pitch.max())
    labels = notes.pitch - lowest
    names = tuple(pitch_name(pitch) for pitch in range(lowest, highest + 1))
    if options.label == "instrument":
        labels, names = notes.instrument, notes.instruments
    options = replace(options, sample_rate=notes.sample_rate)
    reader = read_tensor(notes.waveforms, labels, options)
    where = f"notes ({', '.join(notes.instruments)})"
    return replace(reader, where=where, labels=reader.labels._replace(classes=names))


def _split_number(options: AudioOptions) -> int:
    if options.split not in SPLITS:
        raise DataError(f"The notes have the splits {', '.join(SPLITS)}, but no {options.split!r}.")
    return SPLITS.index(options.split)
