"""Mixtures of Gaussians in the plane: data whose modes are known, so that lost ones show.

Shapes: N points, M modes.
"""

from dataclasses import dataclass
from math import pi

import torch
from torch import Tensor

from multigan.core.condition import ConditionSpec
from multigan.core.draws import seed_from
from multigan.data.source import TensorSource
from multigan.errors import ConfigError


@dataclass(frozen=True)
class Ring:
    """Gaussians at equal distances on a circle.

    Attributes:
        modes: How many.
        radius: Of the circle.
        std: Standard deviation of each Gaussian along each axis.
    """

    modes: int = 8
    radius: float = 1.0
    std: float = 0.05

    @property
    def centers(self) -> Tensor:
        """The modes' means, (M, 2), counterclockwise from (radius, 0)."""
        angles = 2 * pi * torch.arange(self.modes) / self.modes
        return self.radius * torch.stack([angles.cos(), angles.sin()], dim=1)

    def source(self, num_samples: int = 10_000, *, seed: int = 0) -> TensorSource:
        """Returns `num_samples` points (N, 2) and their modes (N,), the same for the same seed."""
        return _mixture(self.centers, self.std, num_samples, seed)


@dataclass(frozen=True)
class Grid:
    """Gaussians on a square grid centered at the origin.

    Attributes:
        side: How many in a row and in a column.
        spacing: Distance between neighbors. The default puts the outer ones of a 5 x 5 grid on the
            square [-1, 1] x [-1, 1].
        std: Standard deviation of each Gaussian along each axis.
    """

    side: int = 5
    spacing: float = 0.5
    std: float = 0.05

    @property
    def centers(self) -> Tensor:
        """The modes' means, (M, 2) with M = side * side."""
        line = self.spacing * (torch.arange(self.side) - (self.side - 1) / 2)
        return torch.cartesian_prod(line, line)

    def source(self, num_samples: int = 10_000, *, seed: int = 0) -> TensorSource:
        """Returns `num_samples` points (N, 2) and their modes (N,), the same for the same seed."""
        return _mixture(self.centers, self.std, num_samples, seed)


def _mixture(centers: Tensor, std: float, num_samples: int, seed: int) -> TensorSource:
    if num_samples < 1:
        raise ConfigError(f"A mixture needs at least one sample, not {num_samples}.")
    generator = torch.Generator().manual_seed(seed_from(seed, "mixture"))
    # Modes take turns, so that every mode has its share exactly; streams shuffle anyway.
    modes = torch.arange(num_samples) % len(centers)
    points = centers[modes] + std * torch.randn(num_samples, 2, generator=generator)
    names = tuple(str(mode) for mode in range(len(centers)))
    return TensorSource(points, modes, ConditionSpec("class", len(centers), names))
