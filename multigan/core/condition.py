"""What both players are conditioned on."""

from dataclasses import dataclass
from typing import Literal

ConditionKind = Literal["class", "attributes", "vector"]


@dataclass(frozen=True)
class ConditionSpec:
    """The kind and size of a run's condition.

    Attributes:
        kind: "class": (B,) int64 in [0, size). "attributes": (B, size) floats, 1 for each that a
            sample has and 0 for the others. "vector": (B, size) floats, in the data's own units.
        size: How many classes, attributes or numbers.
        names: Theirs, in order; may be empty.
        center, scale: The mean and the deviation in the data of each of a vector's numbers;
            networks see numbers with these taken out. Empty leaves them as they are.
        examples: Attributes or vectors as the data has them, for samples without a condition of
            their own.
    """

    kind: ConditionKind
    size: int
    names: tuple[str, ...] = ()
    center: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    examples: tuple[tuple[float, ...], ...] = ()
