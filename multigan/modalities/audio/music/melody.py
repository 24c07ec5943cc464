"""Melodies: notes in time, written as text or read from a MIDI file."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from multigan.errors import ConfigError, DataError, MissingDependencyError
from multigan.files import plain_file
from multigan.modalities.audio.music.pitch import parse_pitch

REST = frozenset({"R", "r", "-", "_"})
DRUM_CHANNEL = 9  # MIDI's tenth: its numbers are drums, not pitches
PEDAL, PRESSED = 64, 64  # the sustain pedal's controller, and from which value on it is down
DEFAULT_TEMPO = 500_000  # microseconds a beat, until a file says otherwise
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


def read_midi(path: str | Path, *, on_note: Callable[[str], None] | None = None) -> list[Note]:
    """Reads a MIDI file's notes, in the order they start; drums are left out.

    A key's presses and releases pair within a track: first pressed, first released. A note sounds
    on while its channel's sustain pedal is down, until its key is struck again. What is never let
    go ends with the file.

    Args:
        path: The file.
        on_note: Called with how many drums were left out, if there were any.

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
        file = mido.MidiFile(plain_file(path))
        if file.ticks_per_beat < 1:  # SMPTE's are negative: frames a second
            raise ValueError("its time is not in ticks per beat; SMPTE time is not read")
        if file.type == 2:
            raise ValueError("its tracks are songs of their own (type 2); save one as type 0 or 1")
        keys = _Keys()
        for now, track, message in _in_seconds(file):
            keys.hear(now, track, message)
    except FileNotFoundError:
        raise DataError(f"There is no file {path}.") from None
    except Exception as error:  # what a parser raises at whatever a file may hold
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise DataError(f"{path} is not a MIDI file that can be read ({said}).") from None
    notes = keys.let_go()
    if not notes:
        drums = f": all {keys.drums} are drums" if keys.drums else ""
        raise DataError(f"{path} has no notes that have a pitch{drums}.")
    if keys.drums and on_note:
        on_note(f"{keys.drums} notes of drums are left out.")
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


def _in_seconds(file: Any) -> Iterator[tuple[float, int, Any]]:
    """Yields all tracks' messages in order: when in seconds, in which track, and the message."""
    messages: list[tuple[int, int, Any]] = []
    for track, content in enumerate(file.tracks):
        tick = 0
        for message in content:
            tick += message.time
            messages.append((tick, track, message))
    now, last, tempo = 0.0, 0, DEFAULT_TEMPO
    for tick, track, message in sorted(messages, key=lambda each: each[0]):
        now += (tick - last) * tempo * 1e-6 / file.ticks_per_beat
        last = tick
        if message.type == "set_tempo":
            tempo = message.tempo
        yield now, track, message


@dataclass
class _Keys:
    """The keys that are down, or held by a pedal, and the notes that have ended.

    Attributes:
        notes: Those that have ended.
        drums: How many drums were struck.
        pressed: Of each track, channel and key, the presses (start, velocity) still down, oldest
            first.
        held: Of each channel and key, the presses that only the pedal holds.
        pedals: The channels whose pedal is down.
        now: In seconds.
    """

    notes: list[Note] = field(default_factory=list)
    drums: int = 0
    pressed: dict[tuple[int, int, int], list[tuple[float, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    held: dict[tuple[int, int], list[tuple[float, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    pedals: set[int] = field(default_factory=set)
    now: float = 0.0

    def hear(self, now: float, track: int, message: Any) -> None:
        """Takes the next message, at `now` seconds."""
        self.now = now
        strikes = message.type == "note_on" and message.velocity > 0
        if message.type == "control_change" and message.control == PEDAL:
            self._pedal(message.channel, down=message.value >= PRESSED)
        elif message.type not in ("note_on", "note_off"):
            return
        elif message.channel == DRUM_CHANNEL:
            self.drums += strikes
        elif strikes:
            self._end(message.note, self.held.pop((message.channel, message.note), []))
            key = (track, message.channel, message.note)
            self.pressed[key].append((now, message.velocity))
        elif presses := self.pressed[track, message.channel, message.note]:
            self._release(message.channel, message.note, presses.pop(0))

    def let_go(self) -> list[Note]:
        """Ends what still sounds, and returns all notes by their start."""
        for (_, _, pitch), presses in self.pressed.items():
            self._end(pitch, presses)
        for (_, pitch), presses in self.held.items():
            self._end(pitch, presses)
        return sorted(self.notes, key=lambda note: (note.start, note.pitch))

    def _release(self, channel: int, pitch: int, press: tuple[float, int]) -> None:
        if channel in self.pedals:
            self.held[channel, pitch].append(press)
        else:
            self._end(pitch, [press])

    def _pedal(self, channel: int, *, down: bool) -> None:
        if down:
            self.pedals.add(channel)
            return
        self.pedals.discard(channel)
        for key in [key for key in self.held if key[0] == channel]:
            self._end(key[1], self.held.pop(key))

    def _end(self, pitch: int, presses: Iterable[tuple[float, int]]) -> None:
        for start, velocity in presses:
            if self.now > start:
                self.notes.append(Note(start, self.now - start, pitch, velocity))
