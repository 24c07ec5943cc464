"""What every report of a loader says: what could not be read, and how often things were changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NAMES_SHOWN = 3


@dataclass(frozen=True)
class Unreadable:
    """A file that could not be read, and why."""

    name: str
    reason: str


def describe_unreadable(unreadable: Sequence[Unreadable]) -> str:
    """Returns the first names and reasons as a sentence."""
    first = "; ".join(f"{entry.name} ({entry.reason})" for entry in unreadable[:NAMES_SHOWN])
    more = len(unreadable) - NAMES_SHOWN
    return first + (f"; and {more} more." if more > 0 else ".")


def shortened(names: Sequence[str], total: int) -> str:
    """Returns the first names, and how many more there are."""
    more = total - len(names[:NAMES_SHOWN])
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def counted(counts: Mapping[str, int]) -> str:
    """Returns how often each change was made, the commonest first."""
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    return ", ".join(f"{number} {change}" for change, number in ordered)
