"""A term that keeps a player's filters apart from each other."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from multigan.core.game import AdversarialGame, Player, ScoredBatch
from multigan.core.regularizers.common import REGULARIZERS, Every, Factor
from multigan.errors import ConfigError


@REGULARIZERS.register("orthogonal")
@dataclass
class Orthogonal:
    """Makes the filters of each of the generator's layers orthogonal, whatever their length.

    `weight * sum over layers ||W W^T * (1 - I)||^2`, over all layers but embeddings.

    Source: Brock, Donahue & Simonyan (2019), "Large Scale GAN Training for High Fidelity Natural
    Image Synthesis", Eq. 3; it lets a generator bear truncated latents.
    """

    weight: Factor = 1e-4
    every: Every = 1
    name: ClassVar[str] = "orthogonal"
    player: ClassVar[Player] = "generator"
    per_sample: ClassVar[bool] = False

    def check_game(self, game: AdversarialGame) -> None:
        """Raises a ConfigError unless the generator has layers with filters."""
        if not filters(game.generator):
            raise ConfigError("orthogonal needs a generator with weights of two axes or more.")

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        overlaps = [_overlap(weight.flatten(1)) for weight in filters(game.generator)]
        return self.weight * torch.stack(overlaps).sum()


def filters(network: nn.Module) -> list[nn.Parameter]:
    """Returns the weights of all layers but embeddings, each with a row per output."""
    embeddings = {
        id(parameter)
        for module in network.modules()
        if isinstance(module, nn.Embedding)
        for parameter in module.parameters()
    }
    return [p for p in network.parameters() if p.ndim > 1 and id(p) not in embeddings]


def _overlap(rows: Tensor) -> Tensor:
    products = rows @ rows.T
    return products.fill_diagonal_(0).square().sum()
