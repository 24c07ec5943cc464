"""A term that keeps the generator near one map from latents to samples."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from multigan.core.game import AdversarialGame, Player, ScoredBatch
from multigan.core.regularizers.common import REGULARIZERS, Every, Factor
from multigan.errors import ConfigError


@REGULARIZERS.register("transport")
@dataclass
class Transport:
    """Keeps a sample near its latent, of the same size: `weight * E mean (G(z) - z)^2`.

    Endlessly many maps lead from the prior to the data, and no adversarial loss prefers one, so a
    generator wanders among them, and the shares of modes with it. The nearest one is unique. The
    term pulls samples towards noise, so its weight is to fall to 0: `--set
    'schedules.transport.weight={"start": 1, "end": 0}'`. `latent_dim` is the number of a
    sample's values.

    Source: Lin et al. (2025), "Adversarial Flow Models".
    """

    weight: Factor = 1.0
    every: Every = 1
    name: ClassVar[str] = "transport"
    player: ClassVar[Player] = "generator"
    per_sample: ClassVar[bool] = False

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        samples, latent = scored.fake.flatten(1), scored.latent.flatten(1)
        if samples.shape != latent.shape or scored.fake is scored.latent:
            raise ConfigError(
                f"transport holds each sample, of {samples.shape[1]} values, beside its latent, "
                f"which has {game.prior.dim}. Where samples are no words, set "
                f"latent_dim={samples.shape[1]}; else leave it out."
            )
        return self.weight * (samples - latent).square().mean()
