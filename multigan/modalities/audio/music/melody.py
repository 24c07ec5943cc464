"""Melodies: notes in time, written as text or read from a MIDI file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from multigan.errors import ConfigError, DataError, MissingDependencyError
from multigan.modalities.audio.music.pitch import parse_pitch

REST = frozenset({"R", "r", "-", "_"})
DRUM_CHANNEL = 9  # MIDI's tenth: its numbers are drums, not pitches
DEFAULT_VELOCITY = 96
LONGEST_BEATS = 10_000
WRITING = "Write notes as pitch:beats with spaces between, e.g. 'C4:1 R:0.5 E4+G4:2'."


@dataclass(frozen=True)
class Note:
    """One note of a melody.

    Attributes:
        start, duration: In seconds.
        pitch: Its MIDI number.
        velocity: From 1 to 127.
    """

    start: float
    duration: float
    pitch: int
    velocity: int = DEFAULT_VELOCITY


def parse_melody(text: str, *, beats_per_minute: float = 120.0) -> list[Note]:
    """Reads notes written as `pitch:beats`, one after the other.

    `R` is a rest, `+` joins the notes of a chord, and without `:beats` a note lasts one.

    Raises:
        ConfigError: Something is not written so, or nothing sounds.

    Example:
        >>> [(n.start, n.pitch) for n in parse_melody("C4:1 R E4+G4:2")]
        [(0.0, 60), (1.0, 64), (1.0, 67)]
    """
    if not 0 < beats_per_minute < 10_000:
        raise ConfigError(f"A tempo of {beats_per_minute:g} beats a minute cannot be played.")
    notes, now = [], 0.0
    for word in re.split(r"[\s,|]+", text.strip()):
        names, _, beats = word.partition(":")
        duration = _beats(beats, word) * 60 / beats_per_minute
        for name in filter(None, names.split("+")):
            if name not in REST:
                notes.append(Note(now, duration, parse_pitch(name)))
        now += duration
    if not notes:
        raise ConfigError(f"There are no notes in {text!r}. {WRITING}")
    return notes


def read_midi(path: str | Path) -> list[Note]:
    """Reads a MIDI file's notes, in the order they start; drums are left out.

    Raises:
        DataError: The file is missing, damaged, or has no notes.
        MissingDependencyError: `mido` is not installed.
    """
    try:
        import mido
    except ImportError:
        raise MissingDependencyError("mido", purpose="Reading MIDI files", extra="music") from None
    path = Path(path).expanduser()
    try:
        file = mido.MidiFile(path)
        if file.ticks_per_beat < 1:  # SMPTE's are negative: frames a second
            raise ValueError("its time is not in ticks per beat; SMPTE time is not read")
        messages = list(file)  # merged, with times in seconds
    except FileNotFoundError:
        raise DataError(f"There is no file {path}.") from None
    except Exception as error:  # what a parser raises at whatever a file may hold
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise DataError(f"{path} is not a MIDI file that can be read ({said}).") from None
    notes = _notes(messages)
    if not notes:
        raise DataError(f"{path} has no notes that have a pitch.")
    return notes


def _beats(text: str, word: str) -> float:
    try:
        beats = float(text or 1)
    except ValueError:
        raise ConfigError(f"{word!r} does not say how long. {WRITING}") from None
    if not 0 < beats < LONGEST_BEATS:
        raise ConfigError(
            f"{word!r} lasts {beats:g} beats, but must last more than none and less than "
            f"{LONGEST_BEATS:,}. {WRITING}"
        )
    return beats


def _notes(messages: Iterable[object]) -> list[Note]:
    """Pairs each key's press with its next release; keys still down at the end end there."""
    sounding: dict[tuple[int, int], tuple[float, int]] = {}
    notes: list[Note] = []
    now = 0.0

    def end(key: tuple[int, int]) -> None:
        start, velocity = sounding.pop(key)
        if now > start:
            notes.append(Note(start, now - start, key[1], velocity))

    for message in messages:
        now += getattr(message, "time", 0.0)
        kind = getattr(message, "type", "")
        if kind not in ("note_on", "note_off") or message.channel == DRUM_CHANNEL:  # type: ignore[attr-defined]
            continue
        key = (message.channel, message.note)  # type: ignore[attr-defined]
        if key in sounding:
            end(key)
        if kind == "note_on" and message.velocity > 0:  # type: ignore[attr-defined]
            sounding[key] = now, message.velocity  # type: ignore[attr-defined]
    for key in list(sounding):
        end(key)
    return sorted(notes, key=lambda note: (note.start, note.pitch))
