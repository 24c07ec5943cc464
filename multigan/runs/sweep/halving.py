"""Successive halving: all train a part of the way, the best go on.

Source: Jamieson & Talwalkar (2016), "Non-stochastic best arm identification and hyperparameter
optimization".
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from multigan.errors import ConfigError

USUAL_RUNGS = 2  # a ninth and a third of the way, where a third goes on


@dataclass(frozen=True)
class Halving:
    """When it is decided who goes on, and how many.

    Attributes:
        keep: The share of the settings that goes on each time, between 0 and 1.
        rungs: The steps at which that is decided, rising.
    """

    keep: Fraction
    rungs: tuple[int, ...]

    @classmethod
    def of(cls, steps: int, settings: int, keep: str, most_rungs: int = 0) -> "Halving":
        """Returns the rungs of runs of some steps: as many as leave one setting in the end.

        Args:
            steps: Of a run that goes all the way.
            settings: How many there are.
            keep: A fraction, "1/3" or "0.5".
            most_rungs: How many rungs there are at most; 0 for the usual two.

        Raises:
            ConfigError: The fraction is none, or there is nothing to choose among.

        Example:
            >>> Halving.of(900, 9, "1/3").rungs
            (100, 300)
        """
        share = _share(keep)
        if settings < 2:
            raise ConfigError("Halving chooses among settings, and there is only one.")
        useful = max(math.floor(math.log(settings) / -math.log(share) + 1e-9), 1)
        number = min(useful, most_rungs or USUAL_RUNGS)
        found = [round(steps * share**power) for power in range(number, 0, -1)]
        rungs = tuple(step for step in dict.fromkeys(found) if 0 < step < steps)
        if not rungs:
            raise ConfigError(f"{steps} steps are too few to be cut by {keep}.")
        return cls(share, rungs)

    def number_kept(self, settings: int) -> int:
        """Returns how many of some settings go on; at least one."""
        return max(math.ceil(settings * self.keep), 1)

    def to_json(self) -> dict[str, Any]:
        """Returns plain values."""
        return {"keep": str(self.keep), "rungs": list(self.rungs)}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Halving":
        """Reads what `to_json` returns."""
        return cls(Fraction(found["keep"]), tuple(found["rungs"]))


def best_first(
    measured: Mapping[str, Sequence[float | None]], *, lower_is_better: bool
) -> list[str]:
    """Returns the settings that were measured, best first, by the mean over their seeds.

    A setting of which a run has no value (it has failed, or diverged) comes after all that are
    whole; one that has none at all is left out. Equals stay in their order.

    Example:
        >>> best_first({"a": [3.0, 1.0], "b": [None, 0.1], "c": [1.0, 1.0]}, lower_is_better=True)
        ['c', 'a', 'b']
    """
    sign = 1 if lower_is_better else -1
    known = {key: [v for v in values if v is not None] for key, values in measured.items()}
    ranks = {
        key: (len(values) < len(measured[key]), sign * sum(values) / len(values))
        for key, values in known.items()
        if values
    }
    return sorted(ranks, key=lambda key: ranks[key])


def _share(keep: str) -> Fraction:
    try:
        share = Fraction(keep)
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share < 1:
        raise ConfigError(f"--keep is a fraction between 0 and 1, like 1/3, not {keep!r}.")
    return share
