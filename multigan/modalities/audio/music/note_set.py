"""Labelled sets of notes: every pitch by every instrument, struck in different ways.

Shapes: N notes, T samples.
"""

import re
from dataclasses import dataclass
from typing import Annotated

import torch
from torch import Tensor

from multigan.core.draws import seed_from
from multigan.errors import ConfigError
from multigan.modalities.audio.music.instruments import (
    HIGHEST_SHARE,
    INSTRUMENTS,
    VARIATIONS,
    instrument,
    play_notes,
)
from multigan.modalities.audio.music.pitch import HIGHEST, hertz, pitch_name
from multigan.modalities.audio.music.soundfont import PITCHED_PRESETS, play_presets
from multigan.typed import AtLeast, Count, Fraction, Range, checked, chosen

UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]')  # in the names of files, on some system
LOUDEST = 127  # of MIDI velocities


@checked
@dataclass(frozen=True)
class NoteOptions:
    """Which notes a set has."""

    instruments: tuple[str, ...] = ()
    """Names of built-in instruments, or with a soundfont its General MIDI programs by number, e.g.
    "24"; empty for all that are built in, or for sixteen pitched programs."""

    lowest: Annotated[int, Range(0, HIGHEST)] = 60
    """The lowest pitch, a MIDI number."""

    highest: Annotated[int, Range(0, HIGHEST)] = 72
    """The highest pitch, included."""

    takes: Count = 12
    """How often each pitch is played by each instrument."""

    sample_rate: Annotated[int, AtLeast(2000)] = 16_000
    """In Hz."""

    seconds: Annotated[float, AtLeast(0.05)] = 1.0
    """Of every note."""

    held: Fraction = 0.75
    """Which share of it the key is held."""

    softest: Annotated[int, Range(1, LOUDEST)] = 64
    """The lowest MIDI velocity; takes vary from it to 127."""

    seed: int = 0
    """Decides how each note is struck."""

    soundfont: str = ""
    """Path of an SF2 or SF3 file to play on; "" plays the built-in instruments."""

    def __post_init__(self) -> None:
        if self.lowest > self.highest:
            raise ConfigError(
                f"Pitches go from {self.lowest} to {self.highest}, but must be in order."
            )

    @property
    def num_samples(self) -> int:
        """T."""
        return round(self.seconds * self.sample_rate)

    @property
    def pitches(self) -> range:
        """MIDI numbers, from low to high."""
        return range(self.lowest, self.highest + 1)


@dataclass(frozen=True)
class NoteSet:
    """Notes and what each is.

    Attributes:
        waveforms: (N, T) in [-1, 1].
        pitch: (N,) int64 MIDI numbers.
        instrument: (N,) int64 places in `instruments`.
        velocity: (N,) int64 MIDI velocities.
        instruments: The instruments' names.
        sample_rate: In Hz.
    """

    waveforms: Tensor
    pitch: Tensor
    instrument: Tensor
    velocity: Tensor
    instruments: tuple[str, ...]
    sample_rate: int

    def __len__(self) -> int:
        return len(self.waveforms)

    def name(self, index: int) -> str:
        """Returns a note's name, e.g. "guitar-C#4-096-00017"."""
        pitch = pitch_name(int(self.pitch[index]))
        played = self.instruments[int(self.instrument[index])]
        played = UNFIT.sub("_", played)
        return f"{played}-{pitch}-{int(self.velocity[index]):03d}-{index:05d}"


def make_notes(options: NoteOptions | None = None, **changes: object) -> NoteSet:
    """Renders a set of notes: the same options give the same notes.

    Args:
        options: Which; None for the defaults.
        changes: Options to set by name instead.

    Raises:
        ConfigError: An option is unknown or cannot be met.
        MissingDependencyError: A soundfont was given, and `tinysoundfont` is not installed.
    """
    options = chosen(NoteOptions, options, changes)
    pitch, velocity = _labels(options)
    play = _from_soundfont if options.soundfont else _from_partials
    names, waveforms = play(options, pitch, velocity)
    return NoteSet(
        waveforms,
        pitch.repeat(len(names)),
        torch.arange(len(names)).repeat_interleave(len(pitch)),
        velocity.repeat(len(names)),
        tuple(names),
        options.sample_rate,
    )


def _labels(options: NoteOptions) -> tuple[Tensor, Tensor]:
    """Returns the pitches and velocities of one instrument's notes."""
    pitch = torch.tensor(options.pitches).repeat_interleave(options.takes)
    velocity = torch.linspace(LOUDEST, options.softest, options.takes).round().long()
    return pitch, velocity.repeat(len(options.pitches))


def _from_partials(
    options: NoteOptions, pitch: Tensor, velocity: Tensor
) -> tuple[list[str], Tensor]:
    """Plays the built-in instruments; returns their names and all notes (N, T)."""
    names = list(options.instruments) or list(INSTRUMENTS)
    highest = HIGHEST_SHARE * options.sample_rate / 2
    too_high = [midi for midi in options.pitches if hertz(midi) >= highest]
    if too_high:
        raise ConfigError(
            f"{pitch_name(too_high[0])} and what is above it cannot be heard at "
            f"{options.sample_rate} Hz. Go up to {pitch_name(too_high[0] - 1)}, or raise the rate."
        )
    notes = []
    for name in names:
        generator = torch.Generator().manual_seed(seed_from(options.seed, "notes", name))
        played = play_notes(
            instrument(name),
            torch.as_tensor(hertz(pitch.double())).float(),
            velocity / LOUDEST,
            2 * torch.rand(len(pitch), VARIATIONS, generator=generator) - 1,
            sample_rate=options.sample_rate,
            num_samples=options.num_samples,
            held=options.held * options.seconds,
        )
        notes.append(played)
    return names, torch.cat(notes)


def _from_soundfont(
    options: NoteOptions, pitch: Tensor, velocity: Tensor
) -> tuple[list[str], Tensor]:
    """Plays a soundfont; returns the instruments' names and all notes (N, T)."""
    return play_presets(
        options.soundfont,
        options.instruments or [str(preset) for preset in PITCHED_PRESETS],
        pitch.tolist(),
        velocity.tolist(),
        sample_rate=options.sample_rate,
        num_samples=options.num_samples,
        held=round(options.held * options.num_samples),
    )
