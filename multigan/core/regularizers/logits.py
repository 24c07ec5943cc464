"""Terms of the logits themselves."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from multigan.core.game import AdversarialGame, Player, ScoredBatch
from multigan.core.regularizers.common import REGULARIZERS, Every, Factor


@REGULARIZERS.register("drift")
@dataclass
class Drift:
    """Keeps the real logits near zero, which a Wasserstein loss does not: `weight * E D(x)^2`.

    Source: Karras et al. (2018), "Progressive Growing of GANs for Improved Quality, Stability, and
    Variation", appendix A.1.
    """

    weight: Factor = 0.001
    every: Every = 1
    name: ClassVar[str] = "drift"
    player: ClassVar[Player] = "discriminator"
    per_sample: ClassVar[bool] = False

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        assert scored.real_logits is not None  # always scored in the discriminator's phase
        return self.weight * scored.real_logits.square().mean()
