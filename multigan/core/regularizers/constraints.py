"""Limits on a player's weights, enforced after each of its updates."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
from torch import nn

from multigan.core.regularizers.common import REGULARIZERS
from multigan.typed import Above


@REGULARIZERS.register("weight_clipping")
@dataclass
class WeightClipping:
    """Keeps every weight of the discriminator within [-limit, limit], after each update.

    Embeddings are left alone: the vector of a class is an input of the critic, like the sample
    beside it, and what weights of 0.01 see of an input of 0.01 is nothing.

    Source: Arjovsky et al. (2017), "Wasserstein GAN", Algorithm 1.
    """

    limit: Annotated[float, Above(0)] = 0.01
    """The largest size of a weight."""

    name: ClassVar[str] = "weight_clipping"
    player: ClassVar[Literal["discriminator"]] = "discriminator"

    @torch.no_grad()
    def enforce(self, player: nn.Module) -> None:
        """Clips all parameters of `player` in place, but those of embeddings."""
        for layer in player.modules():
            if isinstance(layer, nn.Embedding):
                continue
            for parameter in layer.parameters(recurse=False):
                parameter.clamp_(-self.limit, self.limit)
