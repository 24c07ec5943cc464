"""Terms for games whose discriminator also predicts a sample's condition.

The discriminator's own head says how wrong it is: a classifier's cross-entropy makes an
AC-GAN, a margin between samples and classes makes a ReACGAN.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from multigan.core.game import AdversarialGame, Player, ScoredBatch
from multigan.core.protocols import HasAuxiliaryHead
from multigan.core.regularizers.common import REGULARIZERS, Every, Factor
from multigan.errors import ConfigError


@REGULARIZERS.register("auxiliary_real")
@dataclass
class AuxiliaryReal:
    """Teaches the discriminator to predict the conditions of real samples.

    Source: Odena, Olah & Shlens (2017), "Conditional Image Synthesis with Auxiliary Classifier
    GANs", who teach it on generated samples as well; later work found that it then learns from
    samples that look like nothing.

    Attributes:
        generated: Whether generated samples count too, as in the paper.
    """

    weight: Factor = 1.0
    every: Every = 1
    generated: bool = False
    name: ClassVar[str] = "auxiliary_real"
    player: ClassVar[Player] = "discriminator"
    per_sample: ClassVar[bool] = False

    def check_game(self, game: AdversarialGame) -> None:
        """Raises a ConfigError unless the discriminator predicts conditions."""
        _require_aux_logits(game, self.name)

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        discriminator: Any = game.discriminator
        wrong: Tensor = discriminator.aux_loss(scored.real_aux, scored.condition).mean()
        if self.generated:
            wrong = wrong + discriminator.aux_loss(scored.fake_aux, scored.condition).mean()
        return self.weight * wrong


@REGULARIZERS.register("auxiliary_fake")
@dataclass
class AuxiliaryFake:
    """Makes the generator's samples such that their conditions can be predicted; see the other."""

    weight: Factor = 1.0
    every: Every = 1
    name: ClassVar[str] = "auxiliary_fake"
    player: ClassVar[Player] = "generator"
    per_sample: ClassVar[bool] = False

    def check_game(self, game: AdversarialGame) -> None:
        """Raises a ConfigError unless the discriminator predicts conditions."""
        _require_aux_logits(game, self.name)

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        discriminator: Any = game.discriminator
        wrong: Tensor = discriminator.aux_loss(scored.fake_aux, scored.condition)
        return self.weight * wrong.mean()


def _require_aux_logits(game: AdversarialGame, name: str) -> None:
    discriminator = game.discriminator
    if not isinstance(discriminator, HasAuxiliaryHead) or not discriminator.has_aux_logits:
        raise ConfigError(
            f"{name} needs a discriminator that predicts conditions, and this one does not. Build "
            "it with conditioning='classifier' or 'contrastive', on data with labels, and without "
            "packing."
        )
