"""Where latents come from."""

from dataclasses import dataclass

import torch
from torch import Tensor

from multigan.core.draws import normal


@dataclass(frozen=True)
class Prior:
    """Standard normal latents of `dim` dimensions."""

    dim: int

    def sample(self, count: int, *, device: torch.device | str = "cpu") -> Tensor:
        """Returns latents (count, dim); inside a split batch, this part's rows of the whole."""
        return normal(count, self.dim, device=device)
