"""Notes played on a soundfont, through the package `tinysoundfont`.

Shapes: N notes, T samples.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from multigan.errors import ConfigError, DataError, MissingDependencyError

# General MIDI programs, counted from 0, whose notes have a clear pitch: piano, electric piano,
# harpsichord, vibraphone, nylon and steel guitar, fingered bass, violin, cello, harp, trumpet,
# French horn, oboe, clarinet, flute, recorder.
PITCHED_PRESETS = (0, 4, 6, 11, 24, 25, 33, 40, 42, 46, 56, 60, 68, 71, 73, 74)
LOUDEST_SAMPLE = 0.95  # of the whole font's notes; each keeps its loudness among them


class SoundFont:
    """An SF2 or SF3 file, loaded.

    Args:
        path: Of the file.
        sample_rate: In Hz.

    Raises:
        DataError: The file is missing, or no soundfont.
        MissingDependencyError: `tinysoundfont` is not installed.
    """

    def __init__(self, path: str | Path, *, sample_rate: int) -> None:
        try:
            import tinysoundfont
        except ImportError:
            # Its dependency pyaudio, for loudspeakers, is not needed and has no wheel for Linux.
            raise MissingDependencyError(
                "tinysoundfont",
                purpose="Playing a soundfont",
                pip="--no-deps tinysoundfont",
            ) from None
        path = Path(path).expanduser()
        if not path.is_file():
            raise DataError(
                f"There is no soundfont {path}. Give the path of an .sf2 or .sf3 file; Debian has "
                "them in the packages timgm6mb-soundfont and fluid-soundfont-gm."
            )
        self.path = path
        self._synth = tinysoundfont.Synth(samplerate=sample_rate)
        try:
            self._font = self._synth.sfload(str(path))
        except RuntimeError:
            raise DataError(f"{path} is not a soundfont that can be read (SF2 or SF3).") from None

    def select(self, preset: str) -> str:
        """Chooses the General MIDI program that a text such as "24" counts; returns its name.

        Raises:
            ConfigError: It is no number, or the font has no such program.
        """
        try:
            number = int(preset)
            self._synth.program_select(0, self._font, 0, number)
            name = self._synth.sfpreset_name(self._font, 0, number)
        except (ValueError, RuntimeError):
            raise ConfigError(
                f"{self.path.name} has no instrument {preset!r}. Instruments of a soundfont are "
                "General MIDI programs, counted from 0 to 127: 24 is a nylon guitar."
            ) from None
        return f"{number:03d} {name}"

    def play(self, pitch: int, velocity: int, *, num_samples: int, held: int) -> Tensor:
        """Plays one note on the chosen program: mono (T,), let go after `held` samples."""
        self._synth.noteon(0, pitch, velocity)
        parts = [self._generate(held)]
        self._synth.noteoff(0, pitch)
        parts.append(self._generate(num_samples - held))
        self._synth.sounds_off(0)
        return torch.cat(parts)

    def _generate(self, count: int) -> Tensor:
        if count < 1:
            return torch.zeros(0)
        stereo = np.frombuffer(bytes(self._synth.generate(count)), np.float32).reshape(-1, 2)
        return torch.from_numpy(stereo.mean(1))


def play_presets(
    path: str,
    presets: Sequence[str],
    pitches: Sequence[int],
    velocities: Sequence[int],
    *,
    sample_rate: int,
    num_samples: int,
    held: int,
) -> tuple[list[str], Tensor]:
    """Returns the presets' names, and every note by each of them in turn, (N, T) up to 0.95.

    Raises:
        DataError: A note is silent, or the font cannot be read.
        ConfigError: The font has no such preset.
    """
    font = SoundFont(path, sample_rate=sample_rate)
    names, notes = [], []
    for preset in presets:
        names.append(font.select(preset))
        for pitch, velocity in zip(pitches, velocities, strict=True):
            note = font.play(pitch, velocity, num_samples=num_samples, held=held)
            if not note.any():
                raise DataError(
                    f"{names[-1]} of {font.path.name} is silent at MIDI pitch {pitch}. Choose "
                    "pitches in its range, or other instruments."
                )
            notes.append(note)
    waveforms = torch.stack(notes)
    return names, LOUDEST_SAMPLE * waveforms / waveforms.abs().max()
