"""GAN inversion: latents from which a generator makes given samples.

Shapes: B targets, S sample shape, Z latent size.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from multigan.core.draws import seeded
from multigan.core.switches import evaluating, frozen
from multigan.errors import ConfigError

Distance = Callable[[Tensor, Tensor], Tensor]

LEVELS = 3  # of the pyramid: as it is, at a half and at a quarter of the size
PULL = 1e-3  # of the latent towards the prior's shell, beside a distance of the order of one


@dataclass(frozen=True)
class Projection:
    """What was found for B targets.

    Attributes:
        latents: (B, Z).
        condition: (B, ...), what the generator was conditioned on, or None.
        distances: (B,), how far what the latents make is from the targets.
        starts: (B,), the same for the best random latents, from which the search began.
    """

    latents: Tensor
    condition: Tensor | None
    distances: Tensor
    starts: Tensor


def pyramid_distance(samples: Tensor, targets: Tensor) -> Tensor:
    """Returns (B,): mean squared differences, averaged over coarser and coarser versions.

    The coarse levels see a shape that is a pixel off as nearly right, which one level would not.
    Samples that are no images (C, H, W) have one level.
    """
    levels = [(samples - targets).flatten(1).square().mean(1)]
    for _ in range(LEVELS - 1):
        if samples.ndim != 4 or min(samples.shape[2:]) < 4:
            break
        samples, targets = avg_pool2d(samples, 2), avg_pool2d(targets, 2)
        levels.append((samples - targets).flatten(1).square().mean(1))
    return torch.stack(levels).mean(0)


def project(
    generator: nn.Module,
    targets: Tensor,
    latent_dim: int,
    *,
    condition: Tensor | None = None,
    steps: int = 200,
    candidates: int = 256,
    learning_rate: float = 0.1,
    distance: Distance = pyramid_distance,
    seed: int = 0,
) -> Projection:
    """Searches latents whose samples are near `targets`.

    The best of some random latents is moved by Adam, whose rate falls along a half cosine. A weak
    pull keeps it at the length that the prior's latents have.

    Source: the shape of the search is that of Karras et al. (2020), "Analyzing and Improving the
    Image Quality of StyleGAN", section 5, on latents instead of styles and without their network.

    Args:
        generator: `(latent (B, Z), condition) -> samples (B, *S)`.
        targets: (B, *S), on the generator's device.
        latent_dim: Z.
        condition: (B, ...) for a conditional generator, on the same device.
        steps: Of Adam; 0 takes the best random latent.
        candidates: Random latents to begin with.
        learning_rate: The first.
        distance: `(samples, targets) -> (B,)`, differentiable.
        seed: Of the candidates.

    Raises:
        ConfigError: There are no candidates, or a negative number of steps.
    """
    if candidates < 1 or steps < 0:
        raise ConfigError(f"{candidates} candidates and {steps} steps cannot find a latent.")
    with seeded(seed, "projection"):
        pool = torch.randn(candidates, latent_dim).to(targets.device)

    def measure(latents: Tensor, rows: Tensor) -> Tensor:
        conditions = None if condition is None else condition[rows]
        return distance(generator(latents, conditions), targets[rows])

    with evaluating(generator), frozen(generator.parameters()):
        best, starts = _best_candidates(measure, pool, len(targets))
        best, nearest = _descend(measure, best, starts, steps, learning_rate)
    return Projection(best, condition, nearest, starts)


Measure = Callable[[Tensor, Tensor], Tensor]  # latents (M, Z), rows of targets (M,) -> (M,)


@torch.no_grad()
def _best_candidates(measure: Measure, pool: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Returns each target's nearest latent of the pool (B, Z), and how far it is (B,)."""
    best, nearest = [], []
    for row in range(count):
        rows = torch.full((len(pool),), row, device=pool.device)
        least, index = measure(pool, rows).min(0)
        best.append(pool[index])
        nearest.append(least)
    return torch.stack(best), torch.stack(nearest)


def _descend(
    measure: Measure, best: Tensor, nearest: Tensor, steps: int, learning_rate: float
) -> tuple[Tensor, Tensor]:
    """Returns the nearest latents (B, Z) that Adam came by, and how far they are (B,)."""
    rows = torch.arange(len(best), device=best.device)
    latents = best.clone().requires_grad_()
    optimizer = torch.optim.Adam([latents], lr=learning_rate)
    for step in range(steps + 1):
        distances = measure(latents, rows)
        closer = distances.detach() < nearest
        best = torch.where(closer[:, None], latents.detach(), best)
        nearest = torch.where(closer, distances.detach(), nearest)
        if step == steps:
            break
        optimizer.param_groups[0]["lr"] = learning_rate * _half_cosine(step / steps)
        shell = (latents.square().mean(1) - 1).square()
        (latents.grad,) = torch.autograd.grad((distances + PULL * shell).sum(), latents)
        optimizer.step()
    return best, nearest


def _half_cosine(share: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * share))
