"""Neither player may run away from the other."""

from typing import Annotated, Literal

from multigan.core.controllers.controller import CONTROLLERS, Controller
from multigan.core.trainer import Trainer
from multigan.errors import ConfigError
from multigan.typed import Above, Count, Range

Advantage = Annotated[float, Range(-1, 1)]
KNOBS = {"rate": "discriminator.rate_scale", "steps": "discriminator_steps"}


@CONTROLLERS.register("balance")
class Balance(Controller):
    """Slows the discriminator down while it wins too clearly, and hastens it while it loses.

    Measured is the discriminator's advantage: the share of real and generated pairs that it ranks
    rightly, less the share that it ranks wrongly. Within [low, high] nothing changes.

    The threshold is in the spirit of Wu et al. (2016), "Learning a Probabilistic Latent Space of
    Object Shapes via 3D Generative-Adversarial Modeling", who leave the discriminator alone while
    it is right more than 80 % of the time: an advantage of 0.6.

    Args:
        by: "rate" scales the discriminator's learning rate, on top of any schedule; "steps"
            changes how many updates it makes per update of the generator.
        low, high: The band of advantages to stay in, within [-1, 1].
        factor: By how much one decision scales the learning rate; above 1.
        least, most: The bounds of the scale, or of the steps; None for 1/8 and 4, or 1 and 5.
        every: Interval of the decisions in steps.

    Raises:
        ConfigError: An option is out of range.
    """

    def __init__(
        self,
        by: Literal["rate", "steps"] = "rate",
        low: Advantage = 0.1,
        high: Advantage = 0.6,
        factor: Annotated[float, Above(1)] = 1.1,
        least: Annotated[float | None, Above(0)] = None,
        most: Annotated[float | None, Above(0)] = None,
        every: Count = 50,
    ) -> None:
        super().__init__(KNOBS[by], "discriminator/advantage", every)
        self.by, self.low, self.high, self.factor = by, low, high, factor
        default = (1 / 8, 4.0) if by == "rate" else (1.0, 5.0)
        self.least = default[0] if least is None else least
        self.most = default[1] if most is None else most
        if low >= high or self.least > self.most:
            raise ConfigError(
                f"Needs low < high and least <= most, not low={low}, high={high}, "
                f"least={self.least}, most={self.most}."
            )

    def decide(self, value: float, signal: float, trainer: Trainer) -> float:
        """Moves one decision towards the band, within the bounds."""
        direction = (signal < self.low) - (signal > self.high)
        if not direction:
            return value
        moved = value * self.factor**direction if self.by == "rate" else value + direction
        return min(max(moved, self.least), self.most)
