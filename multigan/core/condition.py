"""What both players are told about a sample."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ConditionSpec:
    """The kind and size of a run's condition.

    Attributes:
        kind: "class": (B,) int64 in [0, size). "vector": (B, size) floats.
        size: How many classes, or how many numbers.
        names: The classes' or the numbers' names, in order; may be empty.
    """

    kind: Literal["class", "vector"]
    size: int
    names: tuple[str, ...] = ()
