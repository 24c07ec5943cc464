"""Penalties made of the discriminator's gradients.

Shapes: B samples, S sample shape, P samples in a pack (1 without packing), N logits per pack.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from multigan.core.draws import normal, uniform
from multigan.core.game import AdversarialGame, Player, ScoredBatch
from multigan.core.regularizers.common import REGULARIZERS, Every, Factor, half_of
from multigan.typed import Fraction, Weight


def squared_gradient_norm(logits: Tensor, samples: Tensor) -> Tensor:
    """Returns ||d score / d pack||^2 per pack: logits (B / P, N), samples (B, *S) -> (B / P,).

    A pack's score is the mean of its logits, so the penalty of a patch discriminator does
    not grow with the number of patches.
    """
    # Summing over the batch is safe because a pack's logits depend on no other pack; the
    # game refuses discriminators with batch norm. A pack's samples are neighbors in the batch.
    (gradient,) = torch.autograd.grad(logits.mean(1).sum(), samples, create_graph=True)
    return gradient.square().reshape(len(logits), -1).sum(1)


def _first(samples: Tensor, packs: int, share: float) -> int:
    """Returns how many samples are in the first `share` of the batch's packs, one at least."""
    return max(1, round(share * packs)) * (len(samples) // packs)


def _zero_centered(
    game: AdversarialGame,
    samples: Tensor,
    logits: Tensor,
    condition: Tensor | None,
    share: float,
) -> Tensor:
    """Returns the mean of ||dD/dx||^2 over the first `share` of the samples (B, *S)."""
    if share < 1:
        count = _first(samples, len(logits), share)
        samples = samples[:count].detach().requires_grad_()
        logits = game.score(samples, None if condition is None else condition[:count])
    return squared_gradient_norm(logits, samples).mean()


def _one_centered(game: AdversarialGame, samples: Tensor, condition: Tensor | None) -> Tensor:
    """Returns the mean of (||dD/dx|| - 1)^2 at `samples` (B, *S)."""
    samples = samples.detach().requires_grad_()
    squared = squared_gradient_norm(game.score(samples, condition), samples)
    return (squared.add(1e-12).sqrt() - 1).square().mean()  # sqrt has no slope at 0


@REGULARIZERS.register("r1")
@dataclass
class R1:
    """Zero-centered gradient penalty on real samples: `weight / 2 * E ||dD/dx||^2`.

    Source: Mescheder, Geiger & Nowozin (2018), "Which Training Methods for GANs do actually
    Converge?".

    Attributes:
        share: Of the batch, its first samples, which are scored once more for it.
    """

    weight: Factor = 10.0
    every: Every = 1
    share: Fraction = 1.0
    name: ClassVar[str] = "r1"
    player: ClassVar[Player] = "discriminator"
    per_sample: ClassVar[bool] = True
    on_real: ClassVar[bool] = True

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        given = half_of(scored, real=self.on_real)
        return self.weight / 2 * _zero_centered(game, *given, self.share)


@REGULARIZERS.register("r2")
@dataclass
class R2(R1):
    """Zero-centered gradient penalty on generated samples; see `R1`."""

    name: ClassVar[str] = "r2"
    on_real: ClassVar[bool] = False


@REGULARIZERS.register("gradient_penalty")
@dataclass
class WassersteinGradientPenalty:
    """One-centered gradient penalty at points between real and generated samples.

    Source: Gulrajani et al. (2017), "Improved Training of Wasserstein GANs", Algorithm 1.
    """

    weight: Factor = 10.0
    every: Every = 1
    name: ClassVar[str] = "gradient_penalty"
    player: ClassVar[Player] = "discriminator"
    per_sample: ClassVar[bool] = True

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        # One mixture per pack, shared by its samples and their elements.
        packs, shape = len(scored.fake_logits), (1,) * (scored.real.ndim - 1)
        mix = uniform(packs, *shape, device=scored.real.device)
        mix = mix.repeat_interleave(len(scored.real) // packs, 0)
        between = torch.lerp(scored.real.detach(), scored.fake.detach(), mix)
        return self.weight * _one_centered(game, between, scored.condition)


@REGULARIZERS.register("dragan")
@dataclass
class DRAGAN:
    """One-centered gradient penalty around real samples, `strength` standard deviations wide.

    Source: Kodali et al. (2017), "On Convergence and Stability of GANs". The noise is normal; the
    deviation is that of the whole batch.
    """

    weight: Factor = 10.0
    every: Every = 1
    strength: Weight = 0.5
    name: ClassVar[str] = "dragan"
    player: ClassVar[Player] = "discriminator"
    per_sample: ClassVar[bool] = True

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        real = scored.real.detach()
        noise = normal(len(real), *real.shape[1:], device=real.device)
        around = real + self.strength * real.std() * noise
        return self.weight * _one_centered(game, around, scored.condition)
