"""R1 and R2 without a second derivative: differences of the discriminator's logits.

Shapes: B samples, S sample shape, P samples in a pack (1 without packing), N logits per pack.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar

import torch
from torch import Tensor, nn

from multigan.core.draws import normal
from multigan.core.game import AdversarialGame, Player, ScoredBatch
from multigan.core.regularizers.common import REGULARIZERS, Every, Factor, half_of
from multigan.typed import Above

Radius = Annotated[float, Above(0), "The deviation of the noise, in the samples' own units."]


def squared_slope(
    game: AdversarialGame,
    samples: Tensor,
    logits: Tensor,
    condition: Tensor | None,
    radius: float,
) -> Tensor:
    """Returns an estimate of ||d score / d pack||^2 per pack, from one step in a random direction.

    (D(x + radius e) - D(x))^2 / radius^2 with normal e; its mean over e is the squared norm, as far
    as D is straight within the radius.

    Args:
        game: Whose discriminator is asked.
        samples: (B, *S).
        logits: Theirs, (B / P, N).
        condition: Of the samples, or None.
        radius: The deviation of the noise.
    """
    samples = samples.detach()
    if not isinstance(game.augment, nn.Identity):  # both sides of a difference are augmented alike
        with torch.no_grad():
            samples = game.augment(samples)
        logits = game.discriminator(samples, condition).float()
    beside = samples + radius * normal(*samples.shape, device=samples.device)
    difference = game.discriminator(beside, condition).float().mean(1) - logits.mean(1)
    return (difference / radius).square()


@REGULARIZERS.register("approximate_r1")
@dataclass
class ApproximateR1:
    """`R1` by finite differences: with the same weight it has the same mean, and more noise.

    Without a second derivative it works where layers have none, such as fused attention.

    Source: Lin et al. (2025), "Diffusion Adversarial Post-Training for One-Step Video Generation",
    whose approximated R1 is `||D(x) - D(x + e)||^2`. Here that is divided by the variance of e, so
    that weights are R1's.
    """

    weight: Factor = 10.0
    every: Every = 1
    radius: Radius = 0.01
    name: ClassVar[str] = "approximate_r1"
    player: ClassVar[Player] = "discriminator"
    per_sample: ClassVar[bool] = False
    on_real: ClassVar[bool] = True

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        given = half_of(scored, real=self.on_real)
        return self.weight / 2 * squared_slope(game, *given, self.radius).mean()


@REGULARIZERS.register("approximate_r2")
@dataclass
class ApproximateR2(ApproximateR1):
    """`R2` by finite differences; see `ApproximateR1`."""

    name: ClassVar[str] = "approximate_r2"
    on_real: ClassVar[bool] = False
