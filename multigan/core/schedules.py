"""How a knob moves while training: a pure function of the samples seen, never state."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from multigan.errors import ConfigError

SHAPES: dict[str, Callable[[float], float]] = {
    "linear": lambda progress: progress,
    # Half a cosine, as in R3GAN (Huang et al. 2024): flat at both ends.
    "half_cosine": lambda progress: (1 - math.cos(math.pi * progress)) / 2,
}


@dataclass(frozen=True)
class Schedule:
    """Moves from `start` to `end` over `over` samples, then stays.

    Attributes:
        start, end: The knob's values.
        over: How many real samples the way takes.
        shape: "linear" or "half_cosine".
    """

    start: float
    end: float
    over: int
    shape: str = "half_cosine"

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise ConfigError(f"A schedule is {' or '.join(SHAPES)}, not {self.shape!r}.")
        if self.over < 1:
            raise ConfigError(f"A schedule takes at least one sample, not {self.over}.")

    def __call__(self, samples_seen: int) -> float:
        """Returns the knob's value once `samples_seen` real samples were trained on."""
        progress = min(samples_seen / self.over, 1.0)
        return self.start + SHAPES[self.shape](progress) * (self.end - self.start)
