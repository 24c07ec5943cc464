"""What the doctor measures at one inspection: a handful of numbers.

Shapes: N samples, S sample shape, F features, K regions, L logits per sample.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from multigan.core.draws import seeded
from multigan.core.game import AdversarialGame
from multigan.core.losses import AdversarialLoss
from multigan.core.switches import evaluating
from multigan.runs.health.reference import Reference, pair_distances, spread

MISSED = 0.125  # of a region's fair share of the samples; with less it counts as lost


@dataclass(frozen=True)
class Vitals:
    """One inspection. What an objective does not have is NaN.

    Attributes:
        step: When.
        coverage: The share of the real data that lies in regions which the generator reaches.
        diversity: The samples' deviation over the real ones', within classes where there are any.
        support: The effective number of different samples over that of real data, by the
            birthday paradox: the chance that two real samples are twins over that of two samples.
        distinct: That number itself.
        movement: How far the samples of fixed latents moved since the last inspection, in the real
            data's deviations.
        turnover: The share of the samples that changed region since the last inspection, net.
        saturation: How far the discriminator's loss is flat at its logits: 0 is as steep as at the
            start, 1 is flat.
        advantage: The share of pairs that the discriminator ranks rightly, less that of wrong ones,
            since the last inspection.
        memory: How much higher the discriminator puts samples that it learns from than real ones
            that it never sees, in their logits' standard deviations.
        unseen: How many samples that it never sees this was measured with.
        fresh_auc, own_auc: How often a fresh network, and the discriminator, put a real sample
            above one of the EMA generator, when that was last asked.
        generator_gradient, discriminator_gradient: Their norms over the weights' norms.
        histogram: (K,), the share of the samples in each region.
    """

    step: int
    coverage: float = math.nan
    diversity: float = math.nan
    support: float = math.nan
    distinct: float = math.nan
    movement: float = math.nan
    turnover: float = math.nan
    saturation: float = math.nan
    advantage: float = math.nan
    memory: float = math.nan
    unseen: int = 0
    fresh_auc: float = math.nan
    own_auc: float = math.nan
    generator_gradient: float = math.nan
    discriminator_gradient: float = math.nan
    histogram: tuple[float, ...] = field(default=(), repr=False)

    def numbers(self) -> dict[str, float]:
        """Returns the finite numbers by name, without step, histogram and count."""
        found = {n: v for n, v in vars(self).items() if n not in ("step", "histogram", "unseen")}
        return {name: value for name, value in found.items() if math.isfinite(value)}

    def to_json(self) -> dict[str, Any]:
        """Returns plain values; what is not finite is left out."""
        rest = {"step": self.step, "unseen": self.unseen, "histogram": list(self.histogram)}
        return {**rest, **self.numbers()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Vitals":
        """Reads what `to_json` returned."""
        return cls(**{**value, "histogram": tuple(value["histogram"])})


@torch.no_grad()
def draw_samples(
    game: AdversarialGame, reference: Reference, count: int, device: torch.device
) -> Tensor:
    """Returns samples (N, *S) of the generator as it is now, of the same latents every time."""
    condition = None if reference.condition is None else reference.condition[:count]
    with seeded("health", "latents"), evaluating(game.generator):
        samples: Tensor = game.generator(game.prior.sample(count, device=device), condition)
    return samples.float()


def compare(
    features: Tensor, before: Tensor | None, reference: Reference, last: Vitals | None
) -> dict[str, Any]:
    """Returns what the samples' features (N, F) tell beside the real data and the last time."""
    histogram = reference.histogram(features)
    reached = histogram >= MISSED * reference.shares
    twins = float((pair_distances(features) <= reference.radius).float().mean())
    pairs = len(features) * (len(features) - 1) / 2
    chance = max(twins, 1 / pairs)  # none among so many pairs says no more than that
    condition = None if reference.condition is None else reference.condition[: len(features)]
    real_chance = 0.005
    return {
        "coverage": float(reference.shares[reached].sum()),
        "diversity": spread(features, condition) / reference.spread,
        "support": real_chance / chance,
        "distinct": 1 / chance,
        "movement": math.nan
        if before is None
        else float((features - before).norm(dim=1).mean()) / reference.scale,
        "turnover": math.nan if last is None else _turnover(histogram, last.histogram),
        "histogram": tuple(histogram.tolist()),
    }


def saturation(loss: AdversarialLoss, real: Tensor, fake: Tensor) -> float:
    """Returns how flat the discriminator's loss is at logits (N, L), against logits of zero."""
    at_start = _steepness(loss, torch.zeros_like(real), torch.zeros_like(fake))
    return 1 - min(_steepness(loss, real, fake) / max(at_start, 1e-12), 1.0)


def memory(learned: Tensor, unseen: Tensor) -> float:
    """Returns how far the mean of `learned` logits lies above that of `unseen` ones.

    In standard deviations of the logits, which balanced players leave alone; the overfitting
    heuristic r_v of Karras et al. (2020), "Training Generative Adversarial Networks with Limited
    Data", divides by the distance to generated samples instead, which is near 0 while the players
    are balanced, and of either sign.
    """
    deviation = ((learned.var() + unseen.var()) / 2).sqrt().clamp(min=1e-12)
    return float((learned.mean() - unseen.mean()) / deviation)


def gradient_ratio(player: nn.Module) -> float:
    """Returns the norm of the gradients that a player was last moved by, over its weights' norm."""
    moved = [p for p in player.parameters() if p.grad is not None]
    if not moved:
        return math.nan
    gradients = torch.stack(torch._foreach_norm([p.grad for p in moved if p.grad is not None]))
    weights = torch.stack(torch._foreach_norm([p.detach() for p in moved]))
    return float(gradients.norm() / weights.norm().clamp(min=1e-12))


def _steepness(loss: AdversarialLoss, real: Tensor, fake: Tensor) -> float:
    real, fake = (logits.detach().requires_grad_() for logits in (real, fake))
    with torch.enable_grad():
        slopes = torch.autograd.grad(loss.discriminator(real, fake).sum(), [real, fake])
    return float(sum(slope.abs().mean() for slope in slopes))


def _turnover(histogram: Tensor, before: tuple[float, ...]) -> float:
    return float((histogram - histogram.new_tensor(before)).abs().sum() / 2)
