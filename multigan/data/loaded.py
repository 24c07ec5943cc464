"""What every loader returns, whatever kind of data it reads: a source, and how it came about."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Self

from multigan.core.condition import ConditionSpec
from multigan.data.source import Source
from multigan.errors import DataError

NAMES_SHOWN = 3


@dataclass(frozen=True)
class Unreadable:
    """A file, row or text that could not be read, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class LoadReport:
    """What was read, and what was left out; a kind of data adds what it changed.

    Attributes:
        where: The file, folder or data set.
        found: How many files, rows or texts there were.
        used: How many samples they gave.
        unreadable: Those that could not be read.
        ignored: The first names of files of other kinds.
        num_ignored: How many those were.
        classes: The classes' names, in order; empty without classes.
        numbers: The names of the attributes or numbers that are labels instead of classes.
        storage: "memory", or "memory-mapped at ...".
        notes: What else is worth knowing, in sentences.
        seconds: How long reading took.
    """

    where: str
    found: int
    used: int
    unreadable: tuple[Unreadable, ...] = ()
    ignored: tuple[str, ...] = ()
    num_ignored: int = 0
    classes: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    storage: str = "memory"
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    samples: ClassVar[str] = "samples"  # what people call them
    files: ClassVar[str] = "samples"  # and what they are cut from

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """S, the shape of one sample; what is stored in a cache must know it."""
        return ()

    def form(self) -> str:
        """Returns what each sample is, in words."""
        return ""

    def changes(self) -> list[str]:
        """Returns sentences that say what was done to the samples."""
        return []

    def to_json(self) -> dict[str, Any]:
        """Returns plain values, as `json.dumps` can write them."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Returns the report that `to_json` gave. Raises TypeError or KeyError for another."""
        stored: dict[str, Any] = {
            field.name: tuple(value[field.name]) if field.default == () else value[field.name]
            for field in fields(cls)
        }
        stored["unreadable"] = tuple(Unreadable(**entry) for entry in value["unreadable"])
        return cls(**stored)

    def summary(self) -> str:
        """Returns a few sentences for people."""
        place = "in memory" if self.storage == "memory" else self.storage
        first = ", ".join(filter(None, (self.origin, self.form(), place)))
        return " ".join([f"{first} ({self.seconds:.1f} s).", *self.details()])

    @property
    def origin(self) -> str:
        """How many samples there are, of what, and from where."""
        labels = f" of {len(self.classes)} classes" if self.classes else ""
        labels = f" with {len(self.numbers)} numbers each" if self.numbers else labels
        return f"{self.used} {self.samples}{labels} from {self.where}"

    def details(self) -> list[str]:
        """Returns sentences that say what was changed and left out, and the notes."""
        sentences = self.changes()
        if self.unreadable:
            first = describe_unreadable(self.unreadable)
            sentences.append(f"Left out {len(self.unreadable)} unreadable: {first}")
        if self.num_ignored:
            more = self.num_ignored - NAMES_SHOWN
            names = ", ".join(self.ignored[:NAMES_SHOWN])
            names += f" and {more} more" if more > 0 else ""
            sentences.append(
                f"Ignored {self.num_ignored} files that are not {self.files}: {names}."
            )
        return [*sentences, *self.notes]


@dataclass(frozen=True)
class Loaded:
    """A data set that a loader has read, ready for a `Stream`.

    Attributes:
        source: The samples, with their labels if there are any.
        report: What was found, changed and left out.
        fingerprint: Hexadecimal digits that change when the samples, their order, their labels or
            the labels' names do, and not when the data is moved, copied or packed. Of more than
            64 MiB of decoded samples it sees an evenly spread part, and of the rest the sizes or
            checksums of the files: what changes neither goes unnoticed.
    """

    source: Source
    report: LoadReport
    fingerprint: str

    @property
    def condition(self) -> ConditionSpec | None:
        """What samples are labelled with: classes, attributes or numbers; or None."""
        return self.source.condition

    def __len__(self) -> int:
        return len(self.source)


def refuse_unreadable(
    unreadable: Sequence[Unreadable],
    total: int,
    what: str,
    most: float,
    *,
    at_least: str = "",
    verb: str = "read",
    repair: str = "Repair or remove them",
) -> None:
    """Raises DataError if more of `total` things are unreadable than the share `most` allows.

    Args:
        unreadable: Those that are, so far.
        total: How many things there are.
        what: What they are and where, e.g. "images in a.zip".
        most: In [0, 1].
        at_least: "At least " where more may follow.
        verb: What cannot be done with them.
        repair: What people can do about it.
    """
    if len(unreadable) > most * total:
        raise DataError(
            f"{at_least}{len(unreadable)} of {total} {what} cannot be {verb}, more than the "
            f"{most:.2%} that are tolerated: {describe_unreadable(unreadable)} {repair}, or leave "
            "them out with a larger share, e.g. --set data.max_unreadable=0.1."
        )


def describe_unreadable(unreadable: Sequence[Unreadable]) -> str:
    """Returns the first names and reasons as a sentence."""
    first = "; ".join(f"{entry.name} ({entry.reason})" for entry in unreadable[:NAMES_SHOWN])
    more = len(unreadable) - NAMES_SHOWN
    return first + (f"; and {more} more." if more > 0 else ".")


def counted(title: str, counts: Mapping[str, int]) -> list[str]:
    """Returns a sentence of how often each change was made, the commonest first; or none."""
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    changes = ", ".join(f"{number} {change}" for change, number in ordered)
    return [f"{title}: {changes}."] if changes else []
