"""Where regularizers are registered, and what their options may be."""

import math
import reprlib
import sys
from typing import Any

from multigan.errors import ConfigError
from multigan.registry import BUILT_IN, Registry

REGULARIZERS: Registry[type] = Registry("regularizer", filled_by=BUILT_IN)


def check(regularizer: Any) -> None:
    """Raises a `ConfigError` unless `weight` and `every` are what a regularizer can have."""
    check_number(regularizer, "weight")
    name, every = regularizer.name, regularizer.every
    if not isinstance(every, int) or isinstance(every, bool) or every < 1:
        raise ConfigError(
            f"{name}.every must be an interval in steps, a whole number from 1 on, not {every!r}."
        )


def check_number(
    regularizer: Any, option: str, *, above: float | None = None, below: float = math.inf
) -> None:
    """Raises a `ConfigError` unless an option is finite, at least 0 or `above`, and `below`."""
    value = getattr(regularizer, option)
    fits = (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and abs(value) <= sys.float_info.max  # not so for NaN
        and (value >= 0 if above is None else value > above)
        and value < below
    )
    if not fits:
        least = "of at least 0" if above is None else f"above {above:g}"
        most = "" if below == math.inf else f" and below {below:g}"
        raise ConfigError(
            f"{regularizer.name}.{option} must be a finite number {least}{most}, not "
            f"{reprlib.repr(value)}."
        )
