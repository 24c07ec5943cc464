"""Augmentation that is as strong as the discriminator's overfitting asks for."""

from typing import Annotated

from multigan.core.controllers.controller import CONTROLLERS, Controller
from multigan.core.trainer import Trainer
from multigan.typed import Above, Below, Count


@CONTROLLERS.register("adaptive_augment")
class AdaptiveAugment(Controller):
    """Strengthens the augmentation while the discriminator is too sure of the real samples.

    The mean sign of the real logits approaches 1 as the discriminator learns the training set by
    heart. Above `target` the augmentation's probability rises, below it falls, both by as much as
    takes it from 0 to 1 in `samples_to_full` samples.

    Source: Karras et al. (2020), "Training Generative Adversarial Networks with Limited Data",
    section 3.1: target 0.6, an adjustment every 4 steps, 500,000 samples to full strength. For
    losses that only compare logits the sign of the difference of a pair stands in; that is ours.

    Args:
        target: The mean sign to keep, in (-1, 1).
        samples_to_full: How many samples it takes from strength 0 to 1.
        every: Interval of the adjustments in steps.

    Raises:
        ConfigError: An option is out of range.
    """

    def __init__(
        self,
        target: Annotated[float, Above(-1), Below(1)] = 0.6,
        samples_to_full: Count = 500_000,
        every: Count = 4,
    ) -> None:
        super().__init__("augment.strength", "discriminator/sign", every)
        self.target, self.samples_to_full = target, samples_to_full

    def decide(self, value: float, signal: float, trainer: Trainer) -> float:
        """Moves one adjustment towards the target's side."""
        step = self.every * trainer.data.batch_size / self.samples_to_full
        return value + step * ((signal > self.target) - (signal < self.target))
