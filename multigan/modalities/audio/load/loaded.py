"""Clips of one rate, channels and length, and what is said of how they came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from multigan.data.loaded import Loaded, LoadReport, counted

CHANNELS = {1: "mono", 2: "stereo"}


@dataclass(frozen=True, kw_only=True)
class AudioReport(LoadReport):
    """How a set of sounds was read; files that are cut into windows give several clips.

    Attributes:
        sample_rate: Of every clip now, in Hz.
        channels: 1 or 2.
        length: Of every clip, in samples.
        fit: What became of longer sounds: "start", "center" or "slice".
        changed: How many files each change was made to, e.g. `{"44100 Hz to 16000 Hz": 2}`.
        left_out_seconds: How much of the sound was cut off, as silence apart.
    """

    sample_rate: int
    channels: int
    length: int
    fit: str = "start"
    changed: Mapping[str, int] = field(default_factory=dict)
    left_out_seconds: float = 0.0

    samples: ClassVar[str] = "clips"
    files: ClassVar[str] = "sounds"

    @property
    def sample_shape(self) -> tuple[int, int]:
        """(C, T)."""
        return self.channels, self.length

    def form(self) -> str:
        """Returns length, rate and channels."""
        seconds = self.length / self.sample_rate
        return f"each {seconds:.3g} s at {self.sample_rate} Hz, {CHANNELS[self.channels]}"

    def changes(self) -> list[str]:
        """Returns what was done to files, and what was cut off."""
        sentences = counted("Changed", self.changed)
        if self.left_out_seconds >= 0.1:
            hint = "" if self.fit == "slice" else "; --set data.fit=slice uses all of them"
            sentences.append(f"Cut off: {self.left_out_seconds:.1f} s of longer files{hint}.")
        return sentences


@dataclass(frozen=True)
class AudioSet(Loaded):
    """Clips of one rate, channels and length, (C, T) int16 each with full scale at 32768."""

    report: AudioReport

    @property
    def sample_rate(self) -> int:
        """In Hz."""
        return self.report.sample_rate

    @property
    def channels(self) -> int:
        """1 or 2."""
        return self.report.channels

    @property
    def length(self) -> int:
        """T, in samples."""
        return self.report.length
