"""Numbers that may change while a run trains: learning rates, weights, strengths.

A knob is one number by name. Schedules turn knobs as a function of the samples seen, and a
person turns them by hand (`multigan runs set RUN r1.weight=0.5`); both go through this one door.
"""

import math
import reprlib
import sys
from collections.abc import Callable
from dataclasses import dataclass

from multigan.errors import ConfigError


@dataclass(frozen=True)
class Knob:
    """One adjustable number.

    Attributes:
        get: Returns its value.
        set: Changes it.
        minimum, maximum: The values it may take, both included.
    """

    get: Callable[[], float]
    set: Callable[[float], None]
    minimum: float = 0.0
    maximum: float = math.inf

    def check(self, name: str, value: float) -> float:
        """Returns `value`, or raises a `ConfigError` that says what `name` may be."""
        check_range(name, value, self.minimum, self.maximum)
        return value


def check_range(name: str, value: float, minimum: float, maximum: float) -> None:
    """Raises a `ConfigError` unless a knob's value is finite and within its range."""
    if not abs(value) <= sys.float_info.max:  # also true of NaN
        raise ConfigError(f"{name} cannot be {reprlib.repr(value)}: it must be finite.")
    if not minimum <= value <= maximum:
        upwards = f"be at least {minimum:g}"
        wanted = f"lie between {minimum:g} and {maximum:g}" if maximum < math.inf else upwards
        raise ConfigError(f"{name} cannot be {value}: it must {wanted}.")
