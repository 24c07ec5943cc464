"""What was read of images, what was changed on the way, and what could not be read."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from multigan.data.report import Unreadable, counted, describe_unreadable, shortened

MODES = {1: "grey", 3: "RGB", 4: "RGBA"}


@dataclass(frozen=True)
class LoadReport:
    """How a set of images was read.

    Attributes:
        where: The file, folder or data set.
        found: How many images there were.
        used: How many of them could be read.
        unreadable: Those that could not.
        ignored: The first names of files that are not images.
        num_ignored: How many those were.
        converted: How many images each conversion was applied to, e.g. `{"CMYK to RGB": 2}`.
        resized: The same for changes of size, e.g. `{"shrunk": 40, "cropped": 38}`.
        width: Of every image now, in pixels.
        height: Of every image now, in pixels.
        channels: 1 for grey, 3 for RGB, 4 for RGBA.
        fit: How images of another shape were made to fit: "crop", "pad" or "stretch".
        classes: The classes' names, in order; empty without labels.
        numbers: The names of the attributes or numbers that are labels instead of classes.
        storage: "memory", or "memory-mapped at ...".
        notes: What else is worth knowing.
        seconds: How long reading took.
    """

    where: str
    found: int
    used: int
    width: int
    height: int
    channels: int
    unreadable: tuple[Unreadable, ...] = ()
    ignored: tuple[str, ...] = ()
    num_ignored: int = 0
    converted: Mapping[str, int] = field(default_factory=dict)
    resized: Mapping[str, int] = field(default_factory=dict)
    fit: str = "crop"
    classes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    storage: str = "memory"
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def sample_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return self.channels, self.height, self.width

    def to_json(self) -> dict[str, Any]:
        """Returns the report as what `json.dumps` can write."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "LoadReport":
        """Returns the report that `to_json` gave. Raises TypeError or KeyError for another."""
        known = {field.name for field in fields(cls)}
        stored: dict[str, Any] = {name: value[name] for name in known}
        stored |= {name: tuple(value[name]) for name in ("ignored", "classes", "numbers", "notes")}
        stored["unreadable"] = tuple(Unreadable(**entry) for entry in value["unreadable"])
        return cls(**stored)

    def summary(self) -> str:
        """Returns a few sentences for people."""
        classes = f" of {len(self.classes)} classes" if self.classes else ""
        if self.numbers:
            classes = f" with {len(self.numbers)} numbers each"
        place = "in memory" if self.storage == "memory" else self.storage
        sentences = [
            f"{self.used} images{classes} from {self.where}, {self.width}x{self.height} "
            f"{MODES.get(self.channels, f'{self.channels} channels')}, {place} "
            f"({self.seconds:.1f} s)."
        ]
        if self.resized:
            sentences.append(f"Resized: {counted(self.resized)}.")
        if self.converted:
            sentences.append(f"Converted: {counted(self.converted)}.")
        if self.unreadable:
            sentences.append(
                f"Left out {len(self.unreadable)} unreadable: "
                f"{describe_unreadable(self.unreadable)}"
            )
        if self.num_ignored:
            sentences.append(
                f"Ignored {self.num_ignored} files that are not images: "
                f"{shortened(self.ignored, self.num_ignored)}."
            )
        return " ".join([*sentences, *self.notes])
