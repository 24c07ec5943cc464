"""Real components, as small as they come, shared by tests and benchmarks."""

import itertools
import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from multigan.core.draws import seeded
from multigan.core.game import AdversarialGame
from multigan.core.losses import LOSSES
from multigan.core.objective import Batch
from multigan.core.prior import Prior
from multigan.core.regularizers import R1, R2
from multigan.core.trainer import Trainer


class Ring:
    """Batches of points around `modes` centers on the unit circle, by index."""

    def __init__(self, batch_size: int = 256, modes: int = 8, rank: int = 0, world: int = 1):
        self.batch_size, self.modes, self.rank, self.world = batch_size, modes, rank, world

    def batches(self, start: int) -> Iterator[Batch]:
        for index in itertools.count(start):
            with seeded("ring", index):
                angle = 2 * math.pi * torch.randint(self.modes, (self.batch_size,)) / self.modes
                center = torch.stack([angle.cos(), angle.sin()], 1)
                points = center + 0.05 * torch.randn(self.batch_size, 2)
            yield Batch(points.chunk(self.world)[self.rank])


class MLP(nn.Sequential):
    """A perceptron that ignores its condition; a generator or a discriminator of points."""

    def __init__(self, inputs: int, outputs: int, width: int = 64) -> None:
        super().__init__(
            nn.Linear(inputs, width),
            nn.LeakyReLU(0.2),
            nn.Linear(width, width),
            nn.LeakyReLU(0.2),
            nn.Linear(width, outputs),
        )

    def forward(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        return super().forward(x)


def make_game(
    loss: str = "relativistic", regularizers=None, width: int = 64, seed: int = 0, **more
):
    with seeded(seed):
        regularizers = [R1(0.1), R2(0.1)] if regularizers is None else regularizers
        generator, discriminator = MLP(8, 2, width), MLP(2, 1, width)
    return AdversarialGame(
        generator, discriminator, Prior(8), LOSSES[loss], regularizers=regularizers, **more
    )


def make_trainer(
    loss: str = "relativistic",
    regularizers=None,
    *,
    learning_rate: float = 1e-3,
    width: int = 64,
    seed: int = 0,
    data=None,
    game=None,
    **more,
) -> Trainer:
    game = game or make_game(loss, regularizers, width, seed)
    optimizers = {
        phase.name: torch.optim.Adam(phase.player.parameters(), lr=learning_rate, betas=(0.0, 0.99))
        for phase in game.phases
    }
    return Trainer(game, optimizers, data or Ring(), seed=seed, **more)
