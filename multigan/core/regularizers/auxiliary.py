"""Terms for games whose discriminator also guesses what a sample's condition is.

The discriminator's own head says how wrong a guess is: a classifier's cross-entropy makes an
AC-GAN, a margin between samples and classes makes a ReACGAN.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor

from multigan.core.game import AdversarialGame, Player, ScoredBatch
from multigan.core.protocols import GuessesConditions
from multigan.core.regularizers.registry import REGULARIZERS, Every, Factor
from multigan.errors import ConfigError


@REGULARIZERS.register("auxiliary_real")
@dataclass
class AuxiliaryReal:
    """Teaches the discriminator to guess the conditions of real samples.

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
        """Raises a ConfigError unless the discriminator guesses conditions."""
        _require_guesses(game, self.name)

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        discriminator: Any = game.discriminator
        wrong: Tensor = discriminator.mismatch(scored.real_guess, scored.condition).mean()
        if self.generated:
            wrong = wrong + discriminator.mismatch(scored.fake_guess, scored.condition).mean()
        return self.weight * wrong


@REGULARIZERS.register("auxiliary_fake")
@dataclass
class AuxiliaryFake:
    """Makes the generator's samples such that their conditions can be guessed; see the other."""

    weight: Factor = 1.0
    every: Every = 1
    name: ClassVar[str] = "auxiliary_fake"
    player: ClassVar[Player] = "generator"
    per_sample: ClassVar[bool] = False

    def check_game(self, game: AdversarialGame) -> None:
        """Raises a ConfigError unless the discriminator guesses conditions."""
        _require_guesses(game, self.name)

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        discriminator: Any = game.discriminator
        wrong: Tensor = discriminator.mismatch(scored.fake_guess, scored.condition)
        return self.weight * wrong.mean()


def _require_guesses(game: AdversarialGame, name: str) -> None:
    discriminator = game.discriminator
    if not isinstance(discriminator, GuessesConditions) or not discriminator.guesses:
        raise ConfigError(
            f"{name} needs a discriminator that guesses conditions, and this one does not. Build "
            "it with conditioning='classifier' or 'contrastive', on data with labels, and without "
            "packing."
        )
