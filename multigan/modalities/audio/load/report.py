"""What was heard, what was changed on the way, and what could not be read."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from multigan.data.report import Unreadable, counted, describe_unreadable, shortened

CHANNELS = {1: "mono", 2: "stereo"}


@dataclass(frozen=True)
class AudioReport:
    """How a set of sounds was read.

    Attributes:
        where: The file, folder or data set.
        found: How many files or rows there were.
        used: How many clips of them are used; files that are cut into windows give several.
        sample_rate: Of every clip now, in Hz.
        channels: 1 or 2.
        length: Of every clip, in samples.
        fit: What became of longer sounds: "start", "center" or "slice".
        changed: How many files each change was made to, e.g. `{"44100 Hz to 16000 Hz": 2}`.
        left_out_seconds: How much of the sound was cut off, as silence apart.
        unreadable: Files that could not be read.
        ignored: The first names of files that are not sounds.
        num_ignored: How many those were.
        classes: The classes' names, in order; empty without classes.
        numbers: The names of the attributes or numbers that are labels instead of classes.
        storage: "memory", or "memory-mapped at ...".
        notes: What else is worth knowing.
        seconds: How long reading took.
    """

    where: str
    found: int
    used: int
    sample_rate: int
    channels: int
    length: int
    fit: str = "start"
    changed: Mapping[str, int] = field(default_factory=dict)
    left_out_seconds: float = 0.0
    unreadable: tuple[Unreadable, ...] = ()
    ignored: tuple[str, ...] = ()
    num_ignored: int = 0
    classes: tuple[str, ...] = ()
    storage: str = "memory"
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    numbers: tuple[str, ...] = ()

    @property
    def sample_shape(self) -> tuple[int, int]:
        """(C, T)."""
        return self.channels, self.length

    def to_json(self) -> dict[str, Any]:
        """Returns the report as what `json.dumps` can write."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "AudioReport":
        """Returns the report that `to_json` gave. Raises TypeError or KeyError for another."""
        stored: dict[str, Any] = {field.name: value[field.name] for field in fields(cls)}
        stored |= {name: tuple(value[name]) for name in ("ignored", "classes", "numbers", "notes")}
        stored["unreadable"] = tuple(Unreadable(**entry) for entry in value["unreadable"])
        return cls(**stored)

    def summary(self) -> str:
        """Returns a few sentences for people."""
        classes = f" of {len(self.classes)} classes" if self.classes else ""
        if self.numbers:
            classes = f" with {len(self.numbers)} numbers each"
        place = "in memory" if self.storage == "memory" else self.storage
        each = f"{self.length / self.sample_rate:.3g} s at {self.sample_rate} Hz"
        sentences = [
            f"{self.used} clips{classes} from {self.where}, each {each}, "
            f"{CHANNELS[self.channels]}, {place} ({self.seconds:.1f} s)."
        ]
        if self.changed:
            sentences.append(f"Changed: {counted(self.changed)}.")
        if self.left_out_seconds >= 0.1:
            hint = "" if self.fit == "slice" else "; --set data.fit=slice uses all of them"
            sentences.append(f"Cut off: {self.left_out_seconds:.1f} s of longer files{hint}.")
        if self.unreadable:
            sentences.append(
                f"Left out {len(self.unreadable)} unreadable: "
                f"{describe_unreadable(self.unreadable)}"
            )
        if self.num_ignored:
            sentences.append(
                f"Ignored {self.num_ignored} files that are not sounds: "
                f"{shortened(self.ignored, self.num_ignored)}."
            )
        return " ".join([*sentences, *self.notes])
