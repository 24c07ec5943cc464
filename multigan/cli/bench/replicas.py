"""Many small games trained as one: the same networks, once for each seed, in batched matrices.

A run on points in the plane is next to no arithmetic, so ten runs one after another cost ten times
the overhead of one. Here the weights of E runs are stacked, and a batch of E * B samples gives each
its B. The trainer, the game, its losses and its penalties are the ordinary ones: they see one batch
of samples that do not depend on one another. Each run's gradient is 1/E of what it were alone, and
Adam's steps do not change with the scale of a gradient (`adam` keeps its epsilon in step).

Not separable, so to be trained one by one: what averages logits over the batch and remembers it
(LeCam). DRAGAN's one deviation is that of all E batches, which come from the same data.

Shapes: E replicas, B samples of each, Z latent size.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from multigan.core.draws import seeded
from multigan.core.losses import AdversarialLoss


class ReplicaLinear(nn.Module):
    """E linear maps, each started as `nn.Linear` starts."""

    def __init__(self, replicas: int, inputs: int, outputs: int) -> None:
        super().__init__()
        layers = [nn.Linear(inputs, outputs) for _ in range(replicas)]
        self.weight = nn.Parameter(torch.stack([layer.weight.detach().T for layer in layers]))
        self.bias = nn.Parameter(torch.stack([layer.bias.detach()[None] for layer in layers]))

    def forward(self, hidden: Tensor) -> Tensor:
        """(E, B, inputs) -> (E, B, outputs)."""
        return torch.baddbmm(self.bias, hidden, self.weight)


class ReplicaMLP(nn.Module):
    """E perceptrons; replica e sees rows [e * B, (e + 1) * B).

    Args:
        seeds: One for each replica: its weights do not depend on the other replicas.
        sizes: Of its input, hidden layers and output.
    """

    def __init__(self, seeds: Sequence[int], sizes: Sequence[int]) -> None:
        super().__init__()
        self.replicas = len(seeds)
        alone = [_layers(seed, sizes) for seed in seeds]
        self.layers = nn.ModuleList(map(_stacked, zip(*alone, strict=True)))

    def forward(self, samples: Tensor, condition: Tensor | None = None) -> Tensor:
        """(E * B, input) -> (E * B, output)."""
        hidden = samples.view(self.replicas, -1, samples.shape[1])
        for layer in self.layers[:-1]:
            hidden = layer(hidden).relu()
        outputs: Tensor = self.layers[-1](hidden)
        return outputs.flatten(0, 1)


def _layers(seed: int, sizes: Sequence[int]) -> list[ReplicaLinear]:
    with seeded(seed, *sizes):
        return [ReplicaLinear(1, *pair) for pair in pairwise(sizes)]


def _stacked(layers: Sequence[ReplicaLinear]) -> ReplicaLinear:
    """Returns one layer that holds the weights of several."""
    together = ReplicaLinear(1, 1, 1)
    together.weight = nn.Parameter(torch.cat([layer.weight.detach() for layer in layers]))
    together.bias = nn.Parameter(torch.cat([layer.bias.detach() for layer in layers]))
    return together


def replica_loss(loss: AdversarialLoss, replicas: int) -> AdversarialLoss:
    """Returns a loss whose means over a batch are means over each replica's own batch."""

    def apart(function: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
        def side(real: Tensor, fake: Tensor) -> Tensor:
            return function(real.view(replicas, -1).T, fake.view(replicas, -1).T)

        return side

    return loss._replace(discriminator=apart(loss.discriminator), generator=apart(loss.generator))


def adam(player: nn.Module, replicas: int, rate: float, beta2: float) -> torch.optim.Adam:
    """Returns an Adam without momentum that moves each replica as it would move it alone."""
    return torch.optim.Adam(player.parameters(), lr=rate, betas=(0.0, beta2), eps=1e-8 / replicas)
