"""What may stand beside a field's type: `Annotated[int, AtLeast(1)]`.

Each says whether a value holds, and in words what would. Of a list, every item must hold. Several
may stand together: `Annotated[float, AtLeast(0), Below(1)]` is "of at least 0 and below 1".
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:g}"


@dataclass(frozen=True)
class Bound:
    """Values for which a function says so.

    Attributes:
        words: What they are, behind the words for their type: "above 0".
        holds: Whether a value is one of them.
    """

    words: str
    holds: Callable[[Any], bool]


class AtLeast(Bound):
    """Numbers from `low` on."""

    def __init__(self, low: float) -> None:
        super().__init__(f"of at least {_number(low)}", lambda value: value >= low)


class Above(Bound):
    """Numbers greater than `low`."""

    def __init__(self, low: float) -> None:
        super().__init__(f"above {_number(low)}", lambda value: value > low)


class AtMost(Bound):
    """Numbers up to `high`."""

    def __init__(self, high: float) -> None:
        super().__init__(f"of at most {_number(high)}", lambda value: value <= high)


class Below(Bound):
    """Numbers less than `high`."""

    def __init__(self, high: float) -> None:
        super().__init__(f"below {_number(high)}", lambda value: value < high)


class Range(Bound):
    """Numbers from `low` to `high`, both included."""

    def __init__(self, low: float, high: float) -> None:
        words = f"from {_number(low)} to {_number(high)}"
        super().__init__(words, lambda value: low <= value <= high)


class MultipleOf(Bound):
    """Whole numbers that `step` divides."""

    def __init__(self, step: int) -> None:
        super().__init__(f"divisible by {step}", lambda value: value % step == 0)


class That(Bound):
    """Values for which a function says so; `words` stand for the type's as well."""


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
