"""Terms that keep two averages together: of logits, of features."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from multigan.core.engine import mean_over_processes
from multigan.core.game import AdversarialGame, Player, ScoredBatch
from multigan.core.protocols import HasFeatures
from multigan.core.regularizers.common import REGULARIZERS, Every, Factor
from multigan.errors import ConfigError
from multigan.typed import Decay


@REGULARIZERS.register("lecam")
class LeCam(nn.Module):
    """Pulls each kind of logit towards the other kind's running mean, for scarce data.

    Source: Tseng et al. (2021), "Regularizing Generative Adversarial Networks under Limited
    Data": `E (D(x) - mean fake)^2 + E (D(G(z)) - mean real)^2`, decay 0.99.

    The means are those of the whole batch, which nobody knows while it comes in pieces: recipes
    with `accumulate` above 1 are refused.

    Args:
        weight: The term's factor; the paper uses 0.1 to 0.5 of a hinge or logistic loss.
        decay: Of the running means, per update.
    """

    name: ClassVar[str] = "lecam"
    player: ClassVar[Player] = "discriminator"
    per_sample: ClassVar[bool] = False
    whole_batch: ClassVar[bool] = True
    real_mean: Tensor
    fake_mean: Tensor

    def __init__(self, weight: Factor = 0.3, every: Every = 1, decay: Decay = 0.99) -> None:
        super().__init__()
        self.weight, self.every, self.decay = weight, every, decay
        self.register_buffer("real_mean", torch.zeros(()))
        self.register_buffer("fake_mean", torch.zeros(()))

    def forward(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        """Returns the term, after moving the running means."""
        assert scored.real_logits is not None
        for mean, logits in (
            (self.real_mean, scored.real_logits),
            (self.fake_mean, scored.fake_logits),
        ):
            mean.lerp_(mean_over_processes(logits.detach().mean()), 1 - self.decay)
        real = (scored.real_logits - self.fake_mean).square().mean()
        fake = (scored.fake_logits - self.real_mean).square().mean()
        return self.weight * (real + fake)


@REGULARIZERS.register("feature_matching")
@dataclass
class FeatureMatching:
    """Makes generated samples' mean features equal the real ones', layer by layer.

    Needs a discriminator that is a `HasFeatures`.

    Source: Salimans et al. (2016), "Improved Techniques for Training GANs", section 3.1, with
    the mean over a layer's elements instead of their sum, so that no layer drowns the others.
    """

    weight: Factor = 1.0
    every: Every = 1
    name: ClassVar[str] = "feature_matching"
    player: ClassVar[Player] = "generator"
    per_sample: ClassVar[bool] = False
    whole_batch: ClassVar[bool] = True

    def check_game(self, game: AdversarialGame) -> None:
        """Raises a ConfigError unless the discriminator has features."""
        if not isinstance(game.discriminator, HasFeatures):
            raise ConfigError(
                f"feature_matching needs a discriminator with a method features(samples, "
                f"condition); {type(game.discriminator).__name__} has none."
            )

    def __call__(self, game: AdversarialGame, scored: ScoredBatch) -> Tensor:
        discriminator: Any = game.discriminator
        features = discriminator.features
        with torch.no_grad():
            real = features(game.augment(scored.real), scored.condition)
        fake = features(game.augment(scored.fake), scored.condition)
        differences = [
            (r.mean(0) - f.mean(0)).square().mean() for r, f in zip(real, fake, strict=True)
        ]
        return self.weight * torch.stack(differences).mean()
