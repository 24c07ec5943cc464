"""Numbers that may change while a run trains: learning rates, weights, strengths.

A knob is one number by name. Schedules turn knobs as a function of the samples seen, and a
person turns them by hand (`multigan runs set RUN r1.weight=0.5`); both go through this one door.
"""

import math
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
        if not self.minimum <= value <= self.maximum:
            raise ConfigError(
                f"{name} cannot be {value}: it must lie between {self.minimum} and {self.maximum}."
            )
        return value
