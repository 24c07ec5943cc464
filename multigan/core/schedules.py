"""How a knob moves while training: a pure function of the samples seen, never state."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from multigan.errors import ConfigError

RELGAN_STEPS = 5000  # after so many RelGAN's logarithmic schedule arrives

# The share of the way that is done after a share of the samples. Beside the straight line and half
# a cosine, which is flat at both ends (R3GAN, Huang et al. 2024), they are those by which RelGAN
# (Nie et al. 2019) may raise its inverse temperature, with N = 5000 in its code.
SHAPES: dict[str, Callable[[float], float]] = {
    "linear": lambda progress: progress,
    "half_cosine": lambda progress: (1 - math.cos(math.pi * progress)) / 2,
    "logarithmic": lambda progress: (
        math.log1p(progress * (RELGAN_STEPS - 1)) / math.log(RELGAN_STEPS)
    ),
    "quadratic": lambda progress: progress**2,
    "sigmoid": lambda progress: 1 / (1 + math.exp(10 - 20 * progress)),
    "square_root": math.sqrt,
    # Of the ratio of end and start: by the same factor in equal times.
    "exponential": lambda progress: progress,
}


@dataclass(frozen=True)
class Schedule:
    """Moves from `start` to `end` over `over` samples, then stays.

    Attributes:
        start, end: The knob's values.
        over: How many real samples the way takes.
        shape: A name in `SHAPES`.
        after: How many real samples are seen before it begins.
    """

    start: float
    end: float
    over: int
    shape: str = "half_cosine"
    after: int = 0

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise ConfigError(f"A schedule is {', '.join(sorted(SHAPES))}, not {self.shape!r}.")
        if self.over < 1:
            raise ConfigError(f"A schedule takes at least one sample, not {self.over}.")
        if self.shape == "exponential" and min(self.start, self.end) <= 0:
            raise ConfigError(
                f"An exponential schedule has values above 0, not {self.start} and {self.end}."
            )

    def __call__(self, samples_seen: int) -> float:
        """Returns the knob's value once `samples_seen` real samples were trained on."""
        progress = min(max(samples_seen - self.after, 0) / self.over, 1.0)
        done = SHAPES[self.shape](progress)
        if self.shape == "exponential":
            return self.start * (self.end / self.start) ** done
        return self.start + done * (self.end - self.start)
