"""The discriminator must judge a sample and an altered copy of it alike.

It stands above the core because the alteration is one of the augmentations of a kind of data.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from torch import Tensor, nn

from multigan.core.game import AdversarialGame, Player, ScoredBatch
from multigan.core.registries import AUGMENTATIONS
from multigan.core.regularizers.common import REGULARIZERS, Every
from multigan.typed import Component, Weight
from multigan.typed.registry import NamedIn


@REGULARIZERS.register("consistency")
class Consistency(nn.Module):
    """Penalizes the squared difference of the logits of a sample and of its altered copy.

    Source: Zhang et al. (2020), "Consistency Regularization for Generative Adversarial Networks":
    weight 10, real samples only. With `fake_weight` the generated ones too, as in the balanced
    form of Zhao et al. (2021), "Improved Consistency Regularization for GANs".

    Args:
        weight: Of the real samples' term.
        every: Interval in steps.
        fake_weight: Of the generated samples' term, in units of `weight`; 0 leaves it out.
        augment: What alters the copy: an augmentation's name. "noise" suits any kind of data.
        options: The augmentation's. The default shifts pictures, as the paper does.

    Raises:
        ConfigError: A number is out of range, or there is no such augmentation or option.
    """

    name: ClassVar[str] = "consistency"
    player: ClassVar[Player] = "discriminator"
    per_sample: ClassVar[bool] = False

    def __init__(
        self,
        weight: Weight = 10.0,
        every: Every = 1,
        fake_weight: Weight = 0.0,
        augment: Annotated[str, NamedIn(AUGMENTATIONS)] = "diffaugment",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self.weight, self.every, self.fake_weight = weight, every, fake_weight
        shifts = {"policies": ["translation"]} if augment == "diffaugment" else {}
        chosen = shifts if options is None else dict(options)
        self.alter = AUGMENTATIONS.build(Component(augment, chosen))

    def forward(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        """Returns the term; one more pass through the discriminator for each half."""
        assert scored.real_logits is not None  # always scored in the discriminator's phase
        term = self._change(game, scored.real, scored.real_logits, scored.condition)
        if self.fake_weight:
            fake = self._change(game, scored.fake, scored.fake_logits, scored.condition)
            term = term + self.fake_weight * fake
        return self.weight * term

    def _change(
        self, game: AdversarialGame, samples: Tensor, logits: Tensor, condition: Tensor | None
    ) -> Tensor:
        altered = game.score(self.alter(samples.detach()), condition)
        return (altered - logits).square().mean()
