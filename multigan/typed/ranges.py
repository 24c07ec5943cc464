"""What may stand beside a field's type: `Annotated[int, AtLeast(1)]`.

Each says whether a value holds, and in words what would. Of a list, every item must hold. Several
may stand together: `Annotated[float, AtLeast(0), Below(1)]` is "of at least 0 and below 1".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any


@dataclass(frozen=True)
class AtLeast:
    """Numbers from `low` on."""

    low: float

    def holds(self, value: Any) -> bool:
        """Whether a number is one of them."""
        return bool(value >= self.low)

    def __str__(self) -> str:
        return f"of at least {_number(self.low)}"


@dataclass(frozen=True)
class Above:
    """Numbers greater than `low`."""

    low: float

    def holds(self, value: Any) -> bool:
        """Whether a number is one of them."""
        return bool(value > self.low)

    def __str__(self) -> str:
        return f"above {_number(self.low)}"


@dataclass(frozen=True)
class AtMost:
    """Numbers up to `high`."""

    high: float

    def holds(self, value: Any) -> bool:
        """Whether a number is one of them."""
        return bool(value <= self.high)

    def __str__(self) -> str:
        return f"of at most {_number(self.high)}"


@dataclass(frozen=True)
class Below:
    """Numbers less than `high`."""

    high: float

    def holds(self, value: Any) -> bool:
        """Whether a number is one of them."""
        return bool(value < self.high)

    def __str__(self) -> str:
        return f"below {_number(self.high)}"


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included."""

    low: float
    high: float

    def holds(self, value: Any) -> bool:
        """Whether a number is one of them."""
        return bool(self.low <= value <= self.high)

    def __str__(self) -> str:
        return f"from {_number(self.low)} to {_number(self.high)}"


@dataclass(frozen=True)
class MultipleOf:
    """Whole numbers that `step` divides."""

    step: int

    def holds(self, value: Any) -> bool:
        """Whether a number is one of them."""
        return bool(value % self.step == 0)

    def __str__(self) -> str:
        return f"that is a multiple of {self.step}"


@dataclass(frozen=True)
class That:
    """Values for which a function says so; `words` stand for the type's as well."""

    words: str
    holds: Callable[[Any], bool]

    def __str__(self) -> str:
        return self.words


class OneOf(That):
    """Values of a list; where it is fixed in the source, `Literal` says the same."""

    def __init__(self, *values: Any) -> None:
        super().__init__(choice(values), lambda value: value in values)


class WholeName:
    """Marks a `Component` whose text is its name alone, colons and all: data, which are paths."""


Share = Annotated[float, Range(0, 1)]  # also a probability
Weight = Annotated[float, AtLeast(0)]
Decay = Annotated[float, AtLeast(0), Below(1)]
Count = Annotated[int, AtLeast(1)]
Natural = Annotated[int, AtLeast(0)]
Interval = Natural  # in steps, where 0 is never
Fraction = Annotated[float, Above(0), AtMost(1)]


def choice(values: tuple[Any, ...]) -> str:
    """Returns "a or b", or "one of a, b, c"."""
    texts = [str(value) for value in values]
    return " or ".join(texts) if len(texts) < 3 else f"one of {', '.join(texts)}"


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:g}"
